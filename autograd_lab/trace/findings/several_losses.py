"""Several losses for one step, and zero_grad between them."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from ...i18n import _
from ..model import Event
from .code import expression
from .facts import Facts
from .happenings import Gradients
from .model import Clue
from .registry import rule

HOOKS = (
    "register_hook",
    "register_post_accumulate_grad_hook",
    "register_full_backward_hook",
    "register_full_backward_pre_hook",
)
Span = tuple[int, int]


@rule(24, "zeroed-between-losses", needs_all=True)
def zeroed_between_losses(facts: Facts) -> Iterator[Clue]:
    """One loss's gradients were thrown away before the step that was to use both."""
    if any(map(facts.code.reads_attribute, HOOKS)):  # they may have used the gradients
        return
    gradients = Gradients(facts)
    steps = [
        (moment, tensors)
        for moment, tensors in gradients.steps()
        if facts.events[moment].kind == "step"
    ]
    lost = [_lost_pass(facts, gradients, moment, tensors) for moment, tensors in steps]
    if not lost or any(zero is None for zero in lost):
        return
    zero = lost[0] or 0
    # A single step may be the first one of the right kind, after some looking around.
    if len(lost) == 1 and not _was_computed(facts, zero, steps[0][0]):
        return
    yield Clue(
        facts.place(facts.events[zero]),
        _(
            "The gradients of the backward pass before are emptied here, unused: the step is made "
            "with those of the last loss alone."
        ),
        _("backward() adds to .grad, so that several losses can share one step."),
        _(
            "Zero once per step, before the first backward(). Or add the losses: (a + b).backward()."
        ),
    )


def _lost_pass(facts: Facts, gradients: Gradients, moment: int, tensors: list[int]) -> int | None:
    """Return when a pass's gradients were emptied before a step, none of them ever used."""
    if _has_closure(facts.events[moment]):
        return None
    start = max((m for m, _t in gradients.steps() if m < moment), default=0)
    for span in facts.passes:
        if start <= span[0] < moment and not _is_looked_at(facts, span, moment):
            zero = _zero_after(gradients, span, moment, tensors)
            if zero is not None:
                return zero
    return None


def _zero_after(gradients: Gradients, span: Span, moment: int, tensors: list[int]) -> int | None:
    """Return when all that a pass gave was emptied, if the step then used what came later."""
    first, last = span
    grown = [
        tensor
        for tensor, happenings in gradients.of.items()
        if any(h.kind == "grow" and first <= h.moment <= last for h in happenings)
    ]
    nexts = [gradients.after(t, last, "zero", "step", "look", "grow")[:1] for t in grown]
    if not all(n and n[0].kind == "zero" and n[0].moment < moment for n in nexts):
        return None
    if not any(tensor in tensors for tensor in grown):
        return None
    zero = nexts[0][0].moment
    later = (h for tensor in tensors for h in gradients.after(tensor, zero, "grow"))
    return zero if any(h.moment < moment for h in later) else None


def _has_closure(step: Event) -> bool:
    """Return whether a step was given a function, which empties and fills the gradients as it needs."""
    call = expression(step.expression)
    return isinstance(call, ast.Call) and bool(call.args or call.keywords)


def _is_looked_at(facts: Facts, span: Span, moment: int) -> bool:
    """Return whether a pass served a look: at the gradient of a result, or at what clipping returns."""
    for event in facts.during((span[1], moment), "read", "clip", "backward"):
        if event.kind == "backward":
            return False
        is_result = event.kind == "read" and "retains_grad" in event.options
        statement = facts.code.statement(facts.place(event))
        if is_result or (event.kind == "clip" and not isinstance(statement, ast.Expr)):
            return True
    return False


def _was_computed(facts: Facts, zero: int, step: int) -> bool:
    """Return whether a loss that was walked between two moments was there at the first of them."""
    return any(
        facts.made_at.get(root, zero) < zero
        for span in facts.passes
        if zero < span[0] < step
        for root in facts.roots(span)
    )


__all__: list[str] = []
