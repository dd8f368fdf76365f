# ruff: noqa: D103
# q1-predict: 2.5 squared-for-a-scalar
# q1-implement: 3 squared-for-a-scalar
import autograd_lab as torch

q1_prediction = {
    "plain": "error",
    "created": 18,
    "linear": "error",
    "doubling": 4,
    "product": 2,
    "hessian": 1001,
}


def cost(n):
    return [n, n * n, 4000 * n, 4000 * n * n]


def hvp(loss, values, v):
    x = torch.tensor(values, requires_grad=True)
    (g,) = torch.autograd.grad(loss(x), x, create_graph=True)
    if not g.requires_grad:
        return [0.0] * len(values)
    (product,) = torch.autograd.grad((g * torch.tensor(v)).sum(), x)
    return product.tolist()


def hessian(loss, values):
    x = torch.tensor(values, requires_grad=True)
    (g,) = torch.autograd.grad(loss(x), x, create_graph=True)
    return [torch.autograd.grad(each, x, retain_graph=True)[0].tolist() for each in g]
