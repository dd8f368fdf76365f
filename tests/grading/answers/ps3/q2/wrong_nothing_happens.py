# ruff: noqa: D103
# q2-predict: 2.5 nothing-happens
# q2-implement: 2 goes-uphill
import autograd_lab as torch

q2_prediction = {
    "bare": [3],
    "in_place": True,
    "anew": False,
    "after": True,
    "shared": [0.0],
    "left_behind": [3.0],
}


def step(params, lr):
    with torch.no_grad():
        for param in params:
            param += lr * param.grad


def momentum_step(params, velocity, lr, mu):
    with torch.no_grad():
        for param, v in zip(params, velocity, strict=True):
            v.mul_(mu).add_(param.grad)
            param -= lr * v
