# ruff: noqa: D103, F821
# q1-predict: 2.5 create-graph-for-free
# q1-implement: 0 no-create-graph
import autograd_lab as torch

q1_prediction = {
    "plain": 18,
    "created": 18,
    "linear": "error",
    "doubling": 2,
    "product": 2,
    "hessian": 1001,
}


def cost(n):
    x = torch.ones(1000, requires_grad=True)
    with measure() as memory:
        y = power(x, n).sum()
        before = memory.kept
        with measure() as first:
            (g,) = torch.autograd.grad(y, x)
        after = memory.kept
        with measure() as second:
            torch.autograd.grad(g.sum(), x)
    return [first.backward, second.backward, before, after]


def hvp(loss, values, v):
    x = torch.tensor(values, requires_grad=True)
    (g,) = torch.autograd.grad(loss(x), x)
    (product,) = torch.autograd.grad((g * torch.tensor(v)).sum(), x)
    return product.tolist()


def hessian(loss, values):
    x = torch.tensor(values, requires_grad=True)
    (g,) = torch.autograd.grad(loss(x), x)
    return [torch.autograd.grad(each, x, retain_graph=True)[0].tolist() for each in g]
