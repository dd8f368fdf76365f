"""Programs of views, writes and shared memory, run with both libraries; the last line must print alike."""

from __future__ import annotations

from types import ModuleType

import numpy as np
import pytest

import autograd_lab

PROGRAMS = [
    "y = x * 2; y[0] = 5; y.sum().backward(); y, x.grad",
    "y = x * 2; y[0] = v; (y * y).sum().backward(); x.grad, v.grad",
    "y = x * 2; r = y[1]; y[1] = 7; r, r.grad_fn.name()",
    "y = x * 2; r = y[1]; r.mul_(3); y.sum().backward(); y, x.grad, r.grad_fn.name()",
    "y = x * 2; y[:, 1:].add_(v[:2]); y.sum().backward(); x.grad, v.grad",
    "y = x * 2; y[y > 5] = 0; y.sum().backward(); y, x.grad",
    "y = x * 2; y[[0, 0]] = v; y.sum().backward(); x.grad, v.grad",
    "y = x * 2; y[idx] += 1; y, y.grad_fn.name()",
    "y = x * 2; y[0] += v; y.sum().backward(); v.grad",
    "y = x * 2; y[0, 1] *= 3; y.sum().backward(); x.grad",
    "y = x * 2; y.t()[0] = 1; y, y.grad_fn.name()",
    "y = x * 2; y.diagonal().fill_(0); y.sum().backward(); y, x.grad",
    "y = x * 2; y.view(-1)[2] = 9; y.sum().backward(); x.grad",
    "y = x * 2; y.select(0, 1).zero_(); y, y._version",
    "buf = torch.zeros(3)\nfor i in range(3): buf[i] = v[i] * i\nbuf.sum().backward(); v.grad",
    "rows = x.unbind(); rows[0].sum().backward(); x.grad",
    "y = x * 2; rows = y.unbind(); rows[0].mul_(2)",
    "y = x * 2; parts = y.split(1); parts[1].add_(1)",
    "for row in x * 2: row.zero_()",
    "total = 0\nfor row in x: total = total + row.sum()\ntotal.backward(); x.grad, total",
    "a, b = x; (a * b).sum().backward(); x.grad",
    "[row.grad_fn.name() for row in x]",
    "x[0] = 1",
    "x[idx] = 1",
    "x.detach()[0] = 1; x, x._version",
    "x.data[0] = 1; x, x._version",
    "with torch.no_grad(): x[0] = 0\nx, x._version",
    "with torch.no_grad(): r = (x * 2)[0]\nr.requires_grad",
    "y = x * 2\nwith torch.no_grad(): r = y[0]\nr.mul_(2)",
    "n = torch.zeros(3); e = n.expand(2, 3); e.add_(1)",
    "n = torch.zeros(3); e = n.expand(2, 3); n[1] = 4; e",
    "n = torch.arange(6).view(2, 3); n.t()[0, 1] = 9; n",
    "n = torch.arange(4.0); a = n.as_strided((2, 2), (1, 2)); a[0, 0] = 7; n, a.stride()",
    "a = x.as_strided((2, 2), (1, 1)); a.sum().backward(); x.grad",
    "n = torch.arange(6).view(2, 3)[1]; n.storage_offset(), n.stride(), n.is_contiguous()",
    "n = torch.arange(6).view(2, 3).t(); n.stride(), n.is_contiguous(), n.contiguous().stride()",
    "n = torch.arange(12).view(3, 4)[::2, 1::2]; n.stride(), n.storage_offset(), n.data_ptr() > 0",
    "n = torch.ones(2, 3); n.data_ptr() == n[0].data_ptr(), n.data_ptr() == n.detach().data_ptr()",
    "n = torch.ones(2, 3); n.view(6).data_ptr() == n.data_ptr(), n.clone().data_ptr() == n.data_ptr()",
    "n = torch.ones(3, 4)[1:]; n.data_ptr() - n._base.data_ptr()",
    "a = np.zeros(3); n = torch.from_numpy(a); n[0] = 5; a[1] = 6; a.tolist(), n",
    "n = torch.zeros(3); n.numpy()[1] = 4; n, n._version",
    "a = np.zeros(3); n = torch.tensor(a); n[0] = 5; a.tolist()",
    "a = np.zeros(3, dtype='float32'); n = torch.as_tensor(a); n[0] = 5; a.tolist()",
    "y = x * 2; y.t_(); y.sum().backward(); x.grad, y.shape",
    "y = x * 2; r = y[0]; r.unsqueeze_(0); r.shape, r.grad_fn.name(), y.shape",
    "y = x * 2; y.squeeze_().unsqueeze_(0).transpose_(0, 1); y.shape, y._version",
    "y = x * 2; z = y.exp(); y[0] = 1; z.sum().backward(); x.grad.shape",
    "y = x * 2; z = y * y; y[0] = 1; z.sum().backward()",
    "y = x * 2; y.copy_(v); y.sum().backward(); x.grad, v.grad",
    "y = x * 2; y.copy_(v.double()); y.sum().backward(); v.grad",
    "n = torch.zeros(2, 3, dtype=torch.int64); n[0] = 2.7; n",
    "n = torch.zeros(2, dtype=torch.bool); n[0] = 5; n",
    "n = torch.zeros(2, 3); n[0] = torch.arange(3); n",
    "n = torch.zeros(2, 3); n[:, 1] = torch.tensor([[1.0], [2.0]])",
    "n = torch.zeros(2, 3); n[1, ...] = 3; n[..., 0] = 4; n",
    "n = torch.zeros(4); n[torch.tensor([0, 0, 1])] = torch.tensor([1.0, 2.0, 3.0]); n[1:]",
    "n = torch.zeros(4); n.index_add_(0, torch.tensor([0, 0, 1]), torch.ones(3)); n",
    "n = torch.zeros(2, 3); n.scatter_(1, torch.tensor([[0], [2]]), 1.0); n",
    "n = torch.zeros(3); n[None] = 1; n[True] = 2; n",
    "n = torch.arange(3); n[-1] = n[0] + 10; n",
    "n = torch.zeros(3); n[1:] = n[:-1] + 1; n",
    "n = torch.tensor(3.0); n[()] = 4; n[...] = n + 1; n",
    "s = torch.tensor(3.0, requires_grad=True); t = s * 1; t[...] = 2; t, t.grad_fn.name()",
    "x.t().contiguous().view(6).sum().backward(); x.grad",
    "torch.stack(list(x)).sum().backward(); x.grad",
    "torch.cat([x[:1], x[1:]]).mul(2).sum().backward(); x.grad",
    "x[0].requires_grad, x[0].is_leaf, x[0]._base is x",
    "x.expand(2, 2, 3)[0]._base is x",
    "x.numpy()",
    "len(x), len(v), x.ndimension(), x.nelement(), x.element_size(), x.nbytes",
    "x.shape[:1], x.shape + (4,), x.size(-1), x.size()",
    "x.size(2)",
    "1.0 in x, 9 in x, v in x",
    "'a' in x",
    "np.sin(x.detach()), np.asarray(x.detach()), np.add(x.detach(), 1)",
    "np.sin(x)",
    "x.detach() + np.ones(3)",
    "torch.is_tensor(x), torch.is_tensor(1), torch.numel(x), torch.is_nonzero(v[0])",
]


def printed(program: str, torch: ModuleType) -> str:
    """Run all lines but the last, and print what the last gives; or the error."""
    space = {
        **dict(torch=torch, np=np, idx=torch.tensor([0, 1])),
        "x": torch.tensor([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]], requires_grad=True),
        "v": torch.tensor([10.0, 20.0, 30.0], requires_grad=True),
    }
    first, separator, last = program.rpartition("\n" if "\n" in program.split("; ")[-1] else "; ")
    *more, last = last.split("; ")
    try:
        exec(first + separator.strip(" ;") + "\n" + "\n".join(more), space)
        return repr(eval(last, space)) if not is_statement(last) else str(exec(last, space))
    except Exception as error:
        return f"{type(error).__name__}: {error}"


def is_statement(line: str) -> bool:
    """Return whether a line can only be executed."""
    try:
        compile(line, "", "eval")
    except SyntaxError:
        return True
    return False


@pytest.mark.needs_torch
@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore:__array_wrap__")
@pytest.mark.parametrize("program", PROGRAMS)
def test_prints_what_pytorch_prints(program: str) -> None:
    """A program ends with the same text, or the same error, with both libraries."""
    torch = pytest.importorskip("torch")
    assert printed(program, autograd_lab) == printed(program, torch)
