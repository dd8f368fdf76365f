# ruff: noqa: D103
# q2-predict: 2 once-per-leaf
# q2-implement: 2 summed-losses
import autograd_lab as torch

q2_prediction = {
    "again": "error",
    "retained": [4.0, 8.0, 12.0],
    "zeroed": [2.0, 4.0, 6.0],
    "fresh": "error",
    "nothing_saved": "error",
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
    sum(head(h) for head in heads).backward()
    return x.grad.tolist()
