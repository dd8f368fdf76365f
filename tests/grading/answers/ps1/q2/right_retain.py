# ruff: noqa: D103
# q2-predict: 3
# q2-implement: 4
import autograd_lab as torch

q2_prediction = {
    "again": "error",
    "retained": [4.0, 8.0, 12.0],
    "zeroed": [2.0, 4.0, 6.0],
    "fresh": [4.0, 8.0, 12.0],
    "nothing_saved": [2.0, 2.0, 2.0],
    "two_losses": "error",
}


def accumulated(loss, values, n):
    x = torch.tensor(values, requires_grad=True)
    y = loss(x)
    for _ in range(n):
        y.backward(retain_graph=True)
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
