# ruff: noqa: D103
# q5-predict: 2.5 long-for-wide
# q5-implement: 2 not-a-scalar
import autograd_lab as torch

q5_prediction = {
    "one_backward": "row",
    "one_forward": "column",
    "passes_backward": 2,
    "passes_forward": 3,
    "loss": "forward",
    "curve": "forward",
}


def by_rows(f, values):
    x = torch.tensor(values, requires_grad=True)
    rows = []
    y = f(x)
    for _output in y:
        x.grad = None
        y.backward(retain_graph=True)
        rows.append(x.grad.tolist())
    return rows


def by_columns(f, values):
    x = torch.tensor(values)
    columns = [torch.func.jvp(f, (x,), (unit,))[1] for unit in torch.eye(len(values))]
    return torch.stack(columns, dim=1).tolist()
