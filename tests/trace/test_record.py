"""Recording from ordinary code, and what interruptions leave behind."""

import pytest

import autograd_lab as torch
from autograd_lab.engine.observe import observers
from autograd_lab.trace.record import Recorder

from .recorded_cells import CELL, graph_lines


def test_context_manager() -> None:
    """`record()` gives a trace with this file's lines and this function's names."""
    x = torch.ones(2, requires_grad=True)
    with torch.record() as recording:
        y = (x * x).sum()
    nodes = recording.trace.graph.nodes
    assert [(node.label, node.expression) for node in nodes] == [
        ("x", ""),
        ("", "x * x"),
        ("y", "(x * x).sum()"),
    ]
    assert y.item() == 2.0


def test_exception_goes_on() -> None:
    """The exception leaves the block; the trace is there all the same."""
    with pytest.raises(ZeroDivisionError), torch.record() as recording:
        1 / 0  # noqa: B018
    assert recording.trace.error == "ZeroDivisionError: division by zero"
    assert recording.trace.events[-1].expression == "1 / 0"


def test_nested_recordings() -> None:
    """An inner recording does not disturb the outer one."""
    x = torch.ones(2, requires_grad=True)
    with torch.record() as outer:
        with torch.record() as inner:
            _ = x * 2
        _ = x + 2
    assert [node.name for node in outer.trace.graph.nodes[1:]] == ["MulBackward0", "AddBackward0"]
    assert [node.name for node in inner.trace.graph.nodes[1:]] == ["MulBackward0"]


def test_start_again_after_an_interruption() -> None:
    """A recording that was left open is dropped by the next start; only one observer listens."""
    recorder = Recorder("", CELL)
    x = torch.ones(2, requires_grad=True)
    recorder.start()
    _ = x * 2
    recorder.start()
    assert len(observers) == 1
    y = x + 2
    assert [line.split(" | ")[0] for line in graph_lines(recorder.stop({"y": y}))] == [
        "0 leaf AccumulateGrad",
        "1 op AddBackward0",
    ]


def test_stop_needs_a_start() -> None:
    """Stopping what does not run is an error, and so is stopping twice."""
    recorder = Recorder("", CELL)
    with pytest.raises(RuntimeError, match="not started"):
        recorder.stop({})
    recorder.start()
    recorder.stop({})
    with pytest.raises(RuntimeError, match="not started"):
        recorder.stop({})


def test_other_observers_stay() -> None:
    """Someone else who watches keeps watching."""
    other = object()
    observers.append(other)  # type: ignore[arg-type]
    try:
        recorder = Recorder("", CELL)
        recorder.start()
        recorder.stop({})
        assert observers == [other]
    finally:
        observers.remove(other)  # type: ignore[arg-type]
