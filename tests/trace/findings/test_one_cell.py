"""Under the magic one cell is recorded: what came before it has left only its tensors."""

from typing import Any

import pytest

import autograd_lab
from autograd_lab.trace import run_cells

BEFORE = """
import autograd_lab as torch
x = torch.tensor([1.0, 2.0], requires_grad=True)
y = (x ** 2).sum()
y.backward()
opt = torch.optim.SGD([x], lr=0.1)
h = (x ** 3)
z = h.sum()
with torch.no_grad():
    w = (x * 2).sum()
n = y.item()
k = torch.tensor(3)
"""
CASES = [
    (2, "y.backward()", "y.backward()"),
    (2, "for i in range(2):\n    z.backward()", "z.backward()"),
    (6, "opt.step()\nz.backward()", "opt.step()"),
    (4, "w.backward()", "w.backward()"),
    (4, "n.backward()", "n.backward()"),
    (1, "h.sum().backward()\nprint(h.grad)", "print(h.grad)"),
    (3, "h.backward()", "h.backward()"),
    (5, "x += 1", "x += 1"),
    (10, "x.numpy()", "x.numpy()"),
    (12, "k.requires_grad_()", "k.requires_grad_()"),
    (13, "x = x - 0.1 * x.grad\n(x ** 2).sum().backward()\nprint(x.grad)", "x = x - 0.1 * x.grad"),
]


@pytest.mark.filterwarnings("ignore:The .grad attribute")
@pytest.mark.parametrize(("misconception", "cell", "line"), CASES)
def test_a_cell_after_others(misconception: int, cell: str, line: str) -> None:
    """What can be known is said; the line is one of the recorded cell."""
    namespace: dict[str, Any] = {}
    exec(BEFORE, namespace)
    first = run_cells([cell], namespace).findings()[0]
    assert (first.misconception, first.line) == (misconception, line)


def test_gradients_were_off_before() -> None:
    """With gradients switched off in an earlier cell, the forward line is shown and the way back on."""
    namespace: dict[str, Any] = {"x": autograd_lab.ones(2, requires_grad=True)}
    autograd_lab.set_grad_enabled(False)
    try:
        first = run_cells(["loss = (x * 2).sum()", "loss.backward()"], namespace).findings()[0]
    finally:
        autograd_lab.set_grad_enabled(True)
    assert (first.misconception, first.line) == (8, "loss = (x * 2).sum()")
    assert "set_grad_enabled(True)" in first.fix


def test_right_cells_after_others() -> None:
    """A cell that is right stays so when its tensors are older."""
    namespace: dict[str, Any] = {}
    exec(BEFORE, namespace)
    for cell in [
        "z.backward()\nprint(x.grad)",
        "opt.zero_grad()\n(x ** 2).sum().backward()\nopt.step()",
    ]:
        assert run_cells([cell], namespace).findings() == []


@pytest.mark.parametrize("call", ["torch.autograd.grad(w, x)", "torch.autograd.backward(w)"])
def test_what_a_function_was_asked_for_is_named(call: str) -> None:
    """It is the first argument that has no history, not `torch.autograd`."""
    namespace: dict[str, Any] = {}
    exec(BEFORE, namespace)
    assert run_cells([call], namespace).findings()[0].what.startswith("w has no history")


@pytest.mark.parametrize(
    ("power", "create_graph", "misconception"), [(3, False, 15), (1, True, 26)]
)
def test_a_derivative_without_a_graph_is_no_cut_as_well(
    power: int, create_graph: bool, misconception: int
) -> None:
    """One mistake gets one finding: what was asked of a derivative was not cut from anything."""
    program = f"""
import autograd_lab as torch
x = torch.tensor(2.0, requires_grad=True)
y = 5 * x ** {power} if {power} > 1 else 5 * x
slope = torch.autograd.grad(y, x, create_graph={create_graph})[0]
torch.autograd.grad(slope, x)
"""
    found = run_cells([program]).findings()
    assert [finding.misconception for finding in found] == [misconception]


@pytest.mark.parametrize("cut", ["(3 * w).item()", "(3 * w).detach()", "w.item()"])
def test_a_leaf_behind_a_cut_is_not_said_to_be_unused(cut: str) -> None:
    """It was used, and its way to the loss was cut: that is told, and nothing that contradicts it."""
    program = f"""
import autograd_lab as torch
w = torch.tensor(2.0, requires_grad=True)
b = torch.tensor(1.0, requires_grad=True)
scaled = {cut}
loss = (scaled + b) ** 2
loss.backward()
print(w.grad, b.grad)
"""
    found = run_cells([program]).findings()
    assert [(finding.misconception, finding.number) for finding in found] == [(4, 5)]


def test_what_was_made_after_the_recording_was_full_is_not_called_older() -> None:
    """Nothing is said of where a tensor lost its history if that is not in the recording."""
    program = """
import autograd_lab as torch
x = torch.tensor(2.0, requires_grad=True)
y = x.sin().sin().sin().sin()
w = (x * 2).detach()
w.backward()
"""
    trace = run_cells([program], limit=3)
    assert trace.truncated
    assert trace.findings() == []
