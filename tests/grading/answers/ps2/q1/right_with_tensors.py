# ruff: noqa: D103
# q1-predict: 4
# q1-implement: 3
import autograd_lab as torch

q1_prediction = {
    "before": "none",
    "after": [0.0, 4.0, 8.0, 12.0],
    "another": (1, 5, 9, 13),
    "mean": [[4.5, 4.5], [4.5, 4.5]],
    "between": "None",
    "node": "MulBackward0",
    "late": "False",
    "eye": torch.tensor([8.0, 4.0]),
}


def history(values, steps):
    x = torch.tensor(values, requires_grad=True)
    out = (x + 1).pow(2)
    seen = []
    for step in steps:
        if step == "backward":
            out.backward(torch.ones_like(x), retain_graph=True)
        elif step == "zero":
            x.grad.zero_()
        else:
            x.grad = None
        seen.append(None if x.grad is None else x.grad.tolist())
    return seen
