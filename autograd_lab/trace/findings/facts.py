"""Questions that several rules ask a trace."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

from ...i18n import _
from ..model import Event, Node, Ref, Saved, Trace, Value
from .code import Code, receiver, root_of
from .model import Place


def spelled(value: Value) -> str:
    """Return a value's numbers so that a full stop can follow: `33.0` for `33.`."""
    return re.sub(r"(?<=\d)\.(?!\d)", ".0", " ".join(value.text.split()))


@dataclass(frozen=True)
class Write:
    """One write in place."""

    moment: int
    ref: Ref
    """What was written, as it was afterwards."""
    memory: int
    """The tensor that owns the memory."""


class Facts:
    """A trace with answers: who made this, who wrote to it, where in the source that was.

    Moments are places in `Trace.events`; a tensor is a place in `Trace.tensors`.
    """

    def __init__(self, trace: Trace) -> None:
        """Take the trace; every answer is read from it alone."""
        self.trace = trace
        self.events = trace.events
        self.nodes = trace.graph.nodes
        self.code = Code(trace.cells)

    # --- where ----------------------------------------------------------------------------------

    def place(self, item: Event | Node | None) -> Place:
        """Return where an event or a node came from."""
        if item is None or item.cell is None:
            return Place(0, None)
        return Place(item.cell, item.line)

    def spoken(self, place: Place, seen_from: Place | None = None) -> str:
        """Return a place in words: the line's number, and the cell's if it is another one."""
        if place.number is None:
            return _("an earlier line")
        if len(self.trace.cells) < 2 or (seen_from is not None and seen_from.cell == place.cell):
            return _("line {line}").format(line=place.number)
        return _("cell {cell}, line {line}").format(cell=place.cell + 1, line=place.number)

    # --- the error ------------------------------------------------------------------------------

    @cached_property
    def error(self) -> Event | None:
        """The exception that ended the last cell."""
        return next((e for e in reversed(self.events) if e.kind == "error"), None)

    @cached_property
    def failed(self) -> Event | None:
        """The call into the library that raised it, which is noted just before it."""
        pairs = pairwise(reversed(self.events))
        before = next((before for event, before in pairs if event is self.error), None)
        return before if before is not None and before.kind == "failed" else None

    @cached_property
    def error_place(self) -> Place:
        """Where it was raised in the user's code."""
        return self.place(self.error)

    def raised(self, *texts: str) -> bool:
        """Return whether the error says one of these."""
        return self.error is not None and any(text in self.trace.error for text in texts)

    # --- names ----------------------------------------------------------------------------------

    def label(self, tensor: int | None) -> str:
        """Return the variable that holds a tensor at the end, `""` if none does."""
        return "" if tensor is None else self.trace.tensors[tensor].label

    def parameter(self, tensor: int) -> str:
        """Return what the module that a tensor is a parameter of calls it, else its variable."""
        for group in self.trace.groups:
            if group.kind == "module" and tensor in group.tensors:
                return group.names[group.tensors.index(tensor)]
        return self.label(tensor)

    def name(self, ref: Ref | None, event: Event | None = None) -> str:
        """Return what to call a tensor: its variable, else what the event's source calls it."""
        label = self.label(ref.tensor) if ref is not None else ""
        return (event is not None and receiver(event.expression)) or label

    def root_name(self, span: tuple[int, int]) -> str:
        """Return what backward was called on, as written, or what `grad` was given first."""
        start = self.events[span[0]]
        return root_of(start.expression) or (self.name(start.inputs[0]) if start.inputs else "")

    # --- tensors --------------------------------------------------------------------------------

    @cached_property
    def _makers(self) -> dict[int, list[int]]:
        made = defaultdict(list)
        for moment, event in enumerate(self.events):
            if event.kind in {"create", "op", "plain", "detach", "inplace", "function"}:
                for ref in event.outputs:
                    made[ref.tensor].append(moment)
        return made

    def maker(self, tensor: int, before: int | None = None) -> int | None:
        """Return the moment a tensor was last made or written before another moment."""
        end = len(self.events) if before is None else before
        return next((m for m in reversed(self._makers.get(tensor, [])) if m < end), None)

    def birth(self, tensor: int) -> Event | None:
        """Return the event that made a tensor first; None if it is older than the recording."""
        made = self._makers.get(tensor)
        return self.events[made[0]] if made else None

    @property
    def failed_on(self) -> Event | None:
        """What made the first tensor of the call that raised, if that was recorded."""
        inputs = self.failed.inputs if self.failed is not None else ()
        return self.birth(inputs[0].tensor) if inputs else None

    def memory(self, tensor: int) -> int:
        """Return the tensor whose memory this one looks at, itself if it has its own."""
        seen = set()
        while tensor not in seen:
            seen.add(tensor)
            entry = self.trace.tensors[tensor]
            tensor = next((t for t in (entry.base, entry.shares) if t is not None), tensor)
        return tensor

    @cached_property
    def writes(self) -> list[Write]:
        """Each write in place, an optimizer's step being one into each of its parameters."""
        return [
            Write(moment, ref, self.memory(ref.tensor))
            for moment, event in enumerate(self.events)
            if event.kind in {"inplace", "step"}
            for ref in event.outputs
        ]

    def kept(self, node: Node) -> Iterator[tuple[Saved, int]]:
        """Yield the values that a node saved, each with its tensor."""
        for saved in node.saved:
            # A result is saved by its numbers, not as the tensor that the node made.
            tensor = node.tensor if saved.name == "result" else saved.tensor
            if tensor is None and saved.name in node.inputs:
                tensor = self._behind_hidden_views(node, node.inputs.index(saved.name))
            if tensor is not None:
                yield saved, tensor

    def _behind_hidden_views(self, node: Node, slot: int) -> int | None:
        """Return the tensor that entered an operation through views nobody saw, as `W.t()` in Linear."""
        source = self._inputs.get((node.id, slot))
        while source is not None and self.nodes[source].tensor is None:
            source = self._inputs.get((source, 0))
        return None if source is None else self.nodes[source].tensor

    @cached_property
    def _inputs(self) -> dict[tuple[int, int], int]:
        return {(edge.target, edge.slot): edge.source for edge in self.trace.graph.edges}

    @cached_property
    def filled(self) -> set[int]:
        """The tensors whose `.grad` the code itself filled, with numbers other than zero."""
        found: set[int | None] = set()
        for event in self.events:
            numbers = () if event.after is None else event.after.numbers
            if event.after is None or (numbers and not any(numbers)):
                continue
            if event.kind == "set" and event.text == "grad":
                found.add(event.inputs[0].tensor)
            elif event.kind == "inplace" and event.inputs:
                found.add(self.trace.tensors[self.memory(event.inputs[0].tensor)].gradient_of)
        return {tensor for tensor in found if tensor is not None}

    # --- the graph ------------------------------------------------------------------------------

    @cached_property
    def sources(self) -> dict[int, list[tuple[int, str]]]:
        """Per node the nodes it used, each with what cut the edge, `""` if nothing did."""
        used = defaultdict(list)
        for edge in self.trace.graph.edges:
            used[edge.target].append((edge.source, edge.cut))
        return used

    @cached_property
    def users(self) -> dict[int | None, list[tuple[int, str]]]:
        """Per node the nodes that used it, each with what cut the edge; none for no node."""
        using: dict[int | None, list[tuple[int, str]]] = defaultdict(list)
        for edge in self.trace.graph.edges:
            using[edge.source].append((edge.target, edge.cut))
        return using

    def ancestors(self, start: Iterable[int], through_cuts: bool = False) -> set[int]:
        """Return the nodes that lead to these, themselves included."""
        found: set[int] = set()
        waiting = list(start)
        while waiting:
            node = waiting.pop()
            if node not in found:
                found.add(node)
                waiting += [s for s, cut in self.sources.get(node, ()) if through_cuts or not cut]
        return found

    def around(self, node: Node) -> list[int]:
        """Return a node and the nodes it used."""
        return [node.id, *(source for source, _cut in self.sources.get(node.id, ()))]

    @cached_property
    def made_at(self) -> dict[int, int]:
        """The moment at which each recorded operation ran."""
        return {
            event.node: moment
            for moment, event in enumerate(self.events)
            if event.kind == "op" and event.node is not None
        }

    @cached_property
    def passes(self) -> list[tuple[int, int]]:
        """The first and last moment of each backward pass."""
        spans = []
        for moment, event in enumerate(self.events):
            if event.kind == "backward":
                spans.append((moment, len(self.events) - 1))
            elif event.kind == "end" and spans:
                spans[-1] = spans[-1][0], moment
        return spans

    @cached_property
    def moved(self) -> set[int]:
        """The tensors that an optimizer has, or that were written to after a backward pass."""
        has = {r.tensor for e in self.events if e.kind in {"optimizer", "step"} for r in e.inputs}
        start = min((first for first, _last in self.passes), default=len(self.events))
        return has | {write.memory for write in self.writes if write.moment > start}

    def during(self, span: tuple[int, int], *kinds: str) -> Iterator[Event]:
        """Yield the events of these kinds in a span of moments, in order."""
        return (e for e in self.events[span[0] : span[1] + 1] if e.kind in kinds)

    def roots(self, span: tuple[int, int]) -> list[int]:
        """Return the nodes that a backward pass started from."""
        start = self.events[span[0]]
        nodes = [start.node, *(ref.node for ref in start.inputs)]
        return list(dict.fromkeys(node for node in nodes if node is not None))


__all__ = ["Facts", "Write", "spelled"]
