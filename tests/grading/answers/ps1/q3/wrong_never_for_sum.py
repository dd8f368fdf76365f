# ruff: noqa: D103, F821
# q3-predict: 2.5 nan-never-ends
# q3-implement: 3.5 too-early
import autograd_lab as torch

q3_prediction = {
    "mixed": [25600.0, 25600.0],
    "norm": [4.0, 4.0],
    "mean": [128.0, 128.0],
    "zero_entry": [256.0, 256.0],
    "nan": "never",
    "zeros": "never",
}


def gradient(values):
    a = torch.tensor(values, requires_grad=True)
    if a.sum() == 0:
        return "never"
    f(a).sum().backward()
    return a.grad.tolist()


def factor(values):
    a = torch.tensor(values).flatten()
    if a.norm() == 0:
        return "never"
    largest = a.abs().argmax()
    return (f(a)[largest] / a[largest]).item()
