"""Leaves that an operation right after their creation hid."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from ...i18n import _
from ..model import Event, Node, Ref
from .code import assigned, expression
from .facts import Facts
from .model import Clue, Place
from .rebinding import rebinding_at
from .registry import rule

NON_LEAF = "can't optimize a non-leaf Tensor"
SWITCHED_ON = re.compile(r"\.requires_grad_\((True)?\)$")


@rule(11, "leaf-lost")
def leaf_lost(facts: Facts) -> Iterator[Clue]:
    """An operation right after its creation hid the leaf, and the result was taken for it."""
    for event in empty_reads_of_results(facts):
        lost = lost_leaf(facts, event.inputs[0], event)
        if lost is not None:
            name = facts.name(event.inputs[0], event)
            yield _lost_clue(facts, lost, name, explains(facts, facts.place(event)))
    if facts.raised(NON_LEAF):
        # What an optimizer is given may be a dictionary or a generator: then look at all variables.
        given = facts.failed.inputs if facts.failed is not None else ()
        for item in [ref for ref in given if not ref.is_leaf] or facts.trace.variables:
            hidden = None if item.is_leaf else first_operation(facts, item.node)
            if hidden is not None:
                yield _lost_clue(facts, hidden[0], facts.label(item.tensor), explains_error=True)


def empty_reads_of_results(facts: Facts) -> Iterator[Event]:
    """Yield the reads of `.grad` that gave None because the tensor is no leaf."""
    for event in facts.events:
        if event.kind == "read" and event.after is None and event.inputs:
            ref = event.inputs[0]
            if (
                ref.requires_grad
                and not ref.is_leaf
                and rebinding_at(facts, _maker_place(facts, ref)) is None
            ):
                yield event


def _maker_place(facts: Facts, ref: Ref) -> Place:
    return facts.place(None if ref.node is None else facts.nodes[ref.node])


def explains(facts: Facts, place: Place) -> bool:
    """Return whether the error is that a `.grad` read at a place was None."""
    return facts.raised("NoneType") and facts.error_place == place


def lost_leaf(facts: Facts, ref: Ref, read: Event) -> Node | None:
    """Return the operation that hid the only leaf behind a tensor, if nobody can reach that leaf."""
    hidden = first_operation(facts, ref.node)
    if hidden is None:
        return None
    first, leaf = hidden
    return None if _reachable(facts, leaf, first, read) else first


def first_operation(facts: Facts, node: int | None) -> tuple[Node, Node] | None:
    """Return the operation nearest the leaf in a chain of operations on that leaf alone, and the leaf."""
    first = None
    while node is not None and facts.nodes[node].kind == "op":
        first = facts.nodes[node]
        behind = {s for s, _cut in facts.sources.get(node, ()) if facts.nodes[s].requires_grad}
        if len(behind) != 1:
            leaf = _only_leaf(facts, first)
            return None if leaf is None else (first, leaf)
        (node,) = behind
    return None if first is None or node is None else (first, facts.nodes[node])


def _only_leaf(facts: Facts, result: Node) -> Node | None:
    """Return the leaf that one line made a result of, using it more than once: `E / E.norm()`."""
    behind = [n for i in facts.ancestors([result.id]) if (n := facts.nodes[i]).requires_grad]
    leaves = [node for node in behind if node.kind == "leaf"]
    lines = {facts.place(node) for node in behind if node.kind == "op"}
    return leaves[0] if len(leaves) == 1 and len(lines) == 1 else None


def _reachable(facts: Facts, leaf: Node, first: Node, read: Event) -> bool:
    """Return whether the user can still name a leaf where a `.grad` is read."""
    if leaf.label:
        return True
    birth = None if leaf.tensor is None else facts.birth(leaf.tensor)
    if leaf.tensor is not None and facts.trace.tensors[leaf.tensor].parameter:
        return birth is None or not hidden_at_once(facts, birth, first)
    if birth is None:
        return False
    names = [name for name, _value in assigned(facts.code.statement(facts.place(birth)))]
    rebound = [name for name, _value in assigned(facts.code.statement(facts.place(first)))]
    whole = any(
        SWITCHED_ON.sub("", ast.unparse(value)) == normal(birth.expression)
        for _name, value in assigned(facts.code.statement(facts.place(birth)))
    )
    scope = facts.code.scope(facts.place(birth))
    here = facts.code.scope(facts.place(read))
    return whole and scope is not None and scope is here and not set(names) & set(rebound)


def hidden_at_once(facts: Facts, birth: Event, first: Node) -> bool:
    """Return whether a parameter was made and operated on by one expression of the user's."""
    within = birth.expression and birth.expression in first.expression
    return bool(within) and facts.place(birth) == facts.place(first)


def normal(text: str) -> str:
    """Return an expression as `ast.unparse` writes it; `""` if it is none."""
    tree = expression(text)
    return "" if tree is None else ast.unparse(tree)


def _lost_clue(facts: Facts, lost: Node, name: str, explains_error: bool) -> Clue:
    name = name or lost.label or "w"
    return Clue(
        facts.place(lost),
        _(
            "{name} is not the leaf: {op} made a new tensor out of it, and the leaf itself has no "
            "name any more."
        ).format(name=name, op=lost.expression or lost.op),
        _(
            "The gradient arrives in the .grad of the leaf that was created with requires_grad=True. "
            "{name} is a result ({node}); its .grad stays None."
        ).format(name=name, node=lost.name),
        _in_order(lost, name),
        explains_error=explains_error,
    )


def _in_order(lost: Node, name: str) -> str:
    """Return the creation with requires_grad at its end."""
    made = re.sub(r",\s*requires_grad\s*=\s*True", "", lost.expression)
    if made != lost.expression:
        text = _("First the operation, then the leaf: {name} = ({made}).requires_grad_().")
    else:
        text = _(
            "First the operation, then the leaf: {name} = (…).requires_grad_(), and no requires_grad "
            "before it."
        )
    return text.format(name=name, made=made)


__all__ = [
    "empty_reads_of_results",
    "explains",
    "first_operation",
    "hidden_at_once",
    "lost_leaf",
    "normal",
]
