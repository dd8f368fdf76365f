"""What is advised depends on the program at hand."""

import contextlib
import io
import warnings

import pytest

from autograd_lab.trace import run_cells

SETUP = """import autograd_lab as torch
from autograd_lab import nn
w = torch.ones(3, 2, requires_grad=True)
b = torch.zeros(2, requires_grad=True)
"""


def advice(code: str) -> str:
    """Return the first finding's advice for a program."""
    with contextlib.redirect_stdout(io.StringIO()), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return str(run_cells([SETUP + code]).findings()[0].fix)


@pytest.mark.parametrize(
    ("code", "wanted"),
    [
        ("w.sum().backward()\nprint(w[0].grad)", "w.grad[0]"),
        ("w.sum().backward()\nprint(w.view(-1).grad)", "w.grad.view(-1)"),
        ("h = w * 2\nh.sum().backward()\nprint(h[0].grad)", "h.retain_grad() before backward()"),
        ("row = w[0]\nrow.sum().backward()\nprint(row.grad)", "row.retain_grad()"),
        (
            "flat = torch.cat([p.flatten() for p in (w, b)])\n"
            "(w.sum() + b.sum() + flat.norm()).backward()\nprint(flat.grad)",
            "torch.cat([p.grad.flatten() for p in …])",
        ),
        (
            "flat = torch.cat([w.flatten(), b])\nflat.norm().backward()\nprint(flat.grad)",
            "flat.retain_grad()",
        ),
    ],
)
def test_gradients_of_parts(code: str, wanted: str) -> None:
    """A part of a leaf has its gradient in the leaf's; leaves put together keep their own."""
    assert wanted in advice(code)


def test_row_numbers() -> None:
    """What chooses rows of an embedding is not made a floating point number."""
    given = "ids = torch.tensor([1, 2])\nids.requires_grad = True\n"
    assert "1.0" in advice(given)
    assert "v = emb(ids)" in advice(f"emb = nn.Embedding(4, 2)\n{given}emb(ids)")


@pytest.mark.parametrize(
    ("update", "wanted"),
    [
        ("w = w - 0.1 * w.grad", "w -= …"),
        ("w = torch.clamp(w - w.grad, 0, 1)", "w.copy_(torch.clamp(w - w.grad, 0, 1))"),
    ],
)
def test_updates(update: str, wanted: str) -> None:
    """An update in place does what the line meant to do."""
    loop = f"for _ in range(2):\n    w.sum().backward()\n    {update}\n    w.grad.zero_()"
    assert wanted in advice(loop)
