"""Source texts run as the cells of a notebook."""

from typing import Any

import pytest

import autograd_lab as torch
from autograd_lab.trace import run_cells
from autograd_lab.trace.model import Trace


def test_one_after_the_other(capsys: pytest.CaptureFixture[str]) -> None:
    """Cells share their names; the last expression of each is shown, None is not."""
    trace = run_cells(["a = 1\na + 1", "a + 2", "None", "print(a)\nb = 5", ""])
    assert capsys.readouterr().out == "2\n3\n1\n"
    assert trace.cells == ("a = 1\na + 1", "a + 2", "None", "print(a)\nb = 5", "")
    assert trace.source == ""


def test_errors_are_kept_and_the_next_cell_runs() -> None:
    """What a cell raises stands in the trace with its cell and line, and does not end the run."""
    trace = run_cells(["x = 1", "def f():\n    return 1 / 0\nf()", "y = (", "z = unknown", "w = 2"])
    assert [(e.cell, e.line, e.text) for e in trace.of_kind("error")] == [
        (1, 2, "ZeroDivisionError: division by zero"),
        (2, 1, "SyntaxError: '(' was never closed"),
        (3, 1, "NameError: name 'unknown' is not defined"),
    ]
    assert [trace.line_of(e) for e in trace.events] == ["return 1 / 0", "y = (", "z = unknown"]
    assert trace.error == "NameError: name 'unknown' is not defined"


def test_the_namespace_is_the_callers() -> None:
    """Names may be given, and are found changed."""
    names: dict[str, Any] = {"torch": torch, "n": 2}
    trace = run_cells(["x = torch.ones(n, requires_grad=True)", "y = (x * n).sum()"], names)
    assert names["y"].item() == 4.0
    assert [(node.label, node.cell, node.line) for node in trace.graph.nodes] == [
        ("x", 0, 1), ("", 1, 1), ("y", 1, 1),
    ]  # fmt: skip


def test_a_function_of_an_earlier_cell() -> None:
    """What a function does is placed in the cell that holds its text."""
    trace = run_cells(
        ["import autograd_lab as torch", "def f(t):\n    return t * 2", "y = f(torch.ones(1))"]
    )
    (event,) = trace.of_kind("plain")
    assert (event.cell, event.line, event.expression) == (1, 2, "t * 2")
    assert trace.line_of(event) == "return t * 2"
    assert [trace.label(ref) for ref in (*event.inputs, *event.outputs)] == ["", "y"]


def test_an_interrupt_ends_the_run() -> None:
    """Who interrupts wants it to stop; nobody listens afterwards."""
    with pytest.raises(KeyboardInterrupt):
        run_cells(["raise KeyboardInterrupt", "1"])


def test_record_gives_the_trace() -> None:
    """What `record()` gives is the trace once the block has ended, and no sooner."""
    x = torch.ones(2, requires_grad=True)
    with torch.record() as trace:
        with pytest.raises(AttributeError, match="has not ended"):
            _ = trace.events
        y = x * 2
    assert isinstance(trace.trace, Trace)
    assert trace.graph is trace.trace.graph
    assert Trace.from_json(trace.to_json()) == trace.trace
    assert y.requires_grad
