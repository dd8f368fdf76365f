"""Ranking, and traces that are not whole."""

from dataclasses import replace

import pytest

from autograd_lab.trace import run_cells
from autograd_lab.trace.findings import find
from autograd_lab.trace.model import Trace

from .corpus import Program, programs

SEVERAL = """
import autograd_lab as torch
w = torch.tensor([1.0, 2.0], requires_grad=True)
for i in range(3):
    h = w * 2
    (h ** 2).sum().backward()
    print(h.grad)
    with torch.no_grad():
        w -= 0.1 * w.grad
w.numpy()
"""
SOME = programs()[::9]


@pytest.mark.filterwarnings("ignore:The .grad attribute")
def test_order() -> None:
    """What explains the error comes first, then the problems from the top; each line once."""
    findings = find(run_cells([SEVERAL]))
    assert [(f.misconception, f.number) for f in findings] == [(10, 10), (7, 6), (1, 7)]


def test_nothing_to_say() -> None:
    """An empty trace, and code that has nothing to do with tensors."""
    assert find(Trace()) == []
    assert find(run_cells(["1 / 0"])) == []
    assert find(run_cells(["def f(:"])) == []


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("program", SOME, ids=lambda program: program.name)
def test_pieces_of_a_trace(program: Program, capsys: pytest.CaptureFixture[str]) -> None:
    """No rule fails where events are missing, as beyond the limit; reloaded, it says the same."""
    trace = run_cells(program.cells_for("autograd_lab"))
    assert Trace.from_json(trace.to_json()).findings() == trace.findings()
    count = len(trace.events)
    for cut in {1, count // 3, count // 2, 2 * count // 3, count - 1}:
        for events in (
            trace.events[:cut],
            trace.events[cut:],
            trace.events[:cut] + trace.events[-1:],
        ):
            find(replace(trace, events=events))
    find(replace(trace, cells=(), source=""))


def test_the_error_of_each_cell_is_explained() -> None:
    """A person who runs on after an error is told of each, once."""
    cells = [
        "import autograd_lab as torch",
        "x = torch.ones(2, requires_grad=True)\ny = x * 2",
        "y.backward()",
        "y.numpy()",
        "undefined",
        "x.add_(1)",
    ]
    found = [(f.cell, f.rule) for f in run_cells(cells).findings()]
    assert found == [
        (2, "not-a-scalar"),
        (3, "numpy-of-a-tracked-tensor"),
        (5, "leaf-written"),
    ]
