# ruff: noqa: D103
# q5-predict: 0 no-dict
# q5-implement: 4
import autograd_lab as torch

q5_prediction = "nan"


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
