"""The trace as data: a graph, the events that made and walked it, all frozen and JSON-able.

Everything the views, findings and labs say is read from here and from nowhere else.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field, fields, is_dataclass
from functools import cache
from types import UnionType
from typing import Any, get_args, get_origin, get_type_hints

VERSION = 1
"""Version of the JSON format; a reader refuses a trace from a newer one."""


@dataclass(frozen=True, slots=True)
class Value:
    """What a tensor looked like at one moment, small enough to keep."""

    shape: tuple[int, ...]
    dtype: str
    """Such as `"float32"`."""
    text: str
    """The numbers as PyTorch prints them, without `tensor(…)`; shortened when long."""


@dataclass(frozen=True, slots=True)
class Saved:
    """A value that a node keeps for its backward pass."""

    name: str
    """torch's name for it, without `_saved_`: `"self"`, `"other"`, `"result"`."""
    value: Value
    nbytes: int


@dataclass(frozen=True, slots=True)
class Node:
    """A leaf, a recorded operation, or a constant that an operation used."""

    id: int
    """Its place in `Graph.nodes`."""
    kind: str
    """`"leaf"` (the user's, requires grad), `"op"` (recorded) or `"constant"` (no grad)."""
    name: str
    """The grad_fn's name, `"MulBackward0"`; `"AccumulateGrad"` for a leaf; `""` for a constant."""
    op: str
    """The operation as one calls it, `"mul"`; `""` for leaves and constants."""
    label: str
    """The user's variable that holds this value at the end, `""` if none does."""
    value: Value | None
    inputs: tuple[str, ...] = ()
    """Names of the operation's differentiable inputs, such as `("self", "other")`; an edge's slot
    counts in them."""
    formulas: tuple[str, ...] = ()
    """Per input, the local formula as text: `"grad · other"`."""
    saved: tuple[Saved, ...] = ()
    line: int | None = None
    """Line of the cell, from 1."""
    expression: str = ""
    """The exact source expression that made it, `"y * y"`."""


@dataclass(frozen=True, slots=True)
class Edge:
    """`target` used the output of `source`; gradients flow the other way."""

    source: int
    target: int
    slot: int
    """Which input of `target`, from 0."""
    cut: str = ""
    """What severed it: `"detach"`, `"no_grad"`, …; `""` for an edge that carries gradients, or
    that comes from a constant and never had any to carry."""


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened. `kind` decides which of the other fields are filled.

    | kind | meaning | fields |
    |---|---|---|
    | `op` | an operation ran forward and was recorded | node, text (its name) |
    | `inplace` | an in-place write | text (its name, `"zero_"`), label (what was written), after |
    | `detach` | a history was cut | text (how), label |
    | `mode` | a grad mode was entered or left | text (`"no_grad"`), entered |
    | `backward` | a backward pass starts | node (first root), grads_in (the seed of each root) |
    | `node` | a node passed gradients on | node, grads_in, products, grads_out |
    | `accumulate` | a leaf's `.grad` grew | node (leaf), before, contribution, after |
    | `freed` | a node released what it had saved | node |
    | `end` | the backward pass is over | text (the error, if one ended it) |
    | `error` | the cell raised | text (`"RuntimeError: …"`) |
    """

    kind: str
    node: int | None = None
    line: int | None = None
    expression: str = ""
    text: str = ""
    label: str = ""
    entered: bool = False
    grads_in: tuple[Value | None, ...] = ()
    products: tuple[Value | None, ...] = ()
    """Per input, what the local formula gave, before the sum that undoes broadcasting."""
    grads_out: tuple[Value | None, ...] = ()
    before: Value | None = None
    contribution: Value | None = None
    after: Value | None = None


@dataclass(frozen=True, slots=True)
class Graph:
    """Nodes in the order they were made, and the edges between them."""

    nodes: tuple[Node, ...] = ()
    edges: tuple[Edge, ...] = ()


@dataclass(frozen=True, slots=True)
class Trace:
    """What one piece of code did. Equal traces are equal records: no time, no address in them."""

    source: str = ""
    """The text of the cell."""
    graph: Graph = field(default_factory=Graph)
    events: tuple[Event, ...] = ()
    error: str = ""
    """`"RuntimeError: …"` if the cell raised."""
    truncated: int = 0
    """How many further events were counted but not kept."""
    broken: str = ""
    """`"KeyError: …"` if the recording itself failed: what happened after that is missing."""

    def to_json(self) -> str:
        """Return the trace as one JSON object, its version first."""
        return json.dumps(
            {"version": VERSION, **_fields(self)}, default=_fields, ensure_ascii=False
        )

    @classmethod
    def from_json(cls, text: str) -> Trace:
        """Return the trace that `to_json` wrote; ValueError if it is not one, or a newer one."""
        data = json.loads(text)
        version = data.pop("version", None) if isinstance(data, dict) else None
        if not isinstance(version, int):
            raise ValueError("not a trace: expected a JSON object with a version")
        if version > VERSION:
            raise ValueError(
                f"this trace has version {version}; this autograd_lab reads up to {VERSION}, "
                "a newer one is needed"
            )
        try:
            trace: Trace = _restored(cls, data)
        except (TypeError, KeyError) as error:
            raise ValueError(f"not a trace: {error}") from None
        _check_references(trace)
        return trace


def _fields(item: Any) -> dict[str, Any]:
    """Return the fields of a dataclass in order, without copying what they hold."""
    return {entry.name: getattr(item, entry.name) for entry in fields(item)}


_hints = cache(get_type_hints)


def _restored(kind: Any, data: Any) -> Any:
    """Return `data`, fresh from JSON, as the type that a field is annotated with."""
    if isinstance(kind, UnionType):
        return None if data is None else _restored(get_args(kind)[0], data)
    if get_origin(kind) is tuple and isinstance(data, list):
        return tuple(_restored(get_args(kind)[0], item) for item in data)
    if isinstance(kind, type) and is_dataclass(kind) and isinstance(data, dict):
        hints = _hints(kind)
        return kind(**{name: _restored(hints[name], item) for name, item in data.items()})
    if type(data) is not kind:
        raise TypeError(f"{data!r:.40} where {kind} was expected")
    return data


def _check_references(trace: Trace) -> None:
    """Raise ValueError where an edge or event points at a node that is not there."""
    nodes, edges = trace.graph.nodes, trace.graph.edges
    if [node.id for node in nodes] != list(range(len(nodes))):
        raise ValueError("not a trace: a node's id is not its place")
    used = {end for edge in edges for end in (edge.source, edge.target)}
    used |= {event.node for event in trace.events if event.node is not None}
    if not used <= set(range(len(nodes))):
        raise ValueError("not a trace: an edge or event points at a node that is not there")


__all__ = ["VERSION", "Edge", "Event", "Graph", "Node", "Saved", "Trace", "Value"]
