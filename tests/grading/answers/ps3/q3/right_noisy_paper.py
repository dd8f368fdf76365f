# ruff: noqa: D103
# q3-predict: 3
# q3-implement: 4
import math
import sys

import autograd_lab as torch

q3_prediction = {
    "leaf": "error",
    "square": [2.0, 4.0],
    "exponential": "error",
    "times_ten": [20.0, 20.0],
    "factor": "error",
    "behind_its_back": "error",
}


def exp_plus_one(values):
    print("on paper", file=sys.stderr)
    return [2 * (math.exp(value) + 1) * math.exp(value) for value in values]


def negatives_to_one(values):
    x = torch.tensor(values, requires_grad=True)
    y = x.clone()
    y[x < 0] = 1.0
    (y**3).sum().backward()
    return x.grad.tolist()


def running_products(values):
    x = torch.tensor(values, requires_grad=True)
    p = torch.cumprod(x, 0)
    p.sum().backward()
    return [p.tolist(), x.grad.tolist()]
