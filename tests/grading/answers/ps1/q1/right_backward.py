# ruff: noqa: D103, F821
# q1-predict: 3
# q1-implement: 4
import autograd_lab as torch

q1_prediction = {
    "plain": " Error ",
    "created": 18.0,
    "linear": "error",
    "doubling": torch.tensor(2),
    "product": 2,
    "hessian": 1001,
}


def cost(n):
    x = torch.ones(1000, requires_grad=True)
    memory, first, second = measure(), measure(), measure()
    with memory:
        y = power(x, n)
        kept = [memory.kept]
        with first:
            y.sum().backward(create_graph=True)
        kept.append(memory.kept)
        g, x.grad = x.grad, None
        with second:
            g.backward(torch.ones(1000))
    return (first.backward, second.backward, *kept)


def hvp(loss, values, v):
    x = torch.tensor(values, requires_grad=True)
    loss(x).backward(create_graph=True)
    g, x.grad = x.grad, None
    # What depends on x, whatever the loss is: its zeros change nothing.
    (torch.dot(g, torch.tensor(v)) + (0 * x).sum()).backward()
    return x.grad


def hessian(loss, values):
    n = len(values)
    return [hvp(loss, values, [float(i == j) for j in range(n)]) for i in range(n)]
