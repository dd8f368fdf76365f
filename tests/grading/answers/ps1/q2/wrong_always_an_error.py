# ruff: noqa: D103
# q2-predict: 2.5 always-an-error
# q2-implement: 2 raises
import autograd_lab as torch

q2_prediction = {
    "again": "error",
    "retained": [4.0, 8.0, 12.0],
    "zeroed": [2.0, 4.0, 6.0],
    "fresh": [4.0, 8.0, 12.0],
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
    h.backward()
    return [x.grad.tolist() for _ in heads]
