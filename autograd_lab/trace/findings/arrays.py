"""NumPy arrays that share a tensor's memory: they are changed, or change, without a trace of it.

What NumPy does cannot be recorded; the source says what becomes of an array after `.numpy()`.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from ...i18n import _
from ..model import Event
from .code import assigned
from .facts import Facts
from .model import Clue, Place
from .registry import rule
from .writing import written_name


@rule(9, "array-written")
def array_written(facts: Facts) -> Iterator[Clue]:
    """An array was changed, and the tensor that requires grad changed with it."""
    for _moment, event, name in _arrays(facts):
        place = facts.place(event)
        write = next((p for p in facts.code.lines_below(place) if _writes(facts, p, name)), None)
        if write is not None and _computed_with(facts, event.inputs[0].tensor, write):
            source = event.expression
            yield Clue(
                write,
                _(
                    "{name} is the memory of the tensor itself ({line}): this line changed both."
                ).format(name=name, line=facts.spoken(place, write)),
                _(
                    "numpy() copies nothing. Autograd does not see what NumPy writes, so a gradient "
                    "that needs the old values comes out wrong, without an error."
                ),
                _("If a copy is meant: {source}.copy().").format(source=source),
            )


@rule(9, "array-that-is-no-copy")
def array_that_is_no_copy(facts: Facts) -> Iterator[Clue]:
    """An array was kept as the state before a step, and moved with the step."""
    for moment, event, name in _arrays(facts):
        place = facts.place(event)
        memory = facts.memory(event.inputs[0].tensor)
        write = next((w for w in facts.writes if w.memory == memory and w.moment > moment), None)
        if write is None:
            continue
        moved = facts.place(facts.events[write.moment])
        last = max(place, moved, key=lambda p: (p.cell, p.number or 0))
        if _read_below(facts, name, last) and not _read_between(facts, name, place, moved):
            yield Clue(
                place,
                _(
                    "{name} is no copy: it shares its memory with the tensor, and {line} changed both."
                ).format(name=name, line=facts.spoken(moved, place)),
                _("numpy() gives the same memory as an array, and so do detach() and .data."),
                _("Keep the numbers of this moment: {source}.copy().").format(
                    source=event.expression
                ),
            )


def _arrays(facts: Facts) -> Iterator[tuple[int, Event, str]]:
    """Yield each array that was made of a tensor requiring grad and kept as it is, with its name."""
    for moment, event in enumerate(facts.events):
        if event.text != "numpy" or not event.inputs:
            continue
        birth = facts.birth(event.inputs[0].tensor)
        tracked = birth is not None and birth.kind == "detach" and birth.text in {"detach", "data"}
        name = _kept_as(facts.code.statement(facts.place(event)), event.expression)
        if tracked and name:
            yield moment, event, name


def _kept_as(statement: ast.stmt | None, source: str) -> str:
    """Return the variable, or the list, that an expression's value was put into, `""` for none."""
    for name, value in assigned(statement):
        if ast.unparse(value) == source:
            return name
    call = statement.value if isinstance(statement, ast.Expr) else None
    if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute):
        given = [ast.unparse(argument) for argument in call.args]
        if call.func.attr == "append" and given == [source]:
            return ast.unparse(call.func.value)
    return ""


def _writes(facts: Facts, place: Place, name: str) -> bool:
    statement = facts.code.statement(place)
    if statement is None or statement.lineno != place.number:
        return False
    return isinstance(statement, ast.AugAssign | ast.Assign) and (
        written_name(facts.code.line(place)) == name
        and (
            isinstance(statement, ast.AugAssign) or isinstance(statement.targets[0], ast.Subscript)
        )
    )


def _computed_with(facts: Facts, tensor: int, write: Place) -> bool:
    """Return whether the tensor's memory is used by a recorded operation below a place."""
    memory = facts.memory(tensor)
    return any(
        event.kind == "op"
        and (event.cell, event.line or 0) > (write.cell, write.number or 0)
        and any(facts.memory(ref.tensor) == memory for ref in event.inputs)
        for event in facts.events
        if event.cell is not None
    )


def _read_below(facts: Facts, name: str, place: Place) -> bool:
    return any(facts.code.reads(below, name) for below in facts.code.lines_below(place))


def _read_between(facts: Facts, name: str, start: Place, end: Place) -> bool:
    return any(
        facts.code.reads(place, name)
        for place in facts.code.lines_below(start)
        if (place.cell, place.number) < (end.cell, end.number)
    )


__all__: list[str] = []
