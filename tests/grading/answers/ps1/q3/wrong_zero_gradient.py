# ruff: noqa: D103, F821
# q3-predict: 3
# q3-implement: 3 zero-gradient
import autograd_lab as torch

q3_prediction = {
    "mixed": [25600.0, 25600.0],
    "norm": [4.0, 4.0],
    "mean": [128.0, 128.0],
    "zero_entry": [256.0, 256.0],
    "nan": [200.0, 200.0],
    "zeros": "never",
}


def gradient(values):
    a = torch.tensor(values, requires_grad=True)
    if a.norm() == 0:
        return torch.zeros_like(a).tolist()
    f(a).sum().backward()
    return a.grad.tolist()


def factor(values):
    a = torch.tensor(values).flatten()
    if a.norm() == 0:
        return 0.0
    largest = a.abs().argmax()
    return (f(a)[largest] / a[largest]).item()
