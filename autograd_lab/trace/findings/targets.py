"""Gradients that leak into what a prediction is compared with."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from ...i18n import _
from ..model import Event, Node
from .code import assigned, expression
from .facts import Facts
from .model import Clue, Place
from .policies import best_ahead, carrying
from .registry import rule

WORDS = r"(target|targets|label|labels|teacher|goal|truth|gt|true|expected|bootstrap|pseudo)"
TARGET = re.compile(rf"(^|_|\.){WORDS}($|_|s$|\d)", re.IGNORECASE)
WEIGHT = re.compile(r"(^|_|\.)(advantages?|adv|td_error|delta)($|_|\d)", re.IGNORECASE)
ONES_OWN = re.compile(r"(target|teacher|bootstrap|pseudo)", re.IGNORECASE)
"""Names of what one does not train on purpose; a label or what is expected may be learned jointly."""
COMPARING = {"sub", "rsub", "mse_loss", "l1_loss", "smooth_l1_loss", "huber_loss",
             "binary_cross_entropy", "binary_cross_entropy_with_logits", "cross_entropy"}  # fmt: skip
SELECTING = {"embedding", "index", "index_select", "select", "gather", "slice"}


@rule(23, "target-requires-grad", needs_all=True)
def target(facts: Facts) -> Iterator[Clue]:
    """A target carries a gradient into the loss it is the target of."""
    told = set()
    for event, mine, other in _meetings(facts, COMPARING | {"mul"}):
        name = called(facts, mine)
        place = set_at(facts, mine, name) if mine.line is not None else facts.place(event)
        if not (TARGET.search(name) and _is_target(facts, event, mine, other, name)):
            best = best_ahead(facts, mine, other) if event.text != "mul" else None
            if best is None and not _of_a_teacher(facts, event, mine, other):
                continue
            # What is taken as given here may be trained by another loss.
            place = facts.place(event if best is None else best)
            name = name or _argument(facts, event, mine)
        if place not in told:
            told.add(place)
            yield _clue(facts, event, place, name, mine)


def _is_target(facts: Facts, event: Event, mine: Node, other: Node, name: str) -> bool:
    """Return whether the other side is a prediction that is compared with this one."""
    if event.text == "mul" and other.op not in {"log", "log_softmax"}:
        return False
    if TARGET.search(called(facts, other)) or _learned_jointly(facts, mine, other, name):
        return False
    # Both sides of an equation are to be differentiated; a deviation from one's own mean is no
    # comparison with a target.
    derivatives = {r.node for e in facts.events if e.kind == "gradients" for r in e.outputs}
    behind = facts.ancestors([mine.id])
    return other.id not in behind and not derivatives & facts.ancestors([other.id])


def _of_a_teacher(facts: Facts, event: Event, mine: Node, other: Node) -> bool:
    """Return whether a network's output is compared with that of one that is called its teacher."""
    givers = [_giver(facts, event, node) for node in (mine, other)]
    if "teacher" not in givers[0].lower() or "teacher" in givers[1].lower():
        return False
    return _is_target(facts, event, mine, other, givers[0])


def _giver(facts: Facts, event: Event, node: Node) -> str:
    """Return the function that gave a value: `"teacher"` of `loss(student(x), teacher(x))`."""
    name = called(facts, node)
    values = dict(assigned(facts.code.statement(set_at(facts, node, name))))
    value = values.get(name) or expression(_argument(facts, event, node))
    return ast.unparse(value.func) if isinstance(value, ast.Call) else ""


def _learned_jointly(facts: Facts, mine: Node, other: Node, name: str) -> bool:
    """Return whether a target has parameters of its own that are trained, on purpose as it seems."""
    own = leaves_of(facts, mine)
    if not own <= facts.moved:
        return False
    if own & leaves_of(facts, other):
        return mine.kind == "leaf"
    made = {facts.nodes[n].op for n in facts.ancestors([mine.id]) if facts.nodes[n].kind == "op"}
    return made <= SELECTING or not ONES_OWN.search(name)


@rule(23, "weight-requires-grad")
def weight(facts: Facts) -> Iterator[Clue]:
    """An advantage that weighs another network's output carries a gradient."""
    told = set()
    for event, mine, other in _meetings(facts, {"mul"}):
        name = called(facts, mine)
        place = set_at(facts, mine, name)
        if WEIGHT.search(name) and place not in told and other.id != mine.id:
            told.add(place)
            yield _clue(facts, event, place, name, mine)


@rule(23, "compared-with-another-network", needs_all=True)
def other_network(facts: Facts) -> Iterator[Clue]:
    """The second argument of a loss function trains leaves that nobody steps."""
    moved = facts.moved
    if not any(e.kind == "step" for e in facts.events):
        return
    told = set()
    for event, mine, other in _meetings(facts, COMPARING):
        place = facts.place(event)
        if place not in told and _is_loss(event) and _slot(facts, event, mine) == 1:
            idle, other_side = leaves_of(facts, mine), leaves_of(facts, other)
            if idle and not idle & moved and other_side & moved:
                told.add(place)
                yield _clue(facts, event, place, _argument(facts, event, mine), mine)


