# ruff: noqa: D103
# q4-predict: 2 along-x
# q4-implement: 2 list-for-tensor
import autograd_lab as torch

q4_prediction = {
    "J": [[3.0, 2.0], [1.0, 1.0], [4.0, 0.0]],
    "alone": "error",
    "ones": [5, 2, 4],
    "picked": [1.0, 1.0],
    "weighted": [-5.0, 2.0],
    "like_x": [5, 2, 4],
}


def vjp(f, values, v):
    x = torch.tensor(values, requires_grad=True)
    f(x).backward(gradient=v)
    return x.grad.tolist()


def in_two_parts(f, values, target):
    x = torch.tensor(values, requires_grad=True)
    y = f(x)
    v = 2 * (y.detach() - torch.tensor(target))
    y.backward(gradient=v)
    return [v.tolist(), x.grad.tolist()]
