"""The same program gives the same trace, on the engine and on PyTorch."""

from __future__ import annotations

import warnings
from collections import Counter
from typing import Any

import pytest

from autograd_lab.engine import messages
from autograd_lab.trace.cells import run_cells
from autograd_lab.trace.model import Event, Node, Ref, Trace

from .programs import PROGRAMS

COPY_SLICES = "torch::autograd::CopySlices"
KINDS = {
    "create", "op", "plain", "detach", "inplace", "mode", "read", "set", "hook", "backward", "node",
    "accumulate", "freed", "end", "optimizer", "zero_grad", "step", "clip", "function", "gradcheck",
    "warning", "failed", "error", "gradients",
}  # fmt: skip

pytest.importorskip("torch")


def recorded(library: str, cells: list[str]) -> Trace:
    """Run the cells with `torch` being this library.

    What warns once in a process warns again here, whatever ran before.
    """
    import torch

    messages._warned.clear()
    torch.set_warn_always(True)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("always")
            # The imports run in a cell of their own, whose text differs.
            return run_cells([f"import {library} as torch", *cells])
    finally:
        torch.set_warn_always(False)


def exceptions(trace: Trace) -> set[int]:
    """Return the nodes of which PyTorch does not show everything.

    - `CopySlices` hides the operation inside it: no names, formulas, saved values.
    - A pass that creates a graph works with other operations (`MulBackward1`) and shows no values.
    """
    nodes = {n.id for n in trace.graph.nodes if n.name == COPY_SLICES}
    lines = {
        (event.cell, event.line)
        for event in trace.of_kind("backward")
        if "create_graph" in event.options and event.line is not None
    }
    for node in trace.graph.nodes:
        if (node.cell, node.line) in lines and ".grad(" in node.expression:
            nodes.add(node.id)
    return nodes


def inner(trace: Trace) -> set[tuple[Any, ...]]:
    """Return the expressions that made several operations at once.

    PyTorch shows the call, not the tensors that went from one of them to the next.
    """
    counts = Counter((e.cell, e.line, e.expression) for e in trace.of_kind("op"))
    return {place for place, count in counts.items() if count > 1}


def node_data(trace: Trace, node: Node, hidden: set[int], within: set[Any]) -> tuple[Any, ...]:
    """Return what is compared of a node."""
    place = node.cell, node.line, node.expression
    if node.id in hidden:
        return node.id, node.kind, node.label, place
    value = None if place in within else node.value
    saved = [(s.name, s.value, s.nbytes * bool(s.value.shape), s.version) for s in node.saved]
    told = node.name, node.op, node.label, node.inputs, node.formulas, node.custom
    return node.id, node.kind, place, value, saved, told


def ref_data(trace: Trace, ref: Ref) -> tuple[Any, ...]:
    """Return what is compared of a tensor; the version of a gradient is the library's own affair."""
    label = trace.label(ref)
    version = None if label.endswith(".grad") else ref.version
    return label, ref.node, ref.shape, ref.dtype, ref.requires_grad, ref.is_leaf, version


def event_data(trace: Trace, event: Event, hidden: set[int], within: set[Any]) -> tuple[Any, ...]:
    """Return what is compared of an event."""
    place = event.cell, event.line, event.expression
    if event.node in hidden:
        return event.kind, place, event.node
    refs = [
        [ref_data(trace, ref) for ref in refs]
        for refs in ((event.inputs, event.outputs) if place not in within else ())
    ]
    if event.text == "select":
        refs = [given[:1] for given in refs]  # the engine takes an index as a number
    node = None if event.kind == "end" and "ZeroDivision" in event.text else event.node
    values = event.grads_in, event.products, event.grads_out
    more = event.before, event.contribution, event.after, event.nodes, event.options, event.error
    return event.kind, place, node, event.text, event.label, event.name, refs, values, more


def data(trace: Trace) -> dict[str, list[Any]]:
    """Return a trace as what is compared of it, with only the exceptions that stand here left out.

    - A hook on a node is not seen on PyTorch.
    - Where the user's own hook raises, PyTorch does not say at which node.
    """
    hidden, within = exceptions(trace), inner(trace)
    events = [e for e in trace.events if not (e.kind == "hook" and e.text.startswith("node"))]
    events = [e for e in events if not (e.kind == "freed" and e.node in hidden)]
    return {
        "nodes": [node_data(trace, node, hidden, within) for node in trace.graph.nodes],
        "edges": [(e.source, e.target, e.slot, e.cut) for e in trace.graph.edges],
        "events": [event_data(trace, event, hidden, within) for event in events],
        "variables": [
            (v.name, v.node, v.value, v.requires_grad, v.is_leaf, v.grad, v.retains_grad)
            for v in trace.variables
        ],
        "groups": [(g.name, g.kind, g.type, g.names) for g in trace.groups],
        "the rest": [trace.error, trace.truncated, trace.broken, *trace.cells[1:]],
    }


