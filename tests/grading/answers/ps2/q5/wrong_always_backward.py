# ruff: noqa: D103
# q5-predict: 2.5 always-backward
# q5-implement: 2 raises
import autograd_lab as torch

q5_prediction = {
    "one_backward": "row",
    "one_forward": "column",
    "passes_backward": 2,
    "passes_forward": 3,
    "loss": "backward",
    "curve": "backward",
}


def by_rows(f, values):
    x = torch.tensor(values)
    rows = []
    for output in f(x):
        x.grad = None
        output.backward(retain_graph=True)
        rows.append(x.grad.tolist())
    return rows


def by_columns(f, values):
    x = torch.tensor(values)
    columns = [torch.func.jvp(f, (x,), (unit,))[1] for unit in torch.eye(len(values))]
    return torch.stack(columns, dim=1).tolist()
