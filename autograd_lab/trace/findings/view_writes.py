"""Views that may not be written to."""

from __future__ import annotations

from collections.abc import Iterator

from ...i18n import _
from .facts import Facts
from .model import Clue
from .registry import rule
from .writing import out_of_place


@rule(20, "view-of-many-written")
def view_of_many(facts: Facts) -> Iterator[Clue]:
    """One of several views made by a single call was written to."""
    if not facts.raised("output of a function that returns multiple views"):
        return
    made = facts.failed_on
    place = facts.place(made) if made else facts.error_place
    call = (made.expression or made.text).splitlines()[0].rstrip(":") if made else _("The call")
    yield Clue(
        place,
        _("{call} gives several views at once; {line} writes into one of them.").format(
            call=call, line=facts.spoken(facts.error_place, place)
        ),
        _(
            "All of them belong to one operation of the graph. A write to one view would have to "
            "change the history of the others, and that is not supported."
        ),
        _(
            "Write out of place ({example}), and put the parts together with torch.cat or torch.stack."
        ).format(example=out_of_place(facts.code.line(facts.error_place))),
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


__all__: list[str] = []
