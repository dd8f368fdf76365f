# ruff: noqa: D103, F821
# q1-predict: 2.5 other-value
# q1-implement: 0 one-block
import autograd_lab as torch

q1_prediction = {
    "plain": "error",
    "created": 18,
    "linear": "error",
    "doubling": 3,
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
        torch.autograd.grad(g.sum(), x)
    return [first.backward, memory.backward, before, after]


def hvp(loss, values, v):
    x = torch.tensor(values, requires_grad=True)
    return torch.autograd.grad(loss(x), x)[0].tolist()


def hessian(loss, values):
    return [hvp(loss, values, values)]
