# ruff: noqa: D103
# q3-predict: 0 not-answered
# q3-implement: 0 still-in-place
import autograd_lab as torch

q3_prediction = {
    "leaf": None,
    "square": None,
    "exponential": None,
    "times_ten": None,
    "factor": None,
    "behind_its_back": None,
}


def exp_plus_one(values):
    x = torch.tensor(values, requires_grad=True)
    y = x.exp()
    y += 1
    (y * y).sum().backward()
    return x.grad.tolist()


def negatives_to_one(values):
    x = torch.tensor(values, requires_grad=True)
    x[x < 0] = 1.0
    (x**3).sum().backward()
    return x.grad.tolist()


def running_products(values):
    x = torch.tensor(values, requires_grad=True)
    p = torch.ones(len(values))
    p[0] = x[0]
    for i in range(1, len(values)):
        p[i] = p[i - 1] * x[i]
    p.sum().backward()
    return [p.tolist(), x.grad.tolist()]
