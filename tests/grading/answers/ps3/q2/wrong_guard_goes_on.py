# ruff: noqa: D103
# q2-predict: 2.5 guard-goes-on
# q2-implement: 2 raises
import autograd_lab as torch

q2_prediction = {
    "bare": "error",
    "in_place": True,
    "anew": False,
    "after": False,
    "shared": [0.0],
    "left_behind": [3.0],
}


def step(params, lr):
    with torch.no_grad():
        for param in params:
            param.sub(lr * param.gradient)


def momentum_step(params, velocity, lr, mu):
    with torch.no_grad():
        for param, v in zip(params, velocity, strict=True):
            v.mul_(mu).add_(param.grad)
            param -= lr * v
