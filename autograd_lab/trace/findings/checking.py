"""gradcheck with numbers that are too coarse for it."""

from __future__ import annotations

from collections.abc import Iterator

from ...i18n import _
from ..model import Event
from .facts import Facts
from .model import Clue, Place
from .registry import rule


@rule(27, "gradcheck-in-float32")
def single_precision(facts: Facts) -> Iterator[Clue]:
    """gradcheck failed, and something was float32."""
    for moment, event in enumerate(facts.events):
        if event.kind != "gradcheck" or not _failed(facts, event):
            continue
        coarse = [r for r in event.inputs if r.requires_grad and r.dtype == "float32"]
        made = facts.birth(coarse[0].tensor) if coarse else _narrowed(facts, moment)
        if made is None and not coarse:
            continue
        place = facts.place(made or event)
        yield _clue(facts, event, place, facts.name(coarse[0]) if coarse else "")
        return


def _failed(facts: Facts, event: Event) -> bool:
    """Return whether the check said that something is wrong."""
    raised = facts.raised("GradcheckError") and facts.place(event) == facts.error_place
    return raised or event.options == ("failed",)


def _narrowed(facts: Facts, moment: int) -> Event | None:
    """Return where the checked function turned float64 into float32."""
    for event in facts.events:
        wide = any(r.dtype == "float64" for r in event.inputs)
        if event.kind in {"op", "plain"} and wide and any(r.dtype == "float32" for r in event.outputs):
            return event
    return None


def _clue(facts: Facts, event: Event, place: Place, name: str) -> Clue:
    return Clue(
        place,
        _("{name} is float32: gradcheck ({line}) fails for that reason alone, whatever the derivative.").format(
            name=name or _("What is computed here"), line=facts.spoken(facts.place(event), place)
        ),
        _(
            "gradcheck moves each input by eps = 1e-6 and divides the difference by it. float32 has "
            "about 7 digits, so near 1 a difference of 1e-6 keeps one of them, and the quotient is "
            "wrong by several per cent."
        ),
        _("Check in double precision: dtype=torch.float64 (or .double()), for parameters too."),
        explains_error=bool(facts.trace.error),
    )


__all__: list[str] = []
