# ruff: noqa: D103, F821
# q3-predict: 2.5 divided-by-zero
# q3-implement: 2 divided-by-zero
import autograd_lab as torch

q3_prediction = {
    "mixed": [25600.0, 25600.0],
    "norm": [4.0, 4.0],
    "mean": [128.0, 128.0],
    "zero_entry": ["NaN", 256.0],
    "nan": [200.0, 200.0],
    "zeros": "never",
}


def gradient(values):
    a = torch.tensor(values)
    return "never" if a.norm() == 0 else (f(a) / a).tolist()


def factor(values):
    a = torch.tensor(values).flatten()
    return "never" if a.norm() == 0 else (f(a) / a)[0].item()
