# ruff: noqa: D103
# q3-predict: 0 not-answered
# q3-implement: 0 name-rebound
import autograd_lab as torch

q3_prediction = {
    "emptied": None,
    "forgotten": None,
    "too_early": None,
    "rebound": None,
}


def train(xs, ys, w, b, lr, steps):
    x, y = torch.tensor(xs), torch.tensor(ys)
    w = torch.tensor(w, requires_grad=True)
    b = torch.tensor(b, requires_grad=True)
    for _step in range(steps):
        (((w * x + b - y) ** 2).mean()).backward()
        w = w - lr * w.grad
        b = b - lr * b.grad
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
