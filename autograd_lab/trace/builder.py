"""Collects nodes, edges and events while code runs, and freezes them into a trace at the end.

What is noted while the user's code runs is noted as plain dictionaries and tuples: making the frozen
data of the model takes longer, and can wait.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import Any, TypeVar

from .identity import WeakNumbers
from .model import Count, Edge, Event, Graph, Node, Ref, TensorObject, Trace
from .names import Names
from .source_text import Place, SourceText

M = TypeVar("M", Node, Event)

LIMIT = 10_000
"""Events kept in detail, and nodes kept, before the rest is only counted."""


class Builder:
    """The growing record, shared by the libraries that are watched."""

    def __init__(self, source: SourceText, limit: int = LIMIT) -> None:
        """Start empty; `source` tells where in the user's code each thing happens."""
        self.source = source
        self.limit = limit
        self.nodes: list[dict[str, Any]] = []
        self.edges: list[tuple[int, int, int, str]] = []
        self.events: list[dict[str, Any]] = []
        self.subjects: list[dict[str, Any]] = []
        """The events whose label is the number of a tensor as yet."""
        self.tensors: list[dict[str, Any]] = []
        self.numbers = WeakNumbers()
        """Which place in `tensors` a tensor has."""
        self.counts: Counter[tuple[str, int | None, int | None]] = Counter()
        self.error = ""
        self.broken = ""
        self.elsewhere = False
        self.overgrown = False
        self.place: Place | None = None
        """Where the running backward pass was asked for: nothing of it happens elsewhere."""

    def here(self) -> Place:
        """Return where in the user's code things happen now."""
        return self.place or self.source.here()

    def add_node(self, kind: str, place: Place | None = None, **fields: Any) -> int | None:
        """Add a node; None when the record is full. Without a `place`, the running line made it."""
        if not self.room_for_node():
            return None
        node = len(self.nodes)
        cell, line, expression, _ = place or self.here()
        self.nodes.append(
            {"id": node, "kind": kind, "name": "", "op": "", "custom": False, "value": None,
             "cell": cell, "line": line, "expression": expression, **fields}
        )  # fmt: skip
        return node

    def add_edge(self, source: int | None, target: int | None, slot: int, cut: str = "") -> None:
        """Connect two nodes, where both were kept."""
        if source is not None and target is not None:
            self.edges.append((source, target, slot, cut))

    def room_for_node(self) -> bool:
        """Return whether another node is kept; if not, that is noted, unless events are missing too."""
        if len(self.nodes) < self.limit:
            return True
        self.overgrown = self.overgrown or not self.crowded_events
        return False

    @property
    def crowded_events(self) -> bool:
        """Whether further events are only counted."""
        return len(self.events) >= self.limit

    def room(self, kind: str) -> bool:
        """Return whether another event is kept in detail; if not, it is counted here."""
        if len(self.events) < self.limit:
            return True
        cell, line, *_ = self.here()
        self.counts[kind, cell, line] += 1
        return False

    def add_event(
        self, kind: str, subject: int | None = None, place: Place | None = None, **fields: Any
    ) -> dict[str, Any]:
        """Note an event at the line that runs now and return it, to be filled in further.

        `subject` is the tensor whose variable becomes the event's label.
        """
        fields["kind"] = kind
        fields["cell"], fields["line"], fields["expression"], fields["column"] = (
            place or self.place or self.source.here()
        )
        if subject is not None:
            fields["label"] = subject
            self.subjects.append(fields)
        self.events.append(fields)
        return fields

    def add_error(self, error: BaseException) -> None:
        """Note the exception that ended a cell; kept even when there is no more room."""
        place = self.source.of_error(error)
        self.error = describe(error)
        self.add_event("error", place=place, text=self.error)

    def build(self, names: Names) -> Trace:
        """Return the trace; `names` says what the user's variables hold."""
        labels = names.labels(len(self.tensors))
        for place, tensor in enumerate(self.tensors):
            owner = tensor.get("gradient_of")
            if owner is not None and not labels[place] and labels[owner]:
                labels[place] = f"{labels[owner]}.grad"
        kept = _needed(self.nodes, self.edges, names.nodes)
        places = {old: new for new, old in enumerate(sorted(kept))}
        for raw in self.subjects:
            raw["label"] = labels[raw["label"]]
        if len(places) < len(self.nodes):
            for raw in self.events:
                _move(raw, places)
        nodes = [self.nodes[old] for old in places]
        for new, (old, raw) in enumerate(zip(places, nodes, strict=True)):
            raw["id"], raw["label"] = new, names.nodes.get(old, "")
        edges = [
            Edge(places[source], places[target], slot, cut)
            for source, target, slot, cut in self.edges
            if source in places and target in places
        ]
        cells = tuple(self.source.cells)
        return Trace(
            source=cells[-1] if cells else "",
            graph=Graph(tuple(_made(Node, nodes)), tuple(edges)),
            events=tuple(_made(Event, self.events)),
            error=self.error,
            truncated=self.counts.total(),
            broken=self.broken,
            elsewhere=self.elsewhere,
            overgrown=self.overgrown,
            cells=cells,
            tensors=tuple(
                TensorObject(label, **tensor)
                for label, tensor in zip(labels, self.tensors, strict=True)
            ),
            variables=tuple(replace(v, node=places.get(v.node)) for v in names.variables),  # type: ignore[arg-type]
            groups=tuple(names.groups),
            summary=tuple(Count(*key, count) for key, count in self.counts.items()),
        )


def _move(raw: dict[str, Any], places: dict[int, int]) -> None:
    """Let an event point at where its nodes are now."""
    if raw.get("node") is not None:
        raw["node"] = places.get(raw["node"])
    if "nodes" in raw:
        raw["nodes"] = tuple([places.get(node) for node in raw["nodes"]])
    for name in ("inputs", "outputs"):
        if raw.get(name):
            raw[name] = tuple([_moved(ref, places) for ref in raw[name]])


def _moved(ref: Ref, places: dict[int, int]) -> Ref:
    return ref if ref.node is None else ref._replace(node=places.get(ref.node))


def _made(kind: type[M], raw: list[dict[str, Any]]) -> list[M]:
    """Return frozen objects of the model with these fields, all others by default.

    Their own `__init__` would set every field one by one, which takes ten times as long. The fields
    become the objects'.
    """
    new, put = object.__new__, object.__setattr__
    made = []
    for fields in raw:
        item = new(kind)
        put(item, "__dict__", fields)
        made.append(item)
    return made


def _needed(
    nodes: list[dict[str, Any]], edges: list[tuple[int, int, int, str]], named: dict[int, str]
) -> set[int]:
    """Return all nodes but constants that nobody named and nothing kept depends on."""
    kept = {i for i, node in enumerate(nodes) if node["kind"] != "constant" or i in named}
    # An edge is added after those into its source, so one sweep from the back is enough.
    for source, target, _, _ in reversed(edges):
        if target in kept:
            kept.add(source)
    return kept


def describe(error: BaseException) -> str:
    """Return an exception as one line of a traceback names it, in text that UTF-8 can write."""
    try:
        text = error.msg if isinstance(error, SyntaxError) else str(error)
    except Exception:
        text = "<no text: its __str__ raised>"
    name = type(error).__name__
    return (f"{name}: {text}" if text else name).encode(errors="backslashreplace").decode()


__all__ = ["LIMIT", "Builder", "describe"]