@pytest.mark.parametrize("name", PROGRAMS)
def test_same_program_same_trace(name: str) -> None:
    """Graph, events and variables are equal data; nothing broke."""
    ours, its = (data(recorded(lib, PROGRAMS[name])) for lib in ("autograd_lab", "torch"))
    assert ours["the rest"][2] == its["the rest"][2] == ""
    for part, mine in ours.items():
        assert mine == its[part], part


def test_the_programs_do_everything() -> None:
    """Every kind of event happens in one of them."""
    seen = {
        event.kind
        for cells in PROGRAMS.values()
        for event in recorded("autograd_lab", cells).events
    }
    assert seen == KINDS


@pytest.mark.parametrize("library", ["autograd_lab", "torch"])
@pytest.mark.parametrize("name", ["training", "nan", "write to a view", "syntax error"])
def test_again_and_through_json(name: str, library: str) -> None:
    """A second run gives an equal trace, and so does JSON."""
    trace = recorded(library, PROGRAMS[name])
    assert Trace.from_json(trace.to_json()) == trace == recorded(library, PROGRAMS[name])


OLDER = """
x = torch.tensor([1.0, 2.0], requires_grad=True)
y = (x * x).exp()
"""


@pytest.mark.parametrize("library", ["autograd_lab", "torch"])
def test_what_is_older_has_no_line(library: str) -> None:
    """An operation on a tensor from before the recording is not taken for the tensor's history."""
    namespace: dict[str, object] = {}
    exec(f"import {library} as torch{OLDER}", namespace)
    trace = run_cells(["z = y.sum()"], namespace)
    assert [(node.op, node.line) for node in trace.graph.nodes if node.kind == "op"] == [
        ("mul", None),
        ("exp", None),
        ("sum", 1),
    ]
    assert [event.text for event in trace.of_kind("op")] == ["sum"]


@pytest.mark.parametrize("library", ["autograd_lab", "torch"])
def test_results_of_grad_and_gradcheck(library: str) -> None:
    """The trace knows the tensors that grad gave, without those that are None, and a check that failed."""
    trace = recorded(
        library,
        [
            "x, w = torch.ones(2, requires_grad=True), torch.ones(2, requires_grad=True)",
            "g = torch.autograd.grad((x * x).sum(), [x, w], allow_unused=True)",
            "torch.autograd.gradcheck(torch.sin, (x,), raise_exception=False)",
            "torch.autograd.gradcheck(torch.sin, (x.double().detach().requires_grad_(),))",
        ],
    )
    (event,) = trace.of_kind("gradients")
    assert [trace.label(ref) for ref in event.inputs] == ["x", "w"]
    assert [trace.label(ref) for ref in event.outputs] == ["g[0]"]
    assert [event.options for event in trace.of_kind("gradcheck")] == [("failed",), ()]


def test_the_same_is_counted_beyond_the_limit() -> None:
    """What is no longer kept in detail is counted by kind and line, the same on both."""
    loop = (
        "x = torch.ones(3, requires_grad=True)\nfor i in range(9):\n    y = (x * x + i).sum()\n"
        "    y.backward()\n    with torch.no_grad():\n        x -= 0.1 * x.grad\n    x.grad = None"
    )
    ours, its = (
        run_cells([f"import {library} as torch", loop], limit=40)
        for library in ("autograd_lab", "torch")
    )
    assert len(ours.events) == len(its.events) == 40
    assert ours.truncated == its.truncated == sum(count.count for count in ours.summary) > 40
    assert set(ours.summary) == set(its.summary)
    assert Trace.from_json(ours.to_json()) == ours


def test_what_the_texts_of_both_say_of_integers() -> None:
    """Asking integers for gradients fails in PyTorch's words, by the method and by the attribute."""
    texts = []
    for library in ("autograd_lab", "torch"):
        trace = recorded(
            library, ["x = torch.tensor([1])\nx.requires_grad_()", "x.requires_grad = True"]
        )
        texts.append([event.text for event in trace.of_kind("error")])
    assert texts[0] == texts[1]
    assert len(texts[0]) == 2
