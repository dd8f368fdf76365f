# ruff: noqa: D103
# q1-predict: 3
# q1-implement: 2 all-cut
import autograd_lab as torch

q1_prediction = {
    "whole": [3.0, 12.0],
    "u_cut": [1.0, 4.0],
    "x_cut": [2.0, 8.0],
    "half_cut": [2.0, 8.0],
    "numbers": [1.0, 4.0],
    "z_cut": "error",
}


def z_of(x, k):
    u = x * x
    if k == 1:
        return u.detach() * x
    if k == 2:
        return u * x.detach()
    return u * x


def chase(w, s, s_next, reward, discount):
    w, s, s_next = torch.tensor(w, requires_grad=True), torch.tensor(s), torch.tensor(s_next)
    target = (reward + discount * torch.dot(w, s_next)).detach()
    ((torch.dot(w, s).detach() - target) ** 2).backward()
    return w.tolist()
