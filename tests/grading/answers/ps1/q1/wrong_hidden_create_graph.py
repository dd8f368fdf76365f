# ruff: noqa: D103, F821
# q1-predict: 2.5 never-twice
# q1-implement: 2.5 no-create-graph
import autograd_lab as torch

q1_prediction = {
    "plain": "error",
    "created": "error",
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
            (g,) = torch.autograd.grad(y, x, create_graph=True)
        after = memory.kept
        with measure() as second:
            torch.autograd.grad(g.sum(), x)
    return [first.backward, second.backward, before, after]


def hvp(loss, values, v):
    x = torch.tensor(values, requires_grad=True)
    (g,) = torch.autograd.grad(loss(x), x)
    if not g.requires_grad:
        return [0.0] * len(values)
    (product,) = torch.autograd.grad((g * torch.tensor(v)).sum(), x)
    return product.tolist()


def hessian(loss, values):
    x = torch.tensor(values, requires_grad=True)
    (g,) = torch.autograd.grad(loss(x), x, create_graph=True)
    return [torch.autograd.grad(each, x, retain_graph=True)[0].tolist() for each in g]
