# ruff: noqa: D103
# q5-predict: 0 no-dict
# q5-implement: 2 other-value
import autograd_lab as torch

q5_prediction = [2, 3]


def by_rows(f, values):
    x = torch.tensor(values, requires_grad=True)
    rows = []
    for output, _value in zip(f(x), values, strict=False):
        x.grad = None
        output.backward(retain_graph=True)
        rows.append(x.grad.tolist())
    return rows


def by_columns(f, values):
    x = torch.tensor(values)
    columns = [torch.func.jvp(f, (x,), (unit,))[1] for unit in torch.eye(len(values))]
    return torch.stack(columns, dim=1).tolist()
