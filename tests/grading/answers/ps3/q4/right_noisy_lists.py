# ruff: noqa: D103
# q4-predict: 3
# q4-implement: 4
import sys

import autograd_lab as torch

q4_prediction = {
    "plain": True,
    "scaled": False,
    "scaled_first": True,
    "doubled": False,
    "unrecorded": True,
    "parameter": True,
}


def scaled(values, factor):
    print("scaling", file=sys.stderr)
    return torch.tensor([factor * value for value in values], requires_grad=True)


def precise(values):
    return torch.tensor(values, dtype=torch.float64, requires_grad=True)


def restart(w):
    with torch.no_grad():
        new = w.clone()
    return new.requires_grad_()
