"""What adds up to the same number whatever goes in: softmax, and what was divided by its own sum."""

from __future__ import annotations

from ...i18n import _
from ..model import Event, Node
from .facts import Facts
from .model import Clue
from .staircases import Span, leads_only_through

NORMALISING = {"softmax", "log_softmax", "cross_entropy", "cross_entropy_loss", "nll_loss"}
ADDING_UP = {"sum", "mean"}
RESHAPING = {"unsqueeze", "squeeze", "view", "reshape", "expand"}
ALMOST = 1e-6


def is_single(node: Node) -> bool:
    """Return whether a softmax runs over a dimension of size 1."""
    if node.op not in NORMALISING:
        return False
    kept = {saved.name: saved.value for saved in node.saved}
    if {"dim", "result"} <= kept.keys():
        shape, dim = kept["result"].shape, int(kept["dim"].text)
        return not shape or shape[dim] == 1
    values = [*kept.values(), *([node.value] if node.value else [])]
    return any(value.shape and value.shape[-1] == 1 for value in values)


def is_constant(node: Node) -> bool:
    """Return whether a node gives the same result for any input: 1, or its logarithm."""
    return node.op in {"softmax", "log_softmax"} and is_single(node)


def added_up(facts: Facts, span: Span, leaf: int) -> Event | None:
    """Return the first softmax of a pass, if every way to a leaf leads through one that is summed."""
    met = [
        event
        for event in facts.during(span, "node")
        if event.node is not None
        and facts.nodes[event.node].op == "softmax"
        and leaf in facts.ancestors([event.node])
        and is_added_up(facts, event)
    ]
    stairs = {event.node for event in met if event.node is not None}
    return met[0] if met and leads_only_through(facts, span, leaf, stairs) else None


def is_added_up(facts: Facts, event: Event) -> bool:
    """Return whether all that a softmax gave was added up to one number, which nothing can change."""
    if event.node is None or facts.nodes[event.node].op != "softmax":
        return False
    came = [n for value in event.grads_in if value for n in value.numbers]
    passed = [n for value in event.grads_out if value for n in value.numbers]
    size = max(map(abs, came), default=0.0)
    return (
        size > 0
        and all(abs(n) <= ALMOST * size for n in passed)
        and _to_one_number(facts, event.node)
    )


def _to_one_number(facts: Facts, node: int) -> bool:
    """Return whether sums and means of all elements are all that uses a result."""
    users = [facts.nodes[user] for user, cut in facts.users[node] if not cut]
    return bool(users) and all(
        user.op in ADDING_UP
        and user.value is not None
        and (user.value.shape == () or _to_one_number(facts, user.id))
        for user in users
    )


def share_clue(facts: Facts, name: str, node: Node) -> Clue | None:
    """Say that a sum is that of a quotient whose divisor is the numerator's own sum."""
    quotient = node
    while quotient.op in ADDING_UP:
        source = _only_source(facts, quotient)
        if source is None:
            return None
        quotient = source
    divisor = _own_sum(facts, quotient) if quotient.op == "div" else None
    if divisor is None:
        return None
    return Clue(
        facts.place(node),
        _(
            "{name} is 0: what is summed here was divided by its own {divisor}, so it adds up to the "
            "same number whatever goes in."
        ).format(name=name, divisor=divisor.op),
        _(
            "What one output gains the others lose. With the same weight for all (a plain sum or "
            "mean) the parts cancel: Jᵀ·1 = 0."
        ),
        _(
            "Choose what you want to change: one element, such as y[i], or a sum with different weights."
        ),
    )


def _only_source(facts: Facts, node: Node) -> Node | None:
    sources = [source for source, cut in facts.sources.get(node.id, ()) if not cut]
    return facts.nodes[sources[0]] if len(sources) == 1 else None


def _own_sum(facts: Facts, quotient: Node) -> Node | None:
    """Return the sum or mean of its own numerator that a quotient was divided by."""
    sources = [source for source, cut in facts.sources.get(quotient.id, ()) if not cut]
    if len(sources) != 2:
        return None
    divisor: Node | None = facts.nodes[sources[1]]
    while divisor is not None and divisor.op in RESHAPING:
        divisor = _only_source(facts, divisor)
    if divisor is None or divisor.op not in ADDING_UP:
        return None
    summed = _only_source(facts, divisor)
    return divisor if summed is not None and summed.id == sources[0] else None


__all__ = [
    "ALMOST",
    "NORMALISING",
    "added_up",
    "is_added_up",
    "is_constant",
    "is_single",
    "share_clue",
]
