# ruff: noqa: D103
# q1-predict: 3
# q1-implement: 4
import autograd_lab as torch

q1_prediction = {
    "whole": (3, 12),
    "u_cut": [1.0, 4.0],
    "x_cut": [2.0, 8.0],
    "half_cut": [2.0, 8.0],
    "numbers": [1.0, 4.0],
    "z_cut": " Error",
}


def z_of(x, k):
    factors = [x] * k + [x.detach()] * (3 - k)
    return factors[0] * factors[1] * factors[2]


def chase(w, s, s_next, reward, discount):
    w, s, s_next = torch.tensor(w, requires_grad=True), torch.tensor(s), torch.tensor(s_next)
    with torch.no_grad():
        target = reward + discount * (w * s_next).sum()
    ((w * s).sum() - target).square().backward()
    return w.grad
