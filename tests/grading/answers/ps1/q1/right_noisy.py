# ruff: noqa: D103, F821
# q1-predict: 3
# q1-implement: 4
import sys
import warnings

import autograd_lab as torch

q1_prediction = {
    "plain": "error",
    "created": 18,
    "linear": "error",
    "doubling": 2,
    "product": 2,
    "hessian": 1001,
}


def cost(n):
    warnings.warn("counting", stacklevel=1)
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
    print("multiplying", file=sys.stderr)
    return torch.autograd.functional.hvp(loss, torch.tensor(values), torch.tensor(v))[1]


def hessian(loss, values):
    warnings.warn("a matrix", stacklevel=1)
    return torch.autograd.functional.hessian(loss, torch.tensor(values))
