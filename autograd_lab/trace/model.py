"""The trace as data: a graph, the events that made and walked it, all frozen and JSON-able.

Everything the views, findings and labs say is read from here and from nowhere else.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from typing import Any

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
    """`"leaf"` (requires grad, made by the user), `"op"`, or `"constant"` (does not require grad)."""
    name: str
    """The grad_fn's name, `"MulBackward0"`; `"AccumulateGrad"` for a leaf; `""` for a constant."""
    op: str
    """The operation as one calls it, `"mul"`; `""` for leaves and constants."""
    label: str
    """The user's variable that holds this value at the end, `""` if none does."""
    value: Value | None
    inputs: tuple[str, ...] = ()
    """Names of the operation's differentiable inputs, parallel to the edges into it: `("self", "other")`."""
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
    """`""` for an edge that carries gradients, else what severed it: `"detach"`, `"no_grad"`, …"""


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened. `kind` decides which of the other fields are filled.

    | kind | meaning | fields |
    |---|---|---|
    | `op` | an operation ran forward and was recorded | node, text (its name) |
    | `inplace` | an in-place write | text (its name, `"zero_"`), label (what was written), after |
    | `detach` | a history was cut | text (how), label |
    | `mode` | a grad mode was entered or left | text (`"no_grad"`), entered |
    | `backward` | a backward pass starts | node (root), grads_in (the seed) |
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

    def to_json(self) -> str:
        """Return the trace as one JSON object, its version first."""
        return json.dumps({"version": VERSION, **asdict(self)}, ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> Trace:
        """Return the trace that `to_json` wrote; ValueError if it is not one, or a newer one."""
        raise NotImplementedError


__all__ = ["Edge", "Event", "Graph", "Node", "Saved", "Trace", "Value"]
