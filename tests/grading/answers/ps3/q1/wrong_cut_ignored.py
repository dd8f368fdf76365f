# ruff: noqa: D103
# q1-predict: 2.5 cut-ignored
# q1-implement: 2 edges-exchanged
import autograd_lab as torch

q1_prediction = {
    "whole": [3.0, 12.0],
    "u_cut": [3, 12],
    "x_cut": [2.0, 8.0],
    "half_cut": [2.0, 8.0],
    "numbers": [1.0, 4.0],
    "z_cut": "error",
}


def z_of(x, k):
    u = x * x
    return u * x.detach() if k < 3 else u * x


def chase(w, s, s_next, reward, discount):
    w, s, s_next = torch.tensor(w, requires_grad=True), torch.tensor(s), torch.tensor(s_next)
    target = (reward + discount * torch.dot(w, s_next)).detach()
    ((torch.dot(w, s) - target) ** 2).backward()
    return w.grad.tolist()
