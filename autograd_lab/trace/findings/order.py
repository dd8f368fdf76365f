"""zero_grad, backward, clip and step in an order in which they miss each other."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from ...i18n import _
from ..model import Event
from .facts import Facts
from .model import Clue
from .registry import rule


@dataclass(frozen=True)
class Happening:
    """One thing that happened to the gradient of a leaf."""

    kind: str
    """`"grow"`, `"zero"`, `"step"`, `"clip"`, `"look"`, or `"miss"` for a look at None."""
    moment: int


class Gradients:
    """What happened to each leaf's gradient, in order."""

    def __init__(self, facts: Facts) -> None:
        """Read it from the events."""
        self.of: dict[int, list[Happening]] = defaultdict(list)
        self._facts = facts
        for moment, event in enumerate(facts.events):
            kind, tensors = self._meaning(event)
            for tensor in tensors:
                self.of[tensor].append(Happening(kind, moment))

    def _meaning(self, event: Event) -> tuple[str, list[int]]:
        given = [ref.tensor for ref in event.inputs]
        if event.kind == "accumulate" and event.node is not None:
            tensor = self._facts.nodes[event.node].tensor
            return "grow", [] if tensor is None else [tensor]
        if event.kind in {"zero_grad", "step", "clip"}:
            return {"zero_grad": "zero"}.get(event.kind, event.kind), given
        if event.kind == "set" and event.text == "grad":
            return ("zero" if event.after is None else "look"), given[:1]
        if event.kind == "read":
            return ("miss" if event.after is None else "look"), given[:1]
        if event.kind == "inplace" and given:
            return self._written(event, given[0])
        return "", []

    def _written(self, event: Event, tensor: int) -> tuple[str, list[int]]:
        leaf = self._facts.trace.tensors[self._facts.memory(tensor)].gradient_of
        if leaf is not None:
            return ("zero" if event.text == "zero_" else "look"), [leaf]
        by_gradient = "grad" in self._facts.code.line(self._facts.place(event))
        return ("step", [self._facts.memory(tensor)]) if by_gradient else ("", [])

    def before(self, tensor: int, moment: int, *kinds: str) -> list[Happening]:
        """Return the happenings of these kinds before a moment, the latest first."""
        return [h for h in reversed(self.of[tensor]) if h.moment < moment and h.kind in kinds]

    def after(self, tensor: int, moment: int, *kinds: str) -> list[Happening]:
        """Return the happenings of these kinds after a moment."""
        return [h for h in self.of[tensor] if h.moment > moment and h.kind in kinds]

    def steps(self) -> list[tuple[int, list[int]]]:
        """Return each step: its moment, and the leaves with a gradient at any time."""
        found: dict[int, list[int]] = defaultdict(list)
        for tensor, happenings in self.of.items():
            if any(h.kind == "grow" for h in happenings):
                for happening in happenings:
                    if happening.kind == "step":
                        found[happening.moment].append(tensor)
        return sorted(found.items())


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
        zero, grow = (facts.events[h.moment] for h in latest[0])
        place = facts.place(zero)
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


@rule(24, "zeroed-before-use")
def zeroed_before_use(facts: Facts) -> Iterator[Clue]:
    """An update by hand finds no gradient, in every round: each was emptied before."""
    told = set()
    for happenings in Gradients(facts).of.values():
        kinds = [h.kind for h in happenings]
        starts = [i for i, kind in enumerate(kinds) if kind == "grow"]
        if len(starts) < 2 or any(kinds[i + 1 : i + 3] != ["zero", "miss"] for i in starts):
            continue
        zero, miss = (facts.events[happenings[starts[0] + i].moment] for i in (1, 2))
        place = facts.place(zero)
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


def _first_steps_are_early(gradients: Gradients, tensors: list[int]) -> bool:
    """Return whether these leaves were stepped before they ever had a gradient."""
    return all(
        next((h.kind for h in gradients.of[t] if h.kind in {"grow", "step"}), "") == "step"
        for t in tensors
    )


@rule(24, "step-before-backward")
def step_before_backward(facts: Facts) -> Iterator[Clue]:
    """The first step came before the first gradient."""
    gradients = Gradients(facts)
    told = set()
    for moment, tensors in gradients.steps():
        event = facts.events[moment]
        place = facts.place(event)
        if event.kind != "step" or any(
            gradients.before(t, moment, "grow", "step") for t in tensors
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


@rule(24, "zeroed-between-losses")
def zeroed_between_losses(facts: Facts) -> Iterator[Clue]:
    """One loss's gradients were thrown away before the step that was to use both."""
    gradients = Gradients(facts)
    steps = [
        (moment, tensors)
        for moment, tensors in gradients.steps()
        if facts.events[moment].kind == "step"
    ]
    lost = [_lost_pass(facts, gradients, moment, tensors) for moment, tensors in steps]
    if not lost or any(zero is None for zero in lost):
        return
    zero = facts.events[lost[0] or 0]
    yield Clue(
        facts.place(zero),
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
    start = max((m for m, _t in gradients.steps() if m < moment), default=0)
    for first, last in facts.passes:
        if not start <= first < moment:
            continue
        leaves = [h for t in gradients.of for h in gradients.of[t] if first <= h.moment <= last]
        grown = [t for t in gradients.of if any(h.kind == "grow" and first <= h.moment <= last
                                                for h in gradients.of[t])]  # fmt: skip
        if not leaves or not grown:
            continue
        nexts = [gradients.after(t, last, "zero", "step", "look", "grow")[:1] for t in grown]
        if all(n and n[0].kind == "zero" and n[0].moment < moment for n in nexts) and any(
            t in tensors for t in grown
        ):
            zero = nexts[0][0].moment
            if any(
                zero < h.moment < moment
                for t in tensors
                for h in gradients.of[t]
                if h.kind == "grow"
            ):
                return zero
    return None


__all__: list[str] = []
