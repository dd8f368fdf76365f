"""What only looks like a leaf: results asked for their gradient, integers told to require one."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from ...i18n import _
from ..model import Event, Ref
from .code import assigned, expression, names_in, receiver
from .facts import Facts
from .ignored_arguments import ASKING
from .lost_leaves import empty_reads_of_results, explains, lost_leaf
from .model import Clue, Place
from .parts import looked_up, of_parts
from .registry import rule

NO_INTEGERS = ("of floating point",)


@rule(1, "grad-of-a-result")
def grad_of_a_result(facts: Facts) -> Iterator[Clue]:
    """`.grad` of a result is None unless it was asked to keep it."""
    for event in empty_reads_of_results(facts):
        if lost_leaf(facts, event.inputs[0], event) is None:
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
                explains_error=explains(facts, place),
            )


def _fix_result(facts: Facts, event: Event, name: str) -> str:
    if "retains_grad" in event.options:
        return _(
            "{name}.retain_grad() has to stand before backward(): it only makes the next pass keep "
            "the gradient."
        ).format(name=name)
    part = of_parts(facts, event)
    if part:
        return part
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


@rule(12, "integers")
def integers(facts: Facts) -> Iterator[Clue]:
    """Only tensors of floating point can require grad."""
    if not facts.raised("require gradient") or not facts.raised(*NO_INTEGERS):
        return
    place, name = _where_integers_came_from(facts)
    used = looked_up(facts, name)
    if used:
        yield _row_numbers(facts.error_place, name, used)
        return
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


def _row_numbers(place: Place, name: str, used: str) -> Clue:
    return Clue(
        place,
        _("{name} holds row numbers, and was told to require grad.").format(name=name),
        _(
            "They only choose rows of a table. A row number cannot change by a little, so there is "
            "no derivative by it; there is one by the rows that were chosen."
        ),
        _(
            "Leave {name} as it is and follow the rows: v = {used}, then v.retain_grad() before "
            "backward(), and v.grad after it."
        ).format(name=name, used=used),
        explains_error=True,
    )


def _made(facts: Facts, ref: Ref, seen_from: Place) -> str:
    node = None if ref.node is None else facts.nodes[ref.node]
    if node is None or node.line is None:
        return _("an operation made it")
    return _("{line} computed it ({name})").format(
        line=facts.spoken(facts.place(node), seen_from), name=node.name
    )


def _integers_given(facts: Facts, place: Place, call: str) -> tuple[Place, str] | None:
    """Return where the integers were made that jacobian or the like was given, and their name."""
    tree = expression(call)
    if not isinstance(tree, ast.Call) or len(tree.args) < 2:
        return None
    if ast.unparse(tree.func).rpartition(".")[2] not in ASKING:
        return None
    made = [event for event in facts.events if any(_is_whole(ref) for ref in event.outputs)]
    places = {facts.place(event) for event in made}
    for name in names_in(tree.args[1]):
        known = facts.code.definitions(name, place)
        if known and known[0] in places:
            return known[0], name
    return None


def _is_whole(ref: Ref) -> bool:
    return ref.dtype.startswith(("int", "uint", "bool"))


def _where_integers_came_from(facts: Facts) -> tuple[Place, str]:
    """Return the line that made the integers, and their name."""
    place = facts.error_place
    call = facts.error.expression if facts.error is not None else ""
    name = receiver(call)
    given = _integers_given(facts, place, call)
    if given is not None:
        return given
    if "requires_grad" not in call or "requires_grad=" in call.replace(" ", ""):
        statement = facts.code.statement(place)
        return place, next((target for target, _value in assigned(statement)), "")
    ref = next(iter(facts.failed.inputs), None) if facts.failed is not None else None
    birth = None if ref is None else facts.birth(ref.tensor)
    if birth is not None and birth.line is not None:
        return facts.place(birth), name
    known = facts.code.definitions(name, place)
    return (known[0] if known else place), name
