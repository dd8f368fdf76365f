# ruff: noqa: D103
# q4-predict: 3
# q4-implement: 4
import autograd_lab as torch

q4_prediction = {
    "plain": True,
    "scaled": "False",
    "scaled_first": True,
    "doubled": False,
    "unrecorded": True,
    "parameter": True,
}


def scaled(values, factor):
    return torch.nn.Parameter(factor * torch.tensor(values))


def precise(values):
    return torch.tensor(values, dtype=torch.float64).requires_grad_()


def restart(w):
    return torch.tensor(w.tolist(), requires_grad=True)
