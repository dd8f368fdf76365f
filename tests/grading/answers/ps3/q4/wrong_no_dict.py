# ruff: noqa: D103
# q4-predict: 0 no-dict
# q4-implement: 3 no-leaf-returned
import autograd_lab as torch

q4_prediction = False


def scaled(values, factor):
    return (factor * torch.tensor(values)).requires_grad_()


def precise(values):
    return torch.tensor(values, requires_grad=True).double()


def restart(w):
    return w.detach().clone().requires_grad_()
