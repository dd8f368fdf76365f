# ruff: noqa: D103, F821
# q3-predict: 3
# q3-implement: 4
import autograd_lab as torch

q3_prediction = {
    "mixed": torch.tensor([25600, 25600]),
    "norm": [4.0, 4.0],
    "mean": [128.0, 128.0],
    "zero_entry": [256.0, 256.0],
    "nan": [200.0, 200.0],
    "zeros": "Never",
}


def gradient(values):
    a = torch.tensor(values, requires_grad=True)
    if not a.detach().any():
        return "never"
    d = f(a)
    d.backward(torch.ones_like(d))
    return a.grad


def factor(values):
    a = torch.tensor(values)
    return (f(a).norm() / a.norm()) if a.norm() > 0 else "never"
