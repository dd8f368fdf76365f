"""An update that makes a new tensor under the old name."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from ...i18n import _
from ..model import Event
from .code import assigned, names_in
from .cutting import NO_HISTORY
from .facts import Facts
from .model import Clue, Place
from .registry import rule


@rule(13, "rebound-by-update")
def rebound_by_update(facts: Facts) -> Iterator[Clue]:
    """`w = w - lr * w.grad` and what becomes of it."""
    told = set()
    for moment, event in enumerate(facts.events):
        place = facts.place(event)
        if event.kind not in {"op", "plain", "detach"} or place in told or not event.outputs:
            continue
        name = rebinding_at(facts, place)
        if name is None or not _is_last_of_line(facts, moment):
            continue
        told.add(place)
        raised = _error_follows(facts, event, name)
        if raised or _forgotten(facts, place, name) or _read_empty(facts, event):
            yield _clue(facts, place, name, event, raised)


def rebinding_at(facts: Facts, place: Place) -> str | None:
    """Return the name that a line sets to itself minus something with its own gradient."""
    for name, value in assigned(facts.code.statement(place)):
        parts = _summands(value)
        from_itself = bool(parts) and ast.unparse(parts[0]) in {name, f"{name}.data"}
        if from_itself and any(_uses_gradient(facts, p, name, place) for p in parts[1:]):
            return name
    return None


def _summands(value: ast.expr) -> list[ast.expr]:
    """Return what a sum or a difference starts with, then what is added or taken away."""
    if isinstance(value, ast.BinOp) and isinstance(value.op, ast.Add | ast.Sub):
        return [value.left, value.right]
    if isinstance(value, ast.Call) and ast.unparse(value.func).endswith((".add", ".sub")):
        owner = getattr(value.func, "value", value.func)
        return [*([] if ast.unparse(owner) == "torch" else [owner]), *value.args]
    return []


def _uses_gradient(facts: Facts, value: ast.expr, name: str, place: Place) -> bool:
    """Return whether a value is computed from `name.grad`, directly or by one other variable."""
    wanted = f"{name}.grad"
    if any(ast.unparse(node) == wanted for node in ast.walk(value) if isinstance(node, ast.expr)):
        return True
    for other in names_in(value):
        for where in facts.code.definitions(other, place)[:1]:
            for target, given in assigned(facts.code.statement(where)):
                if target == other and ast.unparse(given).startswith(wanted):
                    return True
    return False


def _is_last_of_line(facts: Facts, moment: int) -> bool:
    """Return whether an event is the outermost operation of its line, the one that is assigned."""
    event = facts.events[moment]
    return event.text in {"sub", "add"} or event.name in {"sub", "add"}


def _error_follows(facts: Facts, event: Event, name: str) -> bool:
    """Return whether the new tensor is behind the error: no history, or no `.grad`."""
    if facts.error is None:
        return False
    made = event.outputs[0].tensor
    if facts.raised("NoneType"):
        return any(
            e.kind == "read" and e.after is None and e.inputs and e.inputs[0].tensor == made
            for e in facts.events
        ) and facts.error_place in {
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
    """Return whether the new tensor's `.grad` was read and was None."""
    made = event.outputs[0].tensor
    return any(
        e.kind == "read" and e.after is None and e.inputs and e.inputs[0].tensor == made
        for e in facts.events
    )


def _forgotten(facts: Facts, place: Place, name: str) -> bool:
    """Return whether the name goes out of use with the new tensor: a loop's or a function's own."""
    around = facts.code.around(place)
    for node in reversed(around):
        if isinstance(node, ast.For):
            targets = {
                ast.unparse(part) for part in ast.walk(node.target) if isinstance(part, ast.Name)
            }
            if name in targets:
                return not _used_after(node, name, place)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            parameters = {
                argument.arg for argument in ast.walk(node.args) if isinstance(argument, ast.arg)
            }
            return name in parameters and not _used_after(node, name, place)
    return False


def _used_after(around: ast.AST, name: str, place: Place) -> bool:
    """Return whether the new tensor is used below a place; emptying its `.grad` is no use."""
    emptied = {
        id(node.value)
        for node in ast.walk(around)
        if isinstance(node, ast.Attribute) and node.attr == "grad"
    }
    return any(
        isinstance(node, ast.Name)
        and node.id == name
        and isinstance(node.ctx, ast.Load)
        and node.lineno > (place.number or 0)
        and id(node) not in emptied
        for node in ast.walk(around)
    )


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
        _(
            "Change the leaf in place, and without recording: with torch.no_grad(): {name} -= …. "
            "An optimizer's step() does the same."
        ).format(name=name),
        explains_error=raised,
    )


__all__ = ["rebinding_at"]
