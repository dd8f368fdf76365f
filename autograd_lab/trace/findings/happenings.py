"""What happened to each leaf's gradient, in order."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from ..model import Event
from .facts import Facts


@dataclass(frozen=True)
class Happening:
    """One thing that happened to the gradient of a leaf."""

    kind: str
    """`"grow"`, `"zero"`, `"step"`, `"clip"`, `"look"`, or `"miss"` for a look at None."""
    moment: int


class Gradients:
    """What happened to each leaf's gradient, in order."""

    def __init__(self, facts: Facts) -> None:
        """Read it from the events."""
        self.of: dict[int, list[Happening]] = defaultdict(list)
        self._facts = facts
        for moment, event in enumerate(facts.events):
            kind, tensors = self._meaning(event)
            for tensor in tensors:
                self.of[tensor].append(Happening(kind, moment))

    def _meaning(self, event: Event) -> tuple[str, list[int]]:
        given = [ref.tensor for ref in event.inputs]
        if event.kind == "accumulate" and event.node is not None:
            tensor = self._facts.nodes[event.node].tensor
            return "grow", [] if tensor is None else [tensor]
        if event.kind in {"zero_grad", "step", "clip"}:
            return {"zero_grad": "zero"}.get(event.kind, event.kind), given
        if event.kind == "set" and event.text == "grad":
            return ("zero" if event.after is None else "look"), given[:1]
        if event.kind == "read":
            return ("miss" if event.after is None else "look"), given[:1]
        if event.kind == "inplace" and given:
            return self._written(event, given[0])
        return "", []

    def _written(self, event: Event, tensor: int) -> tuple[str, list[int]]:
        leaf = self._facts.trace.tensors[self._facts.memory(tensor)].gradient_of
        if leaf is not None:
            return ("zero" if event.text == "zero_" else "look"), [leaf]
        by_gradient = "grad" in self._facts.code.line(self._facts.place(event))
        return ("step", [self._facts.memory(tensor)]) if by_gradient else ("", [])

    def before(self, tensor: int, moment: int, *kinds: str) -> list[Happening]:
        """Return the happenings of these kinds before a moment, the latest first."""
        return [h for h in reversed(self.of[tensor]) if h.moment < moment and h.kind in kinds]

    def after(self, tensor: int, moment: int, *kinds: str) -> list[Happening]:
        """Return the happenings of these kinds after a moment."""
        return [h for h in self.of[tensor] if h.moment > moment and h.kind in kinds]

    def steps(self) -> list[tuple[int, list[int]]]:
        """Return each step: its moment, and the leaves with a gradient at any time."""
        found: dict[int, list[int]] = defaultdict(list)
        for tensor, happenings in self.of.items():
            if any(h.kind == "grow" for h in happenings):
                for happening in happenings:
                    if happening.kind == "step":
                        found[happening.moment].append(tensor)
        return sorted(found.items())


def begins_with_step(facts: Facts, moment: int) -> bool:
    """Return whether an optimizer was stepped before any gradient came, as at a given moment again."""
    mine = {ref.tensor for ref in facts.events[moment].inputs}
    for event in facts.events:
        if event.kind == "step" and mine & {ref.tensor for ref in event.inputs}:
            return not event.outputs  # older gradients may be there from before the recording
        grown = event.node if event.kind == "accumulate" else None
        if grown is not None and facts.nodes[grown].tensor in mine:
            return False
    return False


__all__ = ["Gradients", "Happening", "begins_with_step"]