def _is_loss(event: Event) -> bool:
    """Return whether a loss function compared the two; L1Loss subtracts and averages."""
    call = expression(event.expression)
    function = ast.unparse(call.func) if isinstance(call, ast.Call) else ""
    return event.text.endswith("loss") or re.search("loss|crit", function.lower()) is not None


def leaves_of(facts: Facts, node: Node) -> set[int | None]:
    """Return the leaves that a value was computed from."""
    return {
        facts.nodes[n].tensor for n in facts.ancestors([node.id]) if facts.nodes[n].kind == "leaf"
    }


def _meetings(facts: Facts, operations: set[str]) -> Iterator[tuple[Event, Node, Node]]:
    """Yield where two values that both carry gradients meet on the way to a loss, in both orders."""
    leading = facts.ancestors(node for span in facts.passes for node in facts.roots(span))
    for event in facts.events:
        if event.kind == "op" and event.node is not None and event.text in operations:
            pair = carrying(facts, event.node)[:2] if event.node in leading else []
            if len(pair) == 2:
                yield event, pair[0], pair[1]
                yield event, pair[1], pair[0]


def called(facts: Facts, node: Node) -> str:
    """Return the variable that a value was assigned to, where it was made or by whoever called."""
    for name, value in assigned(facts.code.statement(facts.place(node))):
        made = expression(node.expression)
        if made is not None and ast.unparse(made) == ast.unparse(value):
            return name
    return node.label


def set_at(facts: Facts, node: Node, name: str) -> Place:
    """Return where a value got its name."""
    place = facts.place(node)
    if name in {target for target, _value in assigned(facts.code.statement(place))}:
        return place
    set_at = facts.code.definitions(name, Place(len(facts.trace.cells), None)) if name else []
    return set_at[0] if set_at else place


def _slot(facts: Facts, event: Event, mine: Node) -> int:
    """Return which of the two values that meet this is."""
    pair = [] if event.node is None else carrying(facts, event.node)
    return pair.index(mine)


def _argument(facts: Facts, event: Event, mine: Node) -> str:
    """Return what was compared, as written: `"f(x)"` of `loss(y, f(x))` or of `y - f(x)`."""
    call, slot = expression(event.expression), _slot(facts, event, mine)
    if isinstance(call, ast.Call):
        return ast.unparse(call.args[slot]) if len(call.args) > slot else ""
    if isinstance(call, ast.BinOp):
        return ast.unparse((call.left, call.right)[slot])
    return ""


def _clue(facts: Facts, event: Event, place: Place, name: str, mine: Node) -> Clue:
    weighs = event.text == "mul" and WEIGHT.search(name) is not None
    return Clue(
        place,
        _("{name} requires grad, so the loss ({line}) sends a gradient into it, too.").format(
            name=name or _("The target"), line=facts.spoken(facts.place(event), place)
        ),
        _(
            "It is to weigh the log-probabilities. With a graph, the loss can also be made small by "
            "changing the weights, that is, by moving the network that they were computed with."
        )
        if weighs
        else _(
            "A loss can be made small in two ways: move the prediction to the target, or the target "
            "to the prediction. Gradients flow into whatever has a graph, so both happen."
        ),
        taken_as_given(facts, place, name, mine, used_elsewhere(facts, mine, event.expression)),
    )


def used_elsewhere(facts: Facts, node: Node, source: str) -> bool:
    """Return whether other expressions than this one use a value, which may need its gradient."""
    users = [facts.nodes[user] for user, cut in facts.users[node.id] if not cut]
    return any(user.expression != source for user in users)


def taken_as_given(facts: Facts, place: Place, name: str, mine: Node, elsewhere: bool) -> str:
    """Return how to keep a gradient from a target that got its name at a place, or is used there."""
    if mine.kind == "leaf":
        return _("Labels are data: leave requires_grad out.")
    for target, value in assigned(facts.code.statement(place)):
        if target == name:
            text = ast.unparse(value)
            text = f"({text})" if isinstance(value, ast.BinOp) else text
            return _("If it is to be taken as given: {name} = {value}.detach()").format(
                name=name, value=text
            )
    name = f"({name})" if isinstance(expression(name), ast.BinOp) else name or "target"
    if elsewhere:
        return _(
            "If it is to be taken as given: {name}.detach() in this loss, and nowhere else."
        ).format(name=name)
    return _("If it is to be taken as given: {name}.detach(), or compute it under no_grad.").format(
        name=name
    )


__all__ = ["called", "leaves_of", "set_at", "taken_as_given", "used_elsewhere"]
