# ruff: noqa: D103
# q4-predict: 2.5 history-stays
# q4-implement: 3 single-precision
import autograd_lab as torch

q4_prediction = {
    "plain": True,
    "scaled": False,
    "scaled_first": True,
    "doubled": False,
    "unrecorded": True,
    "parameter": False,
}


def scaled(values, factor):
    return (factor * torch.tensor(values)).requires_grad_()


def precise(values):
    return torch.tensor(values).double().requires_grad_()


def restart(w):
    return w.detach().clone().requires_grad_()
