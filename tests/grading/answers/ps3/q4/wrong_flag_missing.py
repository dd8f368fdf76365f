# ruff: noqa: D103
# q4-predict: 3
# q4-implement: 2 flag-missing
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
    return (factor * torch.tensor(values)).requires_grad_()


def precise(values):
    return torch.tensor(values, dtype=torch.float64, requires_grad=True)


def restart(w):
    return w.detach().clone()
