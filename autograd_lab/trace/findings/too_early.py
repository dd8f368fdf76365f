"""`.grad` before the first backward pass."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from ...i18n import _
from ..model import Event
from .code import receiver
from .cutting import tested_for_none
from .facts import Facts
from .grad_reads import empty_reads, reached, was_reset
from .model import Clue
from .registry import rule


@rule(25, "grad-is-none-yet")
def none_yet(facts: Facts) -> Iterator[Clue]:
    """`.grad` was None, and the code went on as if it held a gradient."""
    if not facts.raised("'NoneType'") or facts.raised("object is not callable"):
        return
    for moment, event in reversed(list(empty_reads(facts))):
        if facts.place(event) != facts.error_place:
            continue
        tensor = event.inputs[0].tensor
        reset = was_reset(facts, tensor, moment)
        before = [span for span in facts.passes if span[1] < moment]
        if reset or not any(facts.events[first].text == "backward" for first, _last in before):
            yield _none_clue(facts, event, reset, explains_error=True)
        return


@rule(25, "grad-read-too-early")
def too_early(facts: Facts) -> Iterator[Clue]:
    """`.grad` was read before backward, after the loss was computed, and never again."""
    told = set()
    for moment, event in empty_reads(facts):
        tensor, place = event.inputs[0].tensor, facts.place(event)
        if (
            place not in told
            and place != facts.error_place
            and not any(first < moment for first, _last in facts.passes)
            and _was_used(facts, tensor, moment)
            and not _read_later(facts, event, moment)
            and not tested_for_none(facts, event)
            and not _stepped_later(facts, tensor, moment)
        ):
            told.add(place)
            # Perhaps backward() comes in a cell that has not run yet.
            came = reached(facts, tensor, facts.passes)
            clue = _none_clue(facts, event, reset=False)
            yield clue if came else replace(clue, level="note")


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


@rule(8, "grad-of-a-constant")
def of_a_constant(facts: Facts) -> Iterator[Clue]:
    """`.grad` of a tensor that does not require grad was used as if it held a gradient."""
    if not facts.raised("'NoneType'"):
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


def _none_clue(facts: Facts, event: Event, reset: bool, explains_error: bool = False) -> Clue:
    name = receiver(event.expression) or facts.name(event.inputs[0]) or "x"
    if reset:
        why = _("zero_grad() sets .grad to None: there is no tensor until the next backward pass.")
        fix = _("Leave out the zeroing by hand: optimizer.zero_grad() has done it.")
        if "zero_" not in facts.code.line(facts.place(event)):
            fix = _("Read it between backward() and zero_grad().")
    else:
        why = _(
            ".grad is None from the beginning. It is the first backward pass that reaches {name} "
            "which makes the tensor; None is not zero, it is no tensor at all."
        ).format(name=name)
        fix = (
            _("Call backward() on the loss first, then read {name}.grad.").format(name=name)
            if "zero_" not in facts.code.line(facts.place(event))
            else _("Zero it after the update, at the end of the loop: then there is one.")
        )
    return Clue(
        facts.place(event),
        _("{name}.grad is still None here: no backward pass has filled it.").format(name=name)
        if not reset
        else _("{name}.grad is None again here.").format(name=name),
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
