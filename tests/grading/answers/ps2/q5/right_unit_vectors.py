# ruff: noqa: D103
# q5-predict: 3
# q5-implement: 4
import autograd_lab as torch

q5_prediction = {
    "one_backward": "Row",
    "one_forward": "column",
    "passes_backward": 2,
    "passes_forward": 3.0,
    "loss": "backward",
    "curve": "forward",
}


def by_rows(f, values):
    x = torch.tensor(values, requires_grad=True)
    y = f(x)
    units = torch.eye(len(y))
    return [torch.autograd.grad(y, x, unit, retain_graph=True)[0] for unit in units]


def by_columns(f, values):
    forward_ad = torch.autograd.forward_ad
    columns = []
    with forward_ad.dual_level():
        for unit in torch.eye(len(values)):
            dual = forward_ad.make_dual(torch.tensor(values), unit)
            columns.append(forward_ad.unpack_dual(f(dual)).tangent.tolist())
    return [list(row) for row in zip(*columns, strict=True)]
