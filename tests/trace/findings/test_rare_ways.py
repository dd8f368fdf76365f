"""The same errors reached in rare ways: what is said of the usual way would be false."""

import contextlib
import io

import pytest

from autograd_lab.trace import run_cells
from autograd_lab.trace.findings import Finding

from .corpus import IMPORT, own_import

ENGINES = ["autograd_lab", pytest.param("torch", marks=pytest.mark.needs_torch)]
START = "import torch\nx = torch.tensor([1.0, 2.0, 3.0], requires_grad=True)\n"
ONCE = """
from torch.autograd.function import once_differentiable
class Exp(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x.exp())
        return x.exp()
    @staticmethod
    @once_differentiable
    def backward(ctx, grad):
        return grad * ctx.saved_tensors[0]
g, = torch.autograd.grad(Exp.apply(x).sum(), x, create_graph=True)
g.sum().backward()
"""


def found(code: str, engine: str) -> list[Finding]:
    """Return what is found in code that runs after `START`."""
    text = START + code
    if engine == "autograd_lab":
        text = IMPORT.sub(own_import, text)
    with contextlib.redirect_stdout(io.StringIO()):
        trace = run_cells([text])
    assert trace.error
    return list(trace.findings())


@pytest.mark.parametrize("engine", ENGINES)
def test_saved_value_read_after_backward(engine: str) -> None:
    """Nobody asked for a second pass."""
    assert found("y = x.exp()\ny.sum().backward()\ny.grad_fn._saved_result", engine) == []


@pytest.mark.needs_torch
def test_derivative_of_a_function_without_graph() -> None:
    """The derivative of exp is not the same for every input, whatever has no graph."""
    assert "derivative-is-constant" not in [each.rule for each in found(ONCE, "torch")]


@pytest.mark.parametrize("engine", ENGINES)
def test_pass_inside_exec(engine: str) -> None:
    """The tensor is called by its variable, not by what was given to exec()."""
    (first,) = found("exec('y = (x * 2)\\ny.backward()')", engine)
    assert first.what.startswith("y has the shape [3]")
    assert "y.mean()" in first.fix
    (again,) = found("exec('z = x.exp().sum()\\nz.backward()\\nz.backward()')", engine)
    assert "Compute z again" in again.fix


@pytest.mark.parametrize("engine", ENGINES)
def test_saved_values_while_measuring(engine: str) -> None:
    """That the saved bytes are counted changes nothing about what is known of them."""
    measuring = (
        "from autograd_lab import measure\nwith measure():\n    y = x.exp()\n    y.add_(1)\n"
    )
    (changed,) = found(f"{measuring}    y.sum().backward()", engine)
    assert "saved its result" in changed.what
