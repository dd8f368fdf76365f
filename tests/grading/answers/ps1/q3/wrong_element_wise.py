# ruff: noqa: D103, F821
# q3-predict: 2.5 element-wise-branch
# q3-implement: 2 element-wise-branch
import autograd_lab as torch

q3_prediction = {
    "mixed": [256.0, 25600.0],
    "norm": [4.0, 4.0],
    "mean": [128.0, 128.0],
    "zero_entry": [256.0, 256.0],
    "nan": [200.0, 200.0],
    "zeros": "never",
}


def gradient(values):
    a = torch.tensor(values, requires_grad=True)
    if a.norm() == 0:
        return "never"
    b = a * 2
    while b.norm() < 1000:
        b = b * 2
    torch.where(b > 0, b, 100 * b).sum().backward()
    return a.grad.tolist()


def factor(values):
    a = torch.tensor(values).flatten()
    if a.norm() == 0:
        return "never"
    largest = a.abs().argmax()
    return (f(a)[largest] / a[largest]).item()
