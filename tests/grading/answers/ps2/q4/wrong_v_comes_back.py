# ruff: noqa: D103
# q4-predict: 2.5 v-comes-back
# q4-implement: 2 raises
import autograd_lab as torch

q4_prediction = {
    "J": [[3.0, 2.0], [1.0, 1.0], [4.0, 0.0]],
    "alone": "error",
    "ones": [8.0, 3.0],
    "picked": [0, 1, 0],
    "weighted": [-5.0, 2.0],
    "like_x": "error",
}


def vjp(f, values, v):
    x = torch.tensor(values, requires_grad=True)
    y = f(x)
    weighted = [v[i][j] * y[i][j] for i in range(len(v)) for j in range(len(v[i]))]
    torch.stack(weighted).sum().backward()
    return x.grad.tolist()


def in_two_parts(f, values, target):
    x = torch.tensor(values, requires_grad=True)
    y = f(x)
    v = 2 * (y.detach() - torch.tensor(target))
    y.backward(gradient=v)
    return [v.tolist(), x.grad.tolist()]
