# ruff: noqa: D103
# q3-predict: 3
# q3-implement: 4
import autograd_lab as torch

q3_prediction = {
    "leaf": "Error",
    "square": (2, 4),
    "exponential": "error",
    "times_ten": [20.0, 20.0],
    "factor": "error",
    "behind_its_back": "error",
}


def exp_plus_one(values):
    x = torch.tensor(values, requires_grad=True)
    y = x.exp().clone()
    y += 1
    (y * y).sum().backward()
    return x.grad.tolist()


def negatives_to_one(values):
    x = torch.tensor(values, requires_grad=True)
    y = torch.where(x < 0, 1.0, x)
    (y**3).sum().backward()
    return x.grad.tolist()


def running_products(values):
    x = torch.tensor(values, requires_grad=True)
    p = torch.ones(len(values))
    p[0] = x[0]
    for i in range(1, len(values)):
        p[i] = p[i - 1].clone() * x[i]
    p.sum().backward()
    return [p.tolist(), x.grad.tolist()]
