# ruff: noqa: D103
# q1-predict: 0 no-dict
# q1-implement: 2 prediction-cut
import autograd_lab as torch

q1_prediction = [3, 1, 2]


def z_of(x, k):
    u = x * x
    if k == 1:
        return u.detach() * x
    if k == 2:
        return u * x.detach()
    return u * x


def chase(w, s, s_next, reward, discount):
    w, s, s_next = torch.tensor(w, requires_grad=True), torch.tensor(s), torch.tensor(s_next)
    target = reward + discount * torch.dot(w, s_next)
    ((torch.dot(w, s).detach() - target) ** 2).backward()
    return w.grad.tolist()
