# ruff: noqa: D103
# q5-predict: 2.5 inner-where-useless
# q5-implement: 4
import autograd_lab as torch

q5_prediction = {
    "bare": ["inf", 0.25],
    "value": [0.0, 2.0],
    "gradient": ["nan", 0.25],
    "masked": ["nan", 0.25],
    "picked": [0.0, 0.25],
    "twice": ["nan", 0.25],
}


def roots(values, scale):
    scale = torch.tensor(scale, requires_grad=True)
    x = scale * torch.tensor(values)
    inside = torch.where(x > 0, x, 1.0)
    y = torch.where(x > 0, inside.sqrt(), 0.0)
    y.sum().backward()
    return [y.tolist(), scale.grad.item()]


def sinc(values):
    x = torch.tensor(values, requires_grad=True)
    inside = torch.where(x == 0, 1.0, x)
    y = torch.where(x == 0, 1.0, inside.sin() / inside)
    y.sum().backward()
    return [y.tolist(), x.grad.tolist()]
