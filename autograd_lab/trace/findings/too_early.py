"""`.grad` before the first backward pass."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import replace

from ...i18n import _
from ..model import Event
from .calls import out_of_helpers, trains
from .code import expression, receiver
from .cutting import tested_for_none
from .facts import Facts
from .grad_reads import (
    empty_reads,
    has_pending_loss,
    is_kept,
    is_kept_none,
    put_back,
    reached,
    was_reset,
)
from .model import Clue, Place
from .registry import rule


@rule(25, "grad-is-none-yet", needs_all=True)
def none_yet(facts: Facts) -> Iterator[Clue]:
    """`.grad` was None, and the code went on as if it held a gradient."""
    if not facts.raised("NoneType") or facts.raised("object is not callable"):
        return
    for moment, event in reversed(list(empty_reads(facts))):
        if facts.place(event) != facts.error_place and not is_kept_none(facts, event):
            continue
        tensor = event.inputs[0].tensor
        reset = was_reset(facts, tensor, moment)
        if reset or _comes_first(facts, event, moment):
            yield _none_clue(facts, moment, reset, explains_error=True)
        return


@rule(25, "grad-read-too-early", needs_all=True)
def too_early(facts: Facts) -> Iterator[Clue]:
    """`.grad` was read before backward, after the loss was computed, and never again."""
    told = set()
    for moment, event in empty_reads(facts):
        tensor, place = event.inputs[0].tensor, facts.place(event)
        if (
            place not in told
            and place != facts.error_place
            and not any(first < moment for first, _last in facts.passes)
            and (_was_used(facts, tensor, moment) or is_kept(facts, event))
            and not _read_later(facts, event, moment)
            and not put_back(facts, tensor, moment)
            and not tested_for_none(facts, event)
            and not _stepped_later(facts, tensor, moment)
        ):
            told.add(place)
            # Perhaps backward() comes in a cell that has not run yet.
            came = reached(facts, tensor, facts.passes)
            clue = _none_clue(facts, moment, reset=False)
            yield clue if came else replace(clue, level="note")


def _comes_first(facts: Facts, event: Event, moment: int) -> bool:
    """Return whether no backward pass before a read can have been meant to fill that gradient."""
    ref = event.inputs[0]
    before = [
        first
        for first, last in facts.passes
        if last < moment and facts.events[first].text == "backward"
    ]
    born = facts.maker(ref.tensor, moment) or 0
    return not before or born > before[-1] or has_pending_loss(facts, ref, moment)


@rule(25, "grad-result-dropped")
def result_dropped(facts: Facts) -> Iterator[Clue]:
    """autograd.grad stands alone on a line, and then `.grad` is read, which it does not fill."""
    for first, last in facts.passes:
        event = facts.events[first]
        statement = facts.code.statement(facts.place(event))
        alone = isinstance(statement, ast.Expr) and ast.unparse(statement).endswith(
            ast.unparse(expression(event.expression) or statement)
        )
        asked = {ref.tensor for ref in event.outputs}
        if event.text != "grad" or not alone or not event.expression:
            continue
        for moment, read in empty_reads(facts):
            if (
                moment > last
                and read.inputs[0].tensor in asked
                and not tested_for_none(facts, read)
            ):
                yield _dropped(facts, event, read)
                return


def _dropped(facts: Facts, event: Event, read: Event) -> Clue:
    place, name = facts.place(event), receiver(read.expression) or "x"
    return Clue(
        place,
        _("The gradient is thrown away here, and {name}.grad stays None ({line}).").format(
            name=name, line=facts.spoken(facts.place(read), place)
        ),
        _(
            "autograd.grad returns the gradients and leaves .grad alone; it is backward() that fills it."
        ),
        _("Keep what it returns: g, = {call}. Or call backward() on the loss.").format(
            call=event.expression
        ),
        explains_error=facts.place(read) == facts.error_place,
    )


@rule(25, "grad-is-no-method")
def no_method(facts: Facts) -> Iterator[Clue]:
    """`x.grad()`: the attribute was called."""
    asked = facts.error.expression if facts.error is not None else ""
    if facts.raised("object is not callable") and asked.endswith(".grad()"):
        name = asked.removesuffix("()")
        yield Clue(
            facts.error_place,
            _("{name} is an attribute, and the brackets call what is in it.").format(name=name),
            _(
                "It holds the gradient, a tensor, or None where there is none yet. Neither can be "
                "called."
            ),
            _("Without the brackets: {name}.").format(name=name),
            explains_error=True,
        )


@rule(8, "grad-of-a-constant", needs_all=True)
def of_a_constant(facts: Facts) -> Iterator[Clue]:
    """`.grad` of a tensor that does not require grad was used as if it held a gradient."""
    if not facts.raised("NoneType"):
        return
    for event in facts.trace.of_kind("read"):
        ref = event.inputs[0]
        if facts.place(event) != facts.error_place or event.after is not None or ref.requires_grad:
            continue
        place = facts.place(facts.birth(ref.tensor) or event)
        yield Clue(
            place,
            _("{name} does not require grad, so its .grad is None in {line}, and stays so.").format(
                name=receiver(event.expression) or facts.name(ref) or "x",
                line=facts.spoken(facts.error_place, place),
            ),
            _(
                "backward() computes gradients only for tensors of which this was asked; all others "
                "are constants to it."
            ),
            _("Say requires_grad=True where it is made, before it is used."),
            explains_error=True,
        )
        return


def _called_too_early(facts: Facts, moment: int) -> Place:
    """Return the line of a read; of one in a helper that only looks at gradients, its call."""
    event = facts.events[moment]
    birth = facts.birth(event.inputs[0].tensor)
    recorded = [e for e in [birth, *facts.trace.of_kind("op")] if e is not None]
    place = facts.place(event)
    if "_like(" in facts.code.line(place):
        return place  # only the shape is wanted, and the leaf has that as well

    def belongs(scope: ast.AST) -> bool:
        computes = any(scope in facts.code.around(facts.place(each)) for each in recorded)
        return computes or trains(scope) or getattr(scope, "name", "") == "__init__"

    return out_of_helpers(facts, place, moment, belongs)


def _none_clue(facts: Facts, moment: int, reset: bool, explains_error: bool = False) -> Clue:
    event = facts.events[moment]
    place, read = _called_too_early(facts, moment), facts.place(event)
    name = receiver(event.expression) or facts.name(event.inputs[0]) or "x"
    what = _("{name}.grad is still None here: no backward pass has filled it.")
    if place != read:
        name = facts.parameter(event.inputs[0].tensor) or name
        what = _("{name}.grad is still None when {line} reads it: no backward pass has filled it.")
    if reset:
        what = _("{name}.grad is None again here.")
        why = _("zero_grad() sets .grad to None: there is no tensor until the next backward pass.")
        fix = _("Leave out the zeroing by hand: optimizer.zero_grad() has done it.")
        if "zero_" not in facts.code.line(read):
            fix = _("Read it between backward() and zero_grad().")
    else:
        why = _(
            ".grad is None from the beginning. It is the first backward pass that reaches {name} "
            "which makes the tensor; None is not zero, it is no tensor at all."
        ).format(name=name)
        fix = (
            _("Call backward() on the loss first, then read {name}.grad.").format(name=name)
            if "zero_" not in facts.code.line(read)
            else _("Zero it after the update, at the end of the loop: then there is one.")
        )
    return Clue(
        place,
        what.format(name=name, line=facts.spoken(read, place)),
        why,
        fix,
        explains_error=explains_error,
    )


def _was_used(facts: Facts, tensor: int, moment: int) -> bool:
    return any(
        event.kind == "op" and any(ref.tensor == tensor for ref in event.inputs)
        for event in facts.events[:moment]
    )


def _read_later(facts: Facts, event: Event, moment: int) -> bool:
    """Return whether the same tensor's gradient, or that of a new one of the same name, is read later."""
    return any(
        later.kind == "read"
        and (
            later.inputs[0].tensor == event.inputs[0].tensor
            or (later.after is not None and later.expression == event.expression)
        )
        for later in facts.events[moment + 1 :]
    )


def _stepped_later(facts: Facts, tensor: int, moment: int) -> bool:
    return any(
        event.kind in {"step", "clip"} and any(ref.tensor == tensor for ref in event.inputs)
        for event in facts.events[moment + 1 :]
    )


__all__: list[str] = []
