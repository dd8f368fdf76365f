"""Recording from ordinary code, and what interruptions leave behind."""

import gc
from typing import Any

import pytest

import autograd_lab as torch
from autograd_lab.engine.observe import observers
from autograd_lab.trace.builder import Builder
from autograd_lab.trace.cells import run_cells
from autograd_lab.trace.model import Trace
from autograd_lab.trace.record import PATIENCE, Recorder
from autograd_lab.trace.sources.graph import GraphWriter
from autograd_lab.trace.sources.passing import PassWriter
from autograd_lab.views.text import render

from .recorded_cells import CELL, graph_lines, run


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


def test_columns() -> None:
    """An event knows which of two expressions ran that read alike; JSON keeps that."""
    trace = run("x = torch.ones(2, requires_grad=True)\nx = x.exp() + x.exp()\nx.sum().backward()")
    assert [event.column for event in trace.of_kind("op")] == [4, 14, 4, 0]
    assert {event.column for event in trace.of_kind("backward", "node", "accumulate")} == {0}
    assert Trace.from_json(trace.to_json()) == trace


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


def test_garbage_is_searched_for_less_often_only_meanwhile() -> None:
    """Python's collector is as before after a recording; what the cell has set itself stays."""
    before = gc.get_threshold()
    names: dict[str, Any] = {}
    try:
        run("import gc\nmeanwhile = gc.get_threshold()", names)
        assert names["meanwhile"] == (before[0] * PATIENCE, *before[1:])
        assert gc.get_threshold() == before
        run("import gc\ngc.set_threshold(123)")
        assert gc.get_threshold()[0] == 123
    finally:
        gc.set_threshold(*before)


# Makes every kind of notification.
EVERYTHING = """\
x = torch.ones(2, requires_grad=True)
with torch.no_grad():
    w = x * 2
y = (x * x).sum()
y.backward()
x.grad.zero_()
(x * w).sum().backward()
"""


@pytest.mark.parametrize("method", ["room", "add_event", "add_node", "add_edge"])
def test_a_fault_of_the_recording_never_reaches_the_cell(
    method: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Wherever the recorder fails, the cell ends as it would alone, and the trace says why it ends."""
    original, calls, broken = getattr(Builder, method), 0, 0

    def failing(self: Builder, *args: object, **kwargs: object) -> object:
        nonlocal calls
        calls += 1
        if calls == broken:
            raise KeyError("lost")
        return original(self, *args, **kwargs)

    monkeypatch.setattr(Builder, method, failing)
    while calls >= broken:
        calls, broken = 0, broken + 1
        names: dict[str, object] = {}
        trace = run(EVERYTHING, names)
        assert trace.error == ""
        assert names["x"].grad.tolist() == [2.0, 2.0]  # type: ignore[attr-defined]
        assert trace.broken == ("KeyError: 'lost'" if calls >= broken else "")
    assert broken > 3


def test_a_broken_recording_keeps_what_it_has(monkeypatch: pytest.MonkeyPatch) -> None:
    """What was recorded before the fault stays; nothing is recorded after it."""
    # when `.grad` has grown
    monkeypatch.setattr(PassWriter, "accumulated", lambda *_, **__: 1 / 0)
    trace = run("x = torch.ones(2, requires_grad=True)\ny = x + 2\ny.sum().backward()\nz = x * x")
    names = [node.name for node in trace.graph.nodes]
    assert names == ["AccumulateGrad", "AddBackward0", "SumBackward0"]
    assert trace.broken == "ZeroDivisionError: division by zero"


def test_a_fault_at_the_end_leaves_the_source_and_the_error(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Where not even the end of a recording works, the trace is empty and says so."""
    monkeypatch.setattr(GraphWriter, "name", lambda *_: 1 / 0)
    trace = run("x = torch.ones(2, requires_grad=True)\nraise ValueError('mine')")
    assert (trace.error, trace.broken) == (
        "ValueError: mine",
        "ZeroDivisionError: division by zero",
    )
    assert trace.source.startswith("x = ")
    assert trace.graph.nodes == ()


@pytest.mark.parametrize(
    "engine", ["autograd_lab", pytest.param("torch", marks=pytest.mark.needs_torch)]
)
def test_only_the_thread_that_records_is_recorded(engine: str) -> None:
    """What other threads do is left out whole, and the trace says so."""
    cell = f"""
import {engine} as torch
from threading import Thread
x = torch.ones(3, requires_grad=True)
def work():
    for _ in range(20):
        (x * 3).sum().backward()
threads = [Thread(target=work) for _ in range(4)]
for thread in threads: thread.start()
for thread in threads: thread.join()
"""
    names: dict[str, Any] = {}
    trace = run_cells([cell, "(x * 2).sum().backward()"], names)
    assert names["x"].grad.tolist() == [242.0] * 3
    assert [(e.cell, e.line) for e in trace.of_kind("backward", "accumulate")] == [(1, 1)] * 2
    assert (trace.broken, trace.elsewhere) == ("", True)
    assert trace.findings() == []
    assert "Other threads" in render(trace)
    assert not run_cells([f"import {engine} as torch", "torch.ones(1)"]).elsewhere
