"""An update that makes a new tensor under the old name."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from ...i18n import _
from ..model import Event
from .code import assigned, expression, walk
from .cutting import NO_HISTORY
from .dead_names import forgotten
from .facts import Facts
from .model import Clue, Place
from .registry import rule

VARIABLES = ast.Name | ast.Attribute | ast.Subscript

REFUSED = "as parameter '"
"""What a module says when a plain tensor is to take the place of a parameter."""
LONG = 70
"""Characters of an expression that are repeated in an advice."""


@rule(13, "rebound-by-update")
def rebound_by_update(facts: Facts) -> Iterator[Clue]:
    """`w = w - lr * w.grad` and what becomes of it."""
    told: set[Place] = set()
    updates: dict[Place, list[tuple[str, ast.expr]]] = {}
    for event in facts.events:
        place = facts.place(event)
        if event.kind not in {"op", "plain", "detach"} or place in told or not event.outputs:
            continue
        if place not in updates:
            updates[place] = list(_rebindings(facts, place))
        name = _set_to(event, updates[place])
        if name is None:
            continue
        told.add(place)
        raised = _error_follows(facts, event)
        if raised or forgotten(facts, place, name) or _read_empty(facts, event):
            yield _clue(facts, place, name, event, raised)


def rebinding_at(facts: Facts, place: Place) -> str | None:
    """Return the name that a line sets to something computed from itself and its own gradient."""
    return next((name for name, _value in _rebindings(facts, place)), None)


def _rebindings(facts: Facts, place: Place) -> Iterator[tuple[str, ast.expr]]:
    for name, value in assigned(facts.code.statement(place)):
        if reads_itself(value, name) and _from_gradient(facts, value, f"{name}.grad", place):
            yield name, value


def _set_to(event: Event, updates: list[tuple[str, ast.expr]]) -> str | None:
    """Return which of these names was set to the result of this very event."""
    made = expression(event.expression) if updates else None
    text = "" if made is None else ast.unparse(made)
    return next((name for name, value in updates if ast.unparse(value) == text), None)


def reads_itself(value: ast.expr, name: str) -> bool:
    """Return whether a value is computed from a variable, and not from its `.grad` alone."""
    owners = {
        id(node.value)
        for node in walk(value)
        if isinstance(node, ast.Attribute) and node.attr == "grad"
    }
    return any(
        id(node) not in owners and ast.unparse(node) == name
        for node in walk(value)
        if isinstance(node, VARIABLES)
    )


def _from_gradient(facts: Facts, value: ast.expr, wanted: str, place: Place) -> bool:
    """Return whether a value is computed from `w.grad`, directly or by way of other variables."""
    if not facts.code.reads_attribute(wanted):
        return False
    waiting, seen = [(value, place)], set()
    while waiting:
        tree, here = waiting.pop()
        parts = {ast.unparse(node) for node in walk(tree) if isinstance(node, VARIABLES)}
        if wanted in parts:
            return True
        for part in sorted(parts):
            where = next(iter(facts.code.definitions(part, here)), None)
            if where is not None and (part, where) not in seen:
                seen.add((part, where))
                pairs = assigned(facts.code.statement(where))
                waiting += [(given, where) for target, given in pairs if target == part]
    return False


def _error_follows(facts: Facts, event: Event) -> bool:
    """Return whether the new tensor is behind the error: no history, or no `.grad`."""
    if facts.raised("NoneType"):
        return _read_empty(facts, event) and facts.error_place in {
            facts.place(e) for e in facts.events if e.kind == "read" and e.after is None
        }
    return facts.raised(NO_HISTORY) and not event.outputs[0].requires_grad and _stays(facts, event)


def _stays(facts: Facts, event: Event) -> bool:
    """Return whether the new tensor was never told to require grad again."""
    made = event.outputs[0].tensor
    return not any(
        e.kind == "set"
        and e.text == "requires_grad"
        and e.entered
        and e.inputs
        and e.inputs[0].tensor == made
        for e in facts.events
    )


def _read_empty(facts: Facts, event: Event) -> bool:
    """Return whether the new tensor's `.grad` was read and was None, and it is no leaf that waits."""
    made = event.outputs[0].tensor
    return any(
        e.kind == "read"
        and e.after is None
        and any(r.tensor == made and not (r.is_leaf and r.requires_grad) for r in e.inputs[:1])
        for e in facts.events
    )


@rule(13, "parameter-replaced")
def parameter_replaced(facts: Facts) -> Iterator[Clue]:
    """A module refuses a plain tensor where it has registered a parameter."""
    if not facts.raised(REFUSED):
        return
    place = facts.error_place
    for name, value in assigned(facts.code.statement(place)):
        if reads_itself(value, name):
            yield Clue(
                place,
                _(
                    "The right side makes a new tensor, and {name} is a registered parameter: the "
                    "module takes only an nn.Parameter in its place."
                ).format(name=name),
                _(
                    "= puts another tensor under the name, it does not change the one that is there. "
                    "An optimizer that holds the parameter would go on with the old one."
                ),
                in_place(name, value),
                explains_error=True,
            )


def in_place(name: str, value: ast.expr) -> str:
    """Return the advice to write into a tensor what was made instead."""
    text = ast.unparse(value)
    return _(
        "Write into the tensor itself, without recording: with torch.no_grad(): "
        "{name}.copy_({value})."
    ).format(name=name, value=text if len(text) <= LONG else "…")


def _clue(facts: Facts, place: Place, name: str, event: Event, raised: bool) -> Clue:
    if event.outputs[0].requires_grad:
        became = _("a result of {op}, not a leaf: its .grad stays None").format(op=event.text)
    else:
        became = _("a constant: it does not require grad")
    return Clue(
        place,
        _(
            "After this line {name} is another tensor, {became}. The parameter itself is unchanged."
        ).format(name=name, became=became),
        _(
            "= gives the name to what the right side made. The leaf that has the gradient, and that "
            "a model or an optimizer may hold, is not touched."
        ),
        _update_in_place(facts, place, name),
        explains_error=raised,
    )


def _update_in_place(facts: Facts, place: Place, name: str) -> str:
    value = next((v for n, v in _rebindings(facts, place) if n == name), None)
    taken_away = (
        isinstance(value, ast.BinOp)
        and isinstance(value.op, ast.Sub)
        and ast.unparse(value.left) in {name, f"{name}.data"}
    )
    if value is None or taken_away or ast.unparse(value).startswith(("torch.sub(", f"{name}.sub(")):
        return _(
            "Change the leaf in place, and without recording: with torch.no_grad(): {name} -= …. "
            "An optimizer's step() does the same."
        ).format(name=name)
    return in_place(name, value)


__all__ = ["VARIABLES", "in_place", "reads_itself", "rebinding_at"]
