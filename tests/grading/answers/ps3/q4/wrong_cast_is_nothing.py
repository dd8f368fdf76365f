# ruff: noqa: D103
# q4-predict: 2.5 cast-is-nothing
# q4-implement: 3 raises
import autograd_lab as torch

q4_prediction = {
    "plain": True,
    "scaled": False,
    "scaled_first": True,
    "doubled": True,
    "unrecorded": True,
    "parameter": True,
}


def scaled(values, factor):
    return torch.tensor(factor * values, requires_grad=True)


def precise(values):
    return torch.tensor(values, dtype=torch.float64, requires_grad=True)


def restart(w):
    return w.detach().clone().requires_grad_()
