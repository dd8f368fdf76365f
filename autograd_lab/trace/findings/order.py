"""zero_grad, backward, clip and step in an order in which they miss each other."""

from __future__ import annotations

from collections.abc import Iterator

from ...i18n import _
from .calls import out_of_helpers, trains
from .facts import Facts
from .happenings import Gradients
from .model import Clue, Place
from .registry import rule


@rule(24, "zeroed-before-step")
def zeroed_before_step(facts: Facts) -> Iterator[Clue]:
    """The gradients were emptied between backward and step."""
    gradients, told = Gradients(facts), set()
    for moment, tensors in gradients.steps():
        latest = [gradients.before(t, moment, "grow", "zero", "step")[:2] for t in tensors]
        if _first_steps_are_early(gradients, tensors) or not all(
            [h.kind for h in pair] == ["zero", "grow"] for pair in latest
        ):
            continue
        grow = facts.events[latest[0][1].moment]
        place = _emptied_at(facts, latest[0][0].moment)
        if place not in told:
            told.add(place)
            yield Clue(
                place,
                _(
                    "The gradients from backward() ({back}) are emptied here, before the step ({step}) "
                    "could use them: the parameters do not move."
                ).format(
                    back=facts.spoken(facts.place(grow), place),
                    step=facts.spoken(facts.place(facts.events[moment]), place),
                ),
                _("The step reads .grad. After zeroing there is nothing in it: None, or zeros."),
                _("Zero before backward() or after the step, not between the two."),
            )


@rule(24, "zeroed-before-use", needs_all=True)
def zeroed_before_use(facts: Facts) -> Iterator[Clue]:
    """An update by hand finds no gradient, in every round: each was emptied before."""
    told = set()
    for happenings in Gradients(facts).of.values():
        kinds = [h.kind for h in happenings]
        starts = [i for i, kind in enumerate(kinds) if kind == "grow"]
        if len(starts) < 2 or any(kinds[i + 1 : i + 3] != ["zero", "miss"] for i in starts):
            continue
        miss = facts.events[happenings[starts[0] + 2].moment]
        place = _emptied_at(facts, happenings[starts[0] + 1].moment)
        if place not in told:
            told.add(place)
            yield Clue(
                place,
                _("The gradient is emptied here, before {line} reads it: it finds None.").format(
                    line=facts.spoken(facts.place(miss), place)
                ),
                _("An update needs the gradient that backward() has left in .grad."),
                _("Empty it after the update, or just before the next backward()."),
            )


def _emptied_at(facts: Facts, moment: int) -> Place:
    """Return where gradients were emptied; the call, where a helper does it."""
    return out_of_helpers(facts, facts.place(facts.events[moment]), moment, trains)


def _first_steps_are_early(gradients: Gradients, tensors: list[int]) -> bool:
    """Return whether these leaves were stepped before they ever had a gradient."""
    return all(
        next((h.kind for h in gradients.of[t] if h.kind in {"grow", "step"}), "") == "step"
        for t in tensors
    )


@rule(24, "step-before-backward")
def step_before_backward(facts: Facts) -> Iterator[Clue]:
    """The first step came before the first gradient."""
    gradients, told = Gradients(facts), set()
    # It may also have changed what the pass that follows still needs.
    fails = facts.raised("modified by an inplace operation")
    for moment, tensors in gradients.steps():
        event = facts.events[moment]
        place = facts.place(event)
        # A hook that makes the step once a leaf's gradient is complete runs inside of the pass.
        inside = any(first < moment < last for first, last in facts.passes)
        if (
            event.kind != "step"
            or inside
            or any(gradients.before(t, moment, "grow", "step") for t in tensors)
        ):
            continue
        grown = [gradients.after(t, moment, "grow") for t in tensors]
        if place not in told and all(grown):
            told.add(place)
            yield Clue(
                place,
                _(
                    "The step comes before backward() ({back}): in the first round there is no "
                    "gradient yet, later at best the one of the round before."
                ).format(back=facts.spoken(facts.place(facts.events[grown[0][0].moment]), place)),
                _(
                    "step() moves each parameter by its .grad. It does not compute gradients; that is "
                    "what backward() does."
                ),
                _("The order is: zero_grad(), forward, backward(), step()."),
                explains_error=fails,
            )


@rule(24, "clipped-too-late-or-too-early")
def clipped(facts: Facts) -> Iterator[Clue]:
    """Gradients were clipped after the step, or before they were computed."""
    gradients, told = Gradients(facts), set()
    for moment, event in enumerate(facts.events):
        place = facts.place(event)
        if event.kind != "clip" or place in told:
            continue
        latest = [
            gradients.before(r.tensor, moment, "grow", "zero", "step")[:1] for r in event.inputs
        ]
        kinds = {pair[0].kind if pair else "" for pair in latest}
        coming = any(gradients.after(r.tensor, moment, "grow") for r in event.inputs)
        if kinds == {"step"}:
            told.add(place)
            yield Clue(
                place,
                _("The gradients are clipped after the step, which has used them as they were."),
                _("Clipping changes .grad in place. It has an effect only on a step that follows."),
                _("Move this line between backward() and step()."),
            )
        elif kinds <= {"zero", ""} and coming:
            told.add(place)
            yield Clue(
                place,
                _("There is nothing to clip yet: backward() comes later and fills .grad anew."),
                _("Clipping changes the gradients that are there, not those to come."),
                _("Move this line between backward() and step()."),
            )


__all__: list[str] = []
