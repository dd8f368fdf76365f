# ruff: noqa: D103
# q3-predict: 2.5 input-not-needed
# q3-implement: 3 leaf-lost
import autograd_lab as torch

q3_prediction = {
    "leaf": "error",
    "square": [2.0, 4.0],
    "exponential": "error",
    "times_ten": [20.0, 20.0],
    "factor": [4, 6],
    "behind_its_back": "error",
}


def exp_plus_one(values):
    x = torch.tensor(values, requires_grad=True)
    x = x.exp() + 1
    y = x
    (y * y).sum().backward()
    return x.grad.tolist()


def negatives_to_one(values):
    x = torch.tensor(values, requires_grad=True)
    y = x.clone()
    y[x < 0] = 1.0
    (y**3).sum().backward()
    return x.grad.tolist()


def running_products(values):
    x = torch.tensor(values, requires_grad=True)
    products = [x[0]]
    for i in range(1, len(values)):
        products.append(products[-1] * x[i])
    p = torch.stack(products)
    p.sum().backward()
    return [p.tolist(), x.grad.tolist()]
