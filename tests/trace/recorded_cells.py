"""Running a cell's text under a recorder, and writing a trace down for comparison."""

from collections.abc import Callable
from typing import Any

import autograd_lab
from autograd_lab.trace.model import Event, Trace, Value
from autograd_lab.trace.record import Recorder

CELL = "<cell under test>"


def run(source: str, names: dict[str, Any] | None = None, limit: int = 10_000) -> Trace:
    """Run `source` as a cell with `torch` in its namespace, and return what was recorded."""
    namespace: dict[str, Any] = {"torch": autograd_lab} if names is None else names
    namespace.setdefault("torch", autograd_lab)
    recorder = Recorder(source, CELL, limit)
    error = None
    recorder.start()
    try:
        exec(compile(source, CELL, "exec"), namespace)
    except BaseException as raised:
        error = raised
    return recorder.stop(namespace, error)


def flat(value: Value | None) -> str:
    """Return a value on one line, `-` for none."""
    return "-" if value is None else " ".join(value.text.split())


def graph_lines(trace: Trace) -> list[str]:
    """Return one line per node: name, label, value, inputs as `source/slot`, line, expression."""
    return [
        " | ".join(
            [
                f"{node.id} {node.kind} {node.name}".rstrip(),
                node.label,
                flat(node.value),
                ", ".join(
                    f"{edge.source}/{edge.slot}" + (f" cut {edge.cut}" if edge.cut else "")
                    for edge in trace.graph.edges
                    if edge.target == node.id
                ),
                f"{node.line}: {node.expression}",
            ]
        )
        for node in trace.graph.nodes
    ]


ASIDE = {"create", "plain", "read", "failed"}
"""Kinds of events that happen all over and that have tests of their own."""


def event_lines(trace: Trace) -> list[str]:
    """Return one line per event with the fields that its kind fills; without those of `ASIDE`."""
    events = [event for event in trace.events if event.kind not in ASIDE]
    return [_EVENTS.get(event.kind, _event)(event) for event in events]


def _event(event: Event) -> str:
    words = [event.kind, event.text, event.label]
    return " ".join(filter(None, [f"{event.line}:", *words]))


def _node(event: Event) -> str:
    sums = [", ".join(map(flat, g)) for g in (event.grads_in, event.products, event.grads_out)]
    return f"{event.line}: node {event.node}: {' -> '.join(sums)}"


_EVENTS: dict[str, Callable[[Event], str]] = {
    "op": lambda event: f"{event.line}: op {event.node}",
    "mode": lambda event: (
        f"{event.line}: {'enter' if event.entered else 'leave'} {event.text} | {event.expression}"
    ),
    "inplace": lambda event: (
        f"{event.line}: inplace {event.text} {event.label or '?'} after {flat(event.after)}"
    ),
    "backward": lambda event: (
        f"{event.line}: backward {event.node} from {', '.join(map(flat, event.grads_in))}"
    ),
    "node": _node,
    "accumulate": lambda event: (
        f"{event.line}: accumulate {event.node}: "
        f"{flat(event.before)} + {flat(event.contribution)} = {flat(event.after)}"
    ),
    "freed": lambda event: f"{event.line}: freed {event.node}",
}
