"""Leaves and what only looks like one: results asked for their gradient, leaves lost, integers."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from ...i18n import _
from ..model import Event, Node, Ref
from .code import assigned, expression, receiver
from .facts import Facts
from .model import Clue, Place
from .rebinding import rebinding_at
from .registry import rule

NO_INTEGERS = ("of floating point",)
NON_LEAF = "can't optimize a non-leaf Tensor"


@rule(1, "grad-of-a-result")
def grad_of_a_result(facts: Facts) -> Iterator[Clue]:
    """`.grad` of a result is None unless it was asked to keep it."""
    for event in _empty_reads(facts):
        if _lost_leaf(facts, event.inputs[0], event) is None:
            place = facts.place(event)
            name = facts.name(event.inputs[0], event) or "y"
            yield Clue(
                place,
                _("{name} is a result, not a leaf: {made}. Its .grad is None.").format(
                    name=name, made=_made(facts, event.inputs[0], place)
                ),
                _(
                    "backward() passes the gradient of a result on to what it was computed from and "
                    "then lets it go; only leaves keep theirs."
                ),
                _fix_result(facts, event, name),
                explains_error=_explains(facts, place),
            )


def _fix_result(facts: Facts, event: Event, name: str) -> str:
    if "retains_grad" in event.options:
        return _(
            "{name}.retain_grad() has to stand before backward(): it only makes the next pass keep "
            "the gradient."
        ).format(name=name)
    root = facts.root_name(facts.passes[-1]) if facts.passes else ""
    if root == name:
        return _(
            "backward() starts here, with a gradient of 1. What you are after is the .grad of the "
            "leaves; to keep this one, too, call {name}.retain_grad() before backward()."
        ).format(name=name)
    return _(
        "Call {name}.retain_grad() before backward(), or ask for it: "
        "torch.autograd.grad({root}, {name})."
    ).format(name=name, root=root or "loss")


@rule(11, "leaf-lost")
def leaf_lost(facts: Facts) -> Iterator[Clue]:
    """An operation right after its creation hid the leaf, and the result was taken for it."""
    for event in _empty_reads(facts):
        lost = _lost_leaf(facts, event.inputs[0], event)
        if lost is not None:
            name = facts.name(event.inputs[0], event)
            yield _lost_clue(facts, lost, name, _explains(facts, facts.place(event)))
    if facts.raised(NON_LEAF):
        # What an optimizer is given may be a dictionary or a generator: then look at all variables.
        given = facts.failed.inputs if facts.failed is not None else ()
        for item in [ref for ref in given if not ref.is_leaf] or facts.trace.variables:
            lost = None if item.is_leaf else _first_operation(facts, item.node)
            if lost is not None:
                yield _lost_clue(facts, lost, facts.label(item.tensor), explains_error=True)


@rule(12, "integers")
def integers(facts: Facts) -> Iterator[Clue]:
    """Only tensors of floating point can require grad."""
    if not facts.raised("require gradient") or not facts.raised(*NO_INTEGERS):
        return
    place, name = _where_integers_came_from(facts)
    dtype = next((ref.dtype for ref in facts.failed.inputs), "") if facts.failed else ""
    holds = dtype or _("whole numbers, or True and False")
    yield Clue(
        place,
        _("{name} holds {dtype}, not floating point, and was told to require grad.").format(
            name=name or _("The tensor"), dtype=holds
        ),
        _(
            "A derivative asks what a very small change would do, and a whole number cannot change "
            "by a little. torch.tensor([1, 2]) takes over the type of its numbers."
        ),
        _(
            "Make it of floating point: write 1.0 for 1, or dtype=torch.float32, or .float() "
            "before requires_grad_()."
        ),
        explains_error=True,
    )


def _empty_reads(facts: Facts) -> Iterator[Event]:
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


def _made(facts: Facts, ref: Ref, seen_from: Place) -> str:
    node = None if ref.node is None else facts.nodes[ref.node]
    if node is None or node.line is None:
        return _("an operation made it")
    return _("{line} computed it ({name})").format(
        line=facts.spoken(facts.place(node), seen_from), name=node.name
    )


def _explains(facts: Facts, place: Place) -> bool:
    return facts.raised("NoneType") and facts.error_place == place


def _lost_leaf(facts: Facts, ref: Ref, read: Event) -> Node | None:
    """Return the operation that hid the only leaf behind a tensor, if nobody can reach that leaf."""
    first = _first_operation(facts, ref.node)
    if first is None:
        return None
    (leaf,) = (n for s, _cut in facts.sources[first.id] if (n := facts.nodes[s]).requires_grad)
    return None if _reachable(facts, leaf, first, read) else first


def _first_operation(facts: Facts, node: int | None) -> Node | None:
    """Return the operation nearest the leaf in a chain of operations on that leaf alone."""
    first = None
    while node is not None and facts.nodes[node].kind == "op":
        first = facts.nodes[node]
        behind = {s for s, _cut in facts.sources.get(node, ()) if facts.nodes[s].requires_grad}
        if len(behind) != 1:
            return None
        (node,) = behind
    return first if node is not None and facts.nodes[node].kind == "leaf" else None


def _reachable(facts: Facts, leaf: Node, first: Node, read: Event) -> bool:
    """Return whether the user can still name a leaf where a `.grad` is read."""
    tensor = None if leaf.tensor is None else facts.trace.tensors[leaf.tensor]
    if leaf.label or (tensor is not None and tensor.parameter):
        return True
    birth = None if leaf.tensor is None else facts.birth(leaf.tensor)
    if birth is None:
        return False
    names = [name for name, _value in assigned(facts.code.statement(facts.place(birth)))]
    rebound = [name for name, _value in assigned(facts.code.statement(facts.place(first)))]
    whole = any(
        ast.unparse(value) == _normal(birth.expression)
        for _name, value in assigned(facts.code.statement(facts.place(birth)))
    )
    scope = facts.code.scope(facts.place(birth))
    here = facts.code.scope(facts.place(read))
    return whole and scope is not None and scope is here and not set(names) & set(rebound)


def _normal(text: str) -> str:
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


def _where_integers_came_from(facts: Facts) -> tuple[Place, str]:
    """Return the line that made the integers, and their name."""
    place = facts.error_place
    call = facts.error.expression if facts.error is not None else ""
    name = receiver(call)
    if "requires_grad" not in call or "requires_grad=" in call.replace(" ", ""):
        statement = facts.code.statement(place)
        return place, next((target for target, _value in assigned(statement)), "")
    ref = next(iter(facts.failed.inputs), None) if facts.failed is not None else None
    birth = None if ref is None else facts.birth(ref.tensor)
    if birth is not None and birth.line is not None:
        return facts.place(birth), name
    known = facts.code.definitions(name, place)
    return (known[0] if known else place), name
