# ruff: noqa: D103
# q2-predict: 1.5 expects-overwrite
# q2-implement: 2 expects-overwrite
import autograd_lab as torch

q2_prediction = {
    "again": "error",
    "retained": [2.0, 4.0, 6.0],
    "zeroed": [2.0, 4.0, 6.0],
    "fresh": [2.0, 4.0, 6.0],
    "nothing_saved": [1.0, 1.0, 1.0],
    "two_losses": "error",
}


def accumulated(loss, values, n):
    for _ in range(n):
        x = torch.tensor(values, requires_grad=True)
        loss(x).backward()
    return x.grad.tolist()


def each_gradient(trunk, heads, values):
    x = torch.tensor(values, requires_grad=True)
    h = trunk(x)
    gradients = []
    for head in heads:
        head(h).backward(retain_graph=True)
        gradients.append(x.grad.tolist())
        x.grad.zero_()
    return gradients
