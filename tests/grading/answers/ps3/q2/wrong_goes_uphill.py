# ruff: noqa: D103
# q2-predict: 2.5 goes-uphill
# q2-implement: 2 not-answered
import autograd_lab as torch

q2_prediction = {
    "bare": "error",
    "in_place": True,
    "anew": False,
    "after": True,
    "shared": [6],
    "left_behind": [3.0],
}


def step(params, lr):
    raise NotImplementedError


def momentum_step(params, velocity, lr, mu):
    with torch.no_grad():
        for param, v in zip(params, velocity, strict=True):
            v.mul_(mu).add_(param.grad)
            param -= lr * v
