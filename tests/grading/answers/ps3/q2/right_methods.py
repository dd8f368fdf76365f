# ruff: noqa: D103
# q2-predict: 3
# q2-implement: 4
import autograd_lab as torch

q2_prediction = {
    "bare": "error",
    "in_place": "true",
    "anew": False,
    "after": True,
    "shared": (0,),
    "left_behind": [3.0],
}


@torch.no_grad()
def step(params, lr):
    for param in params:
        param.sub_(lr * param.grad)


@torch.no_grad()
def momentum_step(params, velocity, lr, mu):
    for i, param in enumerate(params):
        velocity[i] = mu * velocity[i] + param.grad
        param.sub_(lr * velocity[i])
