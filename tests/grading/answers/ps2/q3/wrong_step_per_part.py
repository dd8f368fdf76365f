# ruff: noqa: D103
# q3-predict: 2
# q3-implement: 3 step-per-part
import autograd_lab as torch

q3_prediction = {
    "emptied": 1.0,
    "forgotten": -1.0,
    "too_early": 4.0,
    "rebound": "error",
}


def train(xs, ys, w, b, lr, steps):
    x, y = torch.tensor(xs), torch.tensor(ys)
    w = torch.tensor(w, requires_grad=True)
    b = torch.tensor(b, requires_grad=True)
    for _step in range(steps):
        w.grad = b.grad = None
        (((w * x + b - y) ** 2).mean()).backward()
        with torch.no_grad():
            w -= lr * w.grad
            b -= lr * b.grad
    return [w.item(), b.item()]


def train_in_parts(parts, w, lr, steps):
    w = torch.tensor(w, requires_grad=True)
    for _step in range(steps):
        for xs, ys in parts:
            w.grad = None
            ((w * torch.tensor(xs) - torch.tensor(ys)) ** 2).mean().backward()
            with torch.no_grad():
                w -= lr * w.grad
    return w.item()
