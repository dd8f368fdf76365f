# ruff: noqa: D103
# q3-predict: 2
# q3-implement: 5
import autograd_lab as torch

q3_prediction = {
    "emptied": 1,
    "forgotten": -1.0,
    "too_early": 4.0,
    "rebound": "Error",
}


def train(xs, ys, w, b, lr, steps):
    x, y = torch.tensor(xs), torch.tensor(ys)
    w = torch.tensor(w, requires_grad=True)
    b = torch.tensor(b, requires_grad=True)
    for _step in range(steps):
        (((w * x + b - y) ** 2).mean()).backward()
        w.data -= lr * w.grad
        b.data -= lr * b.grad
        w.grad.zero_()
        b.grad.zero_()
    return [w.item(), b.item()]


def train_in_parts(parts, w, lr, steps):
    w = torch.tensor(w, requires_grad=True)
    for _step in range(steps):
        for xs, ys in parts:
            ((w * torch.tensor(xs) - torch.tensor(ys)) ** 2).mean().backward()
        w.data.sub_(lr * w.grad / len(parts))
        w.grad.zero_()
    return w.item()
