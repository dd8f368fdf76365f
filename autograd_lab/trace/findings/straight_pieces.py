"""Second derivatives of functions that are made of straight pieces: relu and its like."""

from __future__ import annotations

from collections.abc import Iterator

from ...i18n import _
from ..model import Node, Ref
from .calls import where_layer_is_made
from .facts import Facts
from .model import Clue, Place
from .registry import rule

BENT = {"relu", "leaky_relu", "relu6", "hardtanh"}


@rule(26, "second-derivative-of-straight-pieces")
def straight_pieces(facts: Facts) -> Iterator[Clue]:
    """A second derivative goes into a loss, and it is zero because all that bends is relu."""
    slopes = _slopes(facts)
    if not slopes:
        return
    reach = [(first, facts.ancestors(facts.roots((first, last)))) for first, last in facts.passes]
    told: set[Place] = set()
    for first, last in facts.passes:
        for asked, result in _asked(facts, last):
            used = any(begin > last and result.node in nodes for begin, nodes in reach)
            bend = _only_bends(facts, facts.roots((first, last)), asked, slopes) if used else None
            place = None if bend is None else where_layer_is_made(facts, bend) or facts.place(bend)
            if bend is not None and place is not None and place not in told:
                told.add(place)
                yield _clue(facts, bend, place, facts.place(facts.events[first]))


def _slopes(facts: Facts) -> set[tuple[int, int]]:
    """Return where a backward pass recorded the slope of such a function: its node and what it depends on.

    The derivative of the slope is 0, and the formula for that input says so.
    """
    recorded = {
        event.node
        for span in facts.passes
        if "create_graph" in facts.events[span[0]].options
        for event in facts.during(span, "op")
    }
    return {
        (edge.target, edge.source)
        for edge in facts.trace.graph.edges
        if edge.target in recorded
        and facts.nodes[edge.target].formulas[edge.slot : edge.slot + 1] == ("0",)
    }


def _asked(facts: Facts, last: int) -> Iterator[tuple[Ref, Ref]]:
    """Yield what autograd.grad differentiated by in the pass that ended at a moment, with its results."""
    event = facts.events[last + 1] if last + 1 < len(facts.events) else facts.events[last]
    if event.kind == "gradients" and len(event.inputs) == len(event.outputs):
        yield from zip(event.inputs, event.outputs, strict=True)


def _only_bends(
    facts: Facts, roots: list[int], asked: Ref, slopes: set[tuple[int, int]]
) -> Node | None:
    """Return the first relu whose slope alone leads back to an input; None if another way does."""
    bends, seen, waiting = [], set(), list(roots)
    while waiting:
        here = waiting.pop()
        if here == asked.node:
            return None
        if here in seen:
            continue
        seen.add(here)
        for source, cut in facts.sources.get(here, ()):
            if (here, source) not in slopes:
                waiting += [] if cut else [source]
            elif asked.node in facts.ancestors([source]):
                bends.append(_bend(facts, source))
    found = [node for node in bends if node is not None]
    return min(found, key=lambda node: node.id) if found and len(found) == len(bends) else None


def _bend(facts: Facts, source: int) -> Node | None:
    """Return the relu that saved a tensor, its result or its input, for its derivative."""
    users = [edge.target for edge in facts.trace.graph.edges if edge.source == source]
    return next((facts.nodes[n] for n in [source, *users] if facts.nodes[n].op in BENT), None)


def _clue(facts: Facts, bend: Node, place: Place, asked: Place) -> Clue:
    return Clue(
        place,
        _(
            "The second derivative ({line}) is 0 everywhere: {op} is made of straight pieces."
        ).format(line=facts.spoken(asked, place), op=bend.op),
        _(
            "Along a straight line the slope stays the same, so its own derivative is 0; the corner "
            "counts for nothing. Whatever the loss asks of the second derivative, no parameter changes it."
        ),
        _(
            "Take a smooth activation where second derivatives are needed: tanh, softplus, gelu or sin."
        ),
    )


__all__: list[str] = []
