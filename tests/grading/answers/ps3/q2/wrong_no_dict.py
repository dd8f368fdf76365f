# ruff: noqa: D103
# q2-predict: 0 no-dict
# q2-implement: 2 gradient-damped
import autograd_lab as torch

q2_prediction = True


def step(params, lr):
    with torch.no_grad():
        for param in params:
            param -= lr * param.grad


def momentum_step(params, velocity, lr, mu):
    with torch.no_grad():
        for param, v in zip(params, velocity, strict=True):
            v.mul_(mu).add_((1 - mu) * param.grad)
            param -= lr * v
