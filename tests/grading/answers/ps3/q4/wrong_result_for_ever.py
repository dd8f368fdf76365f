# ruff: noqa: D103
# q4-predict: 2.5 result-for-ever
# q4-implement: 3 flag-missing
import autograd_lab as torch

q4_prediction = {
    "plain": True,
    "scaled": False,
    "scaled_first": False,
    "doubled": False,
    "unrecorded": True,
    "parameter": True,
}


def scaled(values, factor):
    return factor * torch.tensor(values)


def precise(values):
    return torch.tensor(values, dtype=torch.float64, requires_grad=True)


def restart(w):
    return w.detach().clone().requires_grad_()
