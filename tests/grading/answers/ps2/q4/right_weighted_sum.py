# ruff: noqa: D103
# q4-predict: 3
# q4-implement: 4
import autograd_lab as torch

q4_prediction = {
    "J": torch.tensor([[3, 2], [1, 1], [4, 0]]),
    "alone": "Error",
    "ones": [8.0, 3.0],
    "picked": [1.0, 1.0],
    "weighted": [-5.0, 2.0],
    "like_x": "error",
}


def vjp(f, values, v):
    x = torch.tensor(values, requires_grad=True)
    (f(x) * torch.tensor(v)).sum().backward()
    return x.grad


def in_two_parts(f, values, target):
    x = torch.tensor(values, requires_grad=True)
    y = f(x)
    y.retain_grad()
    ((y - torch.tensor(target)) ** 2).sum().backward()
    return y.grad, x.grad
