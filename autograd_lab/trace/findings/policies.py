"""What reinforcement learning compares: values with values one step ahead, a policy with its old self."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from ...i18n import _
from ..model import Node
from .code import expression
from .facts import Facts
from .model import Clue, Place
from .registry import rule

RESHAPING = {"squeeze", "unsqueeze", "view", "reshape", "select", "index", "slice", "gather"}
OLD = re.compile(r"(^|_|\.)(old|prev|previous|behaviou?r)($|_|\d)", re.IGNORECASE)


def carrying(facts: Facts, node: int) -> list[Node]:
    """Return the nodes that an operation used and sends gradients to, in the order of its arguments."""
    used = [facts.nodes[source] for source, cut in facts.sources.get(node, ()) if not cut]
    return [source for source in used if source.requires_grad]


def best_ahead(facts: Facts, target: Node, prediction: Node) -> Node | None:
    """Return the maximum in `reward + gamma * q(next).max()`, if a target is made like that.

    The prediction must come from another call of a network: a margin between the scores of one call
    looks alike, and is to be differentiated.
    """
    node = _past(facts, target, RESHAPING)
    if node.op != "add" or len(carrying(facts, node.id)) != 1:
        return None
    scaled = _past(facts, carrying(facts, node.id)[0], RESHAPING)
    best = _past(facts, scaled, {*RESHAPING, "mul"})
    if scaled.op != "mul" or best.op not in {"max", "amax"}:
        return None
    shared = facts.ancestors([best.id]) & facts.ancestors([prediction.id])
    return None if any(facts.nodes[n].kind == "op" for n in shared) else best


def _past(facts: Facts, node: Node, operations: set[str]) -> Node:
    """Return what a value was before these operations, as far as only one thing carries gradients."""
    while node.op in operations and len(carrying(facts, node.id)) == 1:
        node = carrying(facts, node.id)[0]
    return node


@rule(23, "old-policy-requires-grad")
def old_policy(facts: Facts) -> Iterator[Clue]:
    """In exp(new - old) both are equal and carry gradients, which cancel: nothing is learned."""
    leading = facts.ancestors(node for span in facts.passes for node in facts.roots(span))
    told = set()
    for node in facts.nodes:
        if node.op != "exp" or node.id not in leading:
            continue
        for difference in carrying(facts, node.id):
            name = _subtracted(difference)
            place = _set_at(facts, difference, name)
            if OLD.search(name) and place not in told and _cancels(facts, difference):
                told.add(place)
                yield _old_clue(facts, difference, place, name)


def _subtracted(difference: Node) -> str:
    """Return what was subtracted, as written: `"old"` of `new - old`."""
    tree = expression(difference.expression)
    if isinstance(tree, ast.BinOp) and isinstance(tree.op, ast.Sub):
        return ast.unparse(tree.right)
    return ""


def _set_at(facts: Facts, difference: Node, name: str) -> Place:
    place = facts.place(difference)
    return next(iter(facts.code.definitions(name, place)), place)


def _cancels(facts: Facts, difference: Node) -> bool:
    """Return whether a difference is zero everywhere and both its sides lead to the same leaves."""
    pair, value = carrying(facts, difference.id), difference.value
    if difference.op != "sub" or len(pair) != 2 or value is None or any(value.numbers):
        return False
    one, other = (
        {n for n in facts.ancestors([side.id]) if facts.nodes[n].kind == "leaf"} for side in pair
    )
    return one == other


def _old_clue(facts: Facts, difference: Node, place: Place, name: str) -> Clue:
    return Clue(
        place,
        _("{name} requires grad, so its gradient cancels that of `{source}` ({line}).").format(
            name=name,
            source=_minuend(difference),
            line=facts.spoken(facts.place(difference), place),
        ),
        _(
            "Old and new policy are the same function of the same parameters here. Their ratio is 1 "
            "whatever these are, and its gradient is exactly zero: nothing is learned from it."
        ),
        _(
            "The old policy is data: compute {name} once, under torch.no_grad(), before the updates "
            "that use it."
        ).format(name=name),
    )


def _minuend(difference: Node) -> str:
    tree = expression(difference.expression)
    return ast.unparse(tree.left) if isinstance(tree, ast.BinOp) else difference.expression


__all__ = ["best_ahead", "carrying"]
