# ruff: noqa: D103
# q5-predict: 2.5 modes-exchanged
# q5-implement: 2 live-grad
import autograd_lab as torch

q5_prediction = {
    "one_backward": "column",
    "one_forward": "column",
    "passes_backward": 2,
    "passes_forward": 3,
    "loss": "backward",
    "curve": "forward",
}


def by_rows(f, values):
    x = torch.tensor(values, requires_grad=True)
    rows = []
    for output in f(x):
        output.backward(retain_graph=True)
        rows.append(x.grad)
    return rows


def by_columns(f, values):
    x = torch.tensor(values)
    columns = [torch.func.jvp(f, (x,), (unit,))[1] for unit in torch.eye(len(values))]
    return torch.stack(columns, dim=1).tolist()
