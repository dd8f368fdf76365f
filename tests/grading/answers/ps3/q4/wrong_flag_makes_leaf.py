# ruff: noqa: D103
# q4-predict: 2.5 flag-makes-leaf
# q4-implement: 3 no-leaf-returned
import autograd_lab as torch

q4_prediction = {
    "plain": False,
    "scaled": False,
    "scaled_first": True,
    "doubled": False,
    "unrecorded": True,
    "parameter": True,
}


def scaled(values, factor):
    return factor * torch.tensor(values, requires_grad=True)


def precise(values):
    return torch.tensor(values, dtype=torch.float64, requires_grad=True)


def restart(w):
    return w.detach().clone().requires_grad_()
