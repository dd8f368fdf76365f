"""Collects nodes, edges and events while code runs, and freezes them into a trace at the end."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from .identity import IdentityMap
from .model import Edge, Event, Graph, Node, Saved, Trace, Value
from .source_text import SourceText

LIMIT = 10_000
"""Events kept in detail, and nodes kept, before the rest is only counted."""


class Builder:
    """The growing record. Nodes are found again by the object they stand for, never by `id`."""

    def __init__(self, source: SourceText, limit: int = LIMIT) -> None:
        """Start empty; `source` tells where in the user's code each thing happens."""
        self.source = source
        self.limit = limit
        self.nodes: list[Node] = []
        self.edges: list[Edge] = []
        self.events: list[Event] = []
        self.truncated = 0
        self.error = ""
        self.broken = ""
        self._ids: IdentityMap[int] = IdentityMap()
        self._holders: list[object] = []
        self._subjects: list[tuple[int, object, str]] = []

    def find(self, holder: object) -> int | None:
        """Return the node that stands for this object: a tensor, a grad_fn, or a number."""
        return self._ids.get(holder)

    def stands_for(self, node: int, holder: object) -> None:
        """Find `node` by this object too."""
        self._ids[holder] = node

    def add_node(
        self,
        holder: object,
        kind: str,
        value: Value | None,
        name: str = "",
        op: str = "",
        inputs: tuple[str, ...] = (),
        formulas: tuple[str, ...] = (),
        saved: tuple[Saved, ...] = (),
        located: bool = True,
    ) -> int | None:
        """Add the node that `holder` stands for; None when the record is full.

        `located` nodes were made by the line that runs now.
        """
        if self.crowded:
            return None
        place = self.source.here() if located else (None, "")
        node = len(self.nodes)
        self.nodes.append(Node(node, kind, name, op, "", value, inputs, formulas, saved, *place))
        self._holders.append(holder)
        self._ids[holder] = node
        return node

    def change_node(self, node: int, **changes: Any) -> None:
        """Correct what was noted about a node."""
        self.nodes[node] = replace(self.nodes[node], **changes)

    def add_edge(self, source: int | None, target: int | None, slot: int, cut: str = "") -> None:
        """Connect two nodes, where both were kept."""
        if source is not None and target is not None:
            self.edges.append(Edge(source, target, slot, cut))

    @property
    def crowded(self) -> bool:
        """Whether no further node is kept."""
        return len(self.nodes) >= self.limit

    def room(self) -> bool:
        """Return whether another event is kept in detail; if not, it is counted here."""
        if len(self.events) < self.limit:
            return True
        self.truncated += 1
        return False

    def add_event(self, kind: str, subject: object = None, suffix: str = "", **fields: Any) -> int:
        """Note an event at the line that runs now and return its place.

        `subject` is the object whose variable becomes the event's label, followed by `suffix`.
        """
        line, expression = self.source.here()
        event = len(self.events)
        self.events.append(Event(kind, line=line, expression=expression, **fields))
        if subject is not None:
            self._subjects.append((event, subject, suffix))
        return event

    def change_event(self, event: int, **changes: Any) -> None:
        """Fill in what was not known yet when the event was noted."""
        self.events[event] = replace(self.events[event], **changes)

    def add_error(self, error: BaseException) -> None:
        """Note the exception that ended the code; kept even when there is no more room."""
        line, expression = self.source.of_traceback(error.__traceback__)
        self.error = describe(error)
        self.events.append(Event("error", line=line, expression=expression, text=self.error))

    def build(self, names: IdentityMap[str]) -> Trace:
        """Return the trace; `names` gives the user's variable for an object, if one holds it."""
        nodes = [
            replace(node, label=names.get(holder) or "")
            for node, holder in zip(self.nodes, self._holders, strict=True)
        ]
        events = list(self.events)
        for event, subject, suffix in self._subjects:
            known = self._ids.get(subject)
            label = names.get(subject) or ("" if known is None else nodes[known].label)
            events[event] = replace(events[event], label=label and label + suffix)
        graph, places = _without_loose_ends(nodes, self.edges)
        events = [
            event if event.node is None else replace(event, node=places[event.node])
            for event in events
        ]
        return Trace(
            self.source.text, graph, tuple(events), self.error, self.truncated, self.broken
        )


def _without_loose_ends(nodes: list[Node], edges: list[Edge]) -> tuple[Graph, dict[int, int]]:
    """Drop constants that nobody named and nothing kept depends on; say where the others went."""
    kept = {node.id for node in nodes if node.kind != "constant" or node.label}
    # An edge is added after those into its source, so one sweep from the back is enough.
    for edge in reversed(edges):
        if edge.target in kept:
            kept.add(edge.source)
    places = {old: new for new, old in enumerate(sorted(kept))}
    return Graph(
        tuple(replace(nodes[old], id=new) for old, new in places.items()),
        tuple(
            replace(edge, source=places[edge.source], target=places[edge.target])
            for edge in edges
            if edge.source in places and edge.target in places
        ),
    ), places


def describe(error: BaseException) -> str:
    """Return an exception as one line of a traceback names it, in text that UTF-8 can write."""
    try:
        text = str(error)
    except Exception:
        text = "<no text: its __str__ raised>"
    name = type(error).__name__
    return (f"{name}: {text}" if text else name).encode(errors="backslashreplace").decode()


__all__ = ["LIMIT", "Builder", "describe"]
