"""The options of autograd.grad for inputs that play no part: allow_unused and materialize_grads."""

from __future__ import annotations

from collections.abc import Iterator

from ...i18n import _
from ..model import Event, Ref
from .code import root_of
from .cutting import cut_off
from .facts import Facts
from .forgotten import STEPS, led_to
from .model import Clue, Place
from .parameters import ever_fed
from .registry import rule
from .unused import last_use


@rule(16, "none-from-allow-unused", needs_all=True)
def none_from_grad(facts: Facts) -> Iterator[Clue]:
    """autograd.grad with allow_unused gave None, and that was computed with."""
    if not facts.raised("NoneType"):
        return
    for moment, event in enumerate(facts.events):
        if event.kind != "gradients" or len(event.outputs) == len(event.inputs):
            continue
        spans = [s for s in facts.passes if s[0] < moment]
        leading = facts.ancestors(facts.roots(spans[-1]) if spans else [])
        missing = [r for r in event.inputs if r.node is None or r.node not in leading]
        if missing:
            yield _none_given(facts, event, missing[0])
            return


def _none_given(facts: Facts, event: Event, missing: Ref) -> Clue:
    name = facts.name(missing) or _("one of the inputs")
    others = [ref.tensor for ref in event.inputs if ref.tensor != missing.tensor]
    place = facts.place(event)
    line = facts.spoken(last_use(facts, others) or place, place)
    return Clue(
        place,
        _(
            "The result ({line}) was computed without {name}: allow_unused=True gives None for it."
        ).format(name=name, line=line),
        _("None says that there is no way from the result to {name}.").format(name=name),
        _(
            "Use {name} in the computation, or ask for materialize_grads=True, which gives zeros "
            "instead of None."
        ).format(name=name),
        explains_error=True,
    )


@rule(16, "grad-is-always-none")
def always_none(facts: Facts) -> Iterator[Clue]:
    """autograd.grad never finds the only leaf that it is asked for, and the leaf is to be updated."""
    if facts.error is not None or not facts.trace.whole:
        return
    calls: dict[tuple[Place, int], list[Event]] = {}
    found = ever_fed(facts)
    for event in facts.trace.of_kind("gradients"):
        if len(event.inputs) == 1 and not event.outputs:
            calls.setdefault((facts.place(event), event.inputs[0].tensor), []).append(event)
        elif event.outputs:
            found |= {ref.tensor for ref in event.inputs}
    for (place, tensor), events in calls.items():
        if len(events) < STEPS or tensor not in facts.moved - found:
            continue
        if not any(cut_off(facts, [events[0].inputs[0].node], False)):
            yield _always_none(facts, place, events)


def _always_none(facts: Facts, place: Place, events: list[Event]) -> Clue:
    leaf = events[-1].inputs[0]
    name = facts.name(leaf) or _("This input")
    led = led_to(facts, leaf.tensor)
    reached = [v.name for v in facts.trace.variables if v.node in led and v.tensor != leaf.tensor]
    fix = _("Differentiate a result that {name} leads to.")
    if reached:
        fix = _("{name} leads to {other}: is the result to be computed from that?")
    return Clue(
        place,
        _(
            "{root} does not depend on {name}: all {count} calls give None, so it never learns."
        ).format(
            root=root_of(events[-1].expression) or _("The result"), name=name, count=len(events)
        ),
        _(
            "None says that there is no way from the result to {name}. Without allow_unused=True the "
            "first call would have raised an error."
        ).format(name=name),
        fix.format(name=name, other=reached[-1] if reached else ""),
    )


@rule(16, "zeros-but-not-unused")
def contradicting_options(facts: Facts) -> Iterator[Clue]:
    """materialize_grads=True was asked for together with allow_unused=False."""
    if facts.raised("Expected allow_unused to be True or not passed when materialize_grads"):
        yield Clue(
            facts.error_place,
            _(
                "materialize_grads=True gives zeros for unused inputs; allow_unused=False forbids them."
            ),
            _(
                "An input that the result does not depend on has no gradient. allow_unused says whether "
                "that may be, and materialize_grads that zeros are to stand for None."
            ),
            _("Leave allow_unused=False out."),
            explains_error=True,
        )


__all__: list[str] = []
