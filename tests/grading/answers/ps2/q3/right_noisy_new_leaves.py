# ruff: noqa: D103
# q3-predict: 2
# q3-implement: 5
import warnings

import autograd_lab as torch

q3_prediction = {
    "emptied": 1.0,
    "forgotten": -1.0,
    "too_early": 4.0,
    "rebound": "error",
}


def train(xs, ys, w, b, lr, steps):
    warnings.warn("this goes to stderr", stacklevel=1)
    x, y = torch.tensor(xs), torch.tensor(ys)
    for _step in range(steps):
        w = torch.tensor(w, requires_grad=True)
        b = torch.tensor(b, requires_grad=True)
        ((w * x + b - y) ** 2).mean().backward()
        w = (w - lr * w.grad).item()
        b = (b - lr * b.grad).item()
    return w, b


def train_in_parts(parts, w, lr, steps):
    xs, ys = [x for part in parts for x in part[0]], [y for part in parts for y in part[1]]
    for _step in range(steps):
        w -= lr * sum(2 * (w * x - y) * x for x, y in zip(xs, ys, strict=True)) / len(xs)
    return w
