"""Views that may not be written to, and copies taken for views."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from ...i18n import _
from ..model import Event, split_lines
from .code import expression
from .facts import Facts
from .model import Clue, Place
from .registry import rule
from .writing import out_of_place


@rule(20, "view-of-many-written")
def view_of_many(facts: Facts) -> Iterator[Clue]:
    """One of several views made by a single call was written to."""
    if not facts.raised("output of a function that returns multiple views"):
        return
    made, place = facts.failed_on, facts.error_place
    call = split_lines(made.expression or made.text)[0].rstrip(":") if made else _("one call")
    yield Clue(
        place,
        _("This line writes into one of several views that {call} made at once ({line}).").format(
            call=call, line=facts.spoken(facts.place(made), place)
        ),
        _(
            "All of them belong to one operation of the graph. A write to one view would have to "
            "change the history of the others, and that is not supported."
        ),
        _(
            "Write out of place ({example}), and put the parts together with torch.cat or torch.stack."
        ).format(example=out_of_place(facts.code.line(place))),
        explains_error=True,
    )


@rule(20, "view-from-no-grad-written")
def view_from_no_grad(facts: Facts) -> Iterator[Clue]:
    """A view made under no_grad was written to outside."""
    if not facts.raised("A view was created in"):
        return
    made = facts.failed_on
    place = facts.place(made) if made else facts.error_place
    yield Clue(
        place,
        _(
            "This view is made where nothing is recorded; {line} writes to it where things are."
        ).format(line=facts.spoken(facts.error_place, place)),
        _(
            "The write would have to enter the history of the tensor behind the view. But the view "
            "itself has no history, so it is not clear whether you want the write to be recorded."
        ),
        _(
            "Make the view and write to it in the same mode: both inside the block, or both outside."
        ),
        explains_error=True,
    )


@rule(20, "shared-element-written")
def shared_element(facts: Facts) -> Iterator[Clue]:
    """An expanded tensor, whose elements share memory, was written to."""
    if not facts.raised("refers to a single memory location"):
        return
    made = facts.failed_on
    place = facts.place(made) if made else facts.error_place
    yield Clue(
        place,
        _("expand repeats an element without copying it; {line} writes to each copy.").format(
            line=facts.spoken(facts.error_place, place)
        ),
        _("Several positions are one place in memory: they cannot hold different numbers."),
        _("Make real copies first: .expand(…).clone(), or .repeat(…)."),
        explains_error=True,
    )


@rule(20, "indexed-copy-written")
def indexed_copy(facts: Facts) -> Iterator[Clue]:
    """What a list of indices or a mask picked, a copy, was written to and is gone."""
    told: set[Place] = set()
    for event in facts.trace.of_kind("inplace"):
        place, call = facts.place(event), expression(event.expression)
        function = call.func if isinstance(call, ast.Call) else None
        made = facts.birth(event.inputs[0].tensor) if event.inputs else None
        if (
            isinstance(call, ast.Call)
            and isinstance(function, ast.Attribute)
            and isinstance(function.value, ast.Subscript)
            and made is not None
            and "index" in {made.text, made.name}
            and facts.memory(event.inputs[0].tensor) == event.inputs[0].tensor
            and made.expression == ast.unparse(function.value)
            and _is_dropped(facts, place, event)
            and place not in told
        ):
            told.add(place)
            yield _copy_written(place, function.value, _assignment(function, call))


def _is_dropped(facts: Facts, place: Place, event: Event) -> bool:
    statement = facts.code.statement(place)
    return isinstance(statement, ast.Expr) and ast.unparse(statement.value) == event.expression


def _assignment(function: ast.Attribute, call: ast.Call) -> str:
    """Return the assignment to the index that does what the write was to do."""
    target, given = ast.unparse(function.value), ", ".join(map(ast.unparse, call.args))
    if function.attr in {"zero_", "fill_"}:
        return f"{target} = {given or 0}"
    return f"{target} = {target}.{function.attr.rstrip('_')}({given})"


def _copy_written(place: Place, picked: ast.Subscript, assignment: str) -> Clue:
    name = ast.unparse(picked.value)
    return Clue(
        place,
        _("{picked} is a copy: this line changes the copy, and {name} stays as it was.").format(
            picked=ast.unparse(picked), name=name
        ),
        _(
            "An index made of slices and numbers gives a view. A list, a tensor of indices or a mask "
            "picks entries that need not lie in a row, so they are copied into a new tensor."
        ),
        _(
            "Assign to the index: {assignment}. If backward needs the old {name}, on a copy: {name} "
            "= {name}.clone() before."
        ).format(assignment=assignment, name=name),
    )


__all__: list[str] = []
