# ruff: noqa: D103
# q4-predict: 0 no-dict
# q4-implement: 2 factor-lost
import autograd_lab as torch

q4_prediction = "J"


def vjp(f, values, v):
    x = torch.tensor(values, requires_grad=True)
    f(x).backward(gradient=torch.tensor(v))
    return x.grad.tolist()


def in_two_parts(f, values, target):
    x = torch.tensor(values, requires_grad=True)
    y = f(x)
    v = y.detach() - torch.tensor(target)
    y.backward(gradient=v)
    return [v.tolist(), x.grad.tolist()]
