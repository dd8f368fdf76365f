# ruff: noqa: D103
# q2-predict: 2.5 other-value
# q2-implement: 2 leaf-replaced
import autograd_lab as torch

q2_prediction = {
    "bare": "error",
    "in_place": True,
    "anew": False,
    "after": True,
    "shared": [0.0],
    "left_behind": [1],
}


def step(params, lr):
    with torch.no_grad():
        for param in params:
            param -= lr * param.grad


def momentum_step(params, velocity, lr, mu):
    for i, param in enumerate(params):
        velocity[i] = mu * velocity[i] + param.grad
        params[i] = param - lr * velocity[i]
