"""Second derivatives of functions that are made of straight pieces: relu and its like."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from ...i18n import _
from ..model import Edge, Node, Ref
from .calls import where_layer_is_made
from .facts import Facts
from .model import Clue, Place
from .registry import rule

BENT = {"relu", "leaky_relu", "relu6", "hardtanh"}


@rule(26, "second-derivative-of-straight-pieces")
def straight_pieces(facts: Facts) -> Iterator[Clue]:
    """A second derivative goes into a loss, and it is zero because all that bends is relu."""
    recorded = _of_backward(facts)
    reach = [(first, facts.ancestors(facts.roots((first, last)))) for first, last in facts.passes]
    told: set[Place] = set()
    for first, last in facts.passes if recorded else ():
        for asked, result in _asked(facts, last):
            used = any(begin > last and result.node in nodes for begin, nodes in reach)
            bend = _only_bends(facts, facts.roots((first, last)), asked, recorded) if used else None
            place = None if bend is None else where_layer_is_made(facts, bend) or facts.place(bend)
            if bend is not None and place is not None and place not in told:
                told.add(place)
                yield _clue(facts, bend, place, facts.place(facts.events[first]))


def _of_backward(facts: Facts) -> set[int]:
    """Return the operations that backward passes recorded, with create_graph=True."""
    return {
        event.node
        for span in facts.passes
        if "create_graph" in facts.events[span[0]].options
        for event in facts.during(span, "op")
        if event.node is not None
    }


def _asked(facts: Facts, last: int) -> Iterator[tuple[Ref, Ref]]:
    """Yield what autograd.grad differentiated by in the pass that ended at a moment, with its results."""
    event = facts.events[last + 1] if last + 1 < len(facts.events) else facts.events[last]
    if event.kind == "gradients" and len(event.inputs) == len(event.outputs):
        yield from zip(event.inputs, event.outputs, strict=True)


def _only_bends(facts: Facts, roots: list[int], asked: Ref, recorded: set[int]) -> Node | None:
    """Return the first relu whose slope alone leads back to an input; None if another way does."""
    into: dict[int, list[Edge]] = defaultdict(list)
    for edge in facts.trace.graph.edges:
        into[edge.target].append(edge)
    bends, seen, waiting = [], set(), list(roots)
    while waiting:
        here = waiting.pop()
        if here == asked.node:
            return None
        if here in seen:
            continue
        seen.add(here)
        formulas = facts.nodes[here].formulas
        for edge in into[here]:
            if here in recorded and formulas[edge.slot : edge.slot + 1] == ("0",):
                if asked.node in facts.ancestors([edge.source]):
                    bends.append(_bend(facts, edge.source))
            elif not edge.cut:
                waiting.append(edge.source)
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
