# ruff: noqa: D103
# q2-predict: 2.5 name-is-tensor
# q2-implement: 2 velocity-forgotten
import autograd_lab as torch

q2_prediction = {
    "bare": "error",
    "in_place": True,
    "anew": False,
    "after": True,
    "shared": [0.0],
    "left_behind": [0],
}


def step(params, lr):
    with torch.no_grad():
        for param in params:
            param -= lr * param.grad


def momentum_step(params, velocity, lr, mu):
    with torch.no_grad():
        for param, v in zip(params, velocity, strict=True):
            v = mu * v + param.grad
            param -= lr * v
