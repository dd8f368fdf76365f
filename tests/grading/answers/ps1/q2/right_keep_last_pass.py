# ruff: noqa: D103
# q2-predict: 3
# q2-implement: 4
import autograd_lab as torch

q2_prediction = {
    "again": "Error",
    "retained": (4, 8, 12),
    "zeroed": [2.0, 4.0, 6.0],
    "fresh": torch.tensor([4, 8, 12]),
    "nothing_saved": [2.0, 2.0, 2.0],
    "two_losses": "error",
}


def accumulated(loss, values, n):
    x = torch.tensor(values, requires_grad=True)
    y = loss(x)
    for left in reversed(range(n)):
        y.backward(retain_graph=left > 0)
    return x.grad


def each_gradient(trunk, heads, values):
    x = torch.tensor(values, requires_grad=True)
    h = trunk(x)
    gradients = []
    for head in heads:
        x.grad = None
        head(h).backward(retain_graph=True)
        gradients.append(x.grad)
    return tuple(gradients)
