# ruff: noqa: D103
# q5-predict: 3
# q5-implement: 4
import autograd_lab as torch

q5_prediction = {
    "bare": [float("inf"), 0.25],
    "value": [0.0, 2.0],
    "gradient": torch.tensor([float("nan"), 0.25]),
    "masked": ("NaN", 0.25),
    "picked": [0.0, 0.25],
    "twice": [0.0, 0.25],
}


def roots(values, scale):
    scale = torch.tensor(scale, requires_grad=True)
    x = scale * torch.tensor(values)
    y = torch.zeros(len(values))
    y[x > 0] = x[x > 0].sqrt()
    y.sum().backward()
    return [y, scale.grad]


def sinc(values):
    x = torch.tensor(values, requires_grad=True)
    y = torch.ones(len(values))
    some = x[x != 0]
    y[x != 0] = some.sin() / some
    y.sum().backward()
    return [y, x.grad]
