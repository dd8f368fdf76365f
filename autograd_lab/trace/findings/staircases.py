"""Functions that are flat between jumps: round, floor, sign and the like."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from ...i18n import _
from ..model import Event, Node
from .facts import Facts
from .model import Clue, Place
from .registry import rule

Span = tuple[int, int]

STEPS = {"round", "floor", "ceil", "trunc", "fix", "sign", "sgn", "heaviside", "floor_divide"}
"""Flat everywhere, with jumps."""
FRACTIONS = {"frac": "trunc", "remainder": "floor", "fmod": "trunc"}
"""What is left of a number, and the staircase that one gets by taking it away."""


def first_flat(
    facts: Facts, span: Span, leaf: int, is_flat: Callable[[Node], bool]
) -> Event | None:
    """Return the first step of a pass that met a flat node, if every way to a leaf leads through one."""
    met = [
        e for e in facts.during(span, "node") if e.node is not None and is_flat(facts.nodes[e.node])
    ]
    stairs = {event.node for event in met if event.node is not None}
    if not stairs or not leads_only_through(facts, span, leaf, stairs):
        return None
    return next(
        (e for e in met if _arrived(e) and leaf in facts.ancestors([e.node or 0])),
        None,
    )


def leads_only_through(facts: Facts, span: Span, leaf: int, nodes: set[int]) -> bool:
    """Return whether every way from a pass's roots to a leaf leads through one of these nodes."""
    waiting, seen = [root for root in facts.roots(span) if root not in nodes], set(nodes)
    while waiting:
        here = waiting.pop()
        if here == leaf:
            return False
        if here not in seen:
            seen.add(here)
            waiting += [source for source, cut in facts.sources.get(here, ()) if not cut]
    return True


def _whole_part(facts: Facts, node: Node) -> str:
    """Return the staircase that a difference such as `x - frac(x)` is, `""` if it is none."""
    sources = [source for source, _cut in facts.sources.get(node.id, ())]
    if node.op != "sub" or len(sources) != 2:
        return ""
    for whole, rest in (sources, sources[::-1]):
        parts = [source for source, _cut in facts.sources.get(rest, ())]
        if parts[:1] == [whole]:
            return FRACTIONS.get(facts.nodes[rest].op, "")
    return ""


def _arrived(event: Event) -> bool:
    """Return whether a gradient other than zero came to a node."""
    return any(number for value in event.grads_in if value for number in value.numbers)


def is_staircase(facts: Facts, node: Node) -> bool:
    """Return whether a node is flat between jumps, by itself or as a difference."""
    return node.op in STEPS or bool(_whole_part(facts, node))


def staircase_clue(facts: Facts, name: str, node: Node) -> Clue:
    """Say that a gradient is zero because a node is a staircase."""
    step = _whole_part(facts, node) or node.op
    shown = node.op if node.op in STEPS else node.expression or step
    return Clue(
        facts.place(node),
        _("{name} is 0: {op} is flat between its jumps, so its derivative is 0 everywhere.").format(
            name=name, op=shown
        ),
        _(
            "{op} is in the graph and backward() runs through it, with the true derivative. A small "
            "change of the input does not change the result, so nothing can be learned through it."
        ).format(op=shown),
        _(
            "Use a smooth function in its place, or a straight-through estimator, which takes the "
            "value and pretends a slope of 1: y = x + ({op}(x) - x).detach()."
        ).format(op=step),
    )


@rule(26, "staircase-in-grad", needs_all=True)
def in_grad(facts: Facts) -> Iterator[Clue]:
    """A leaf was moved by what autograd.grad gave for it: nothing but zeros, from a staircase."""
    fed = {event.node for event in facts.events if event.kind == "accumulate"}
    asked: dict[int, list[Span]] = {}
    for span in facts.passes:
        start = facts.events[span[0]]
        for ref in start.outputs if start.text == "grad" else ():
            if ref.is_leaf and ref.node is not None and ref.node not in fed:
                asked.setdefault(ref.node, []).append(span)
    told: set[Place] = set()
    for leaf, spans in asked.items():
        steps = [first_flat(facts, s, leaf, lambda node: is_staircase(facts, node)) for s in spans]
        first = steps[0]
        if first is None or None in steps or not _was_moved(facts, leaf, spans[0]):
            continue
        place = facts.place(facts.nodes[first.node or 0])
        if place not in told:
            told.add(place)
            name = facts.nodes[leaf].label
            name = _("The gradient by {name}").format(name=name) if name else _("The gradient")
            yield staircase_clue(facts, name, facts.nodes[first.node or 0])


def _was_moved(facts: Facts, leaf: int, since: Span) -> bool:
    """Return whether a leaf was written to after a pass, as an update by hand does."""
    tensor = facts.nodes[leaf].tensor
    return tensor is not None and any(
        write.memory == facts.memory(tensor) and write.moment > since[1] for write in facts.writes
    )


__all__ = ["Span", "first_flat", "is_staircase", "leads_only_through", "staircase_clue"]
