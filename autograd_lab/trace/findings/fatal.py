"""Why the tensor that backward was called on has no history."""

from __future__ import annotations

from . import cutting
from .cutting import Cut
from .facts import Facts
from .rebinding import rebinding_at
from .second_order import Derivatives

FLOAT_BACKWARD = tuple(
    f"'{kind}' object has no attribute 'backward'" for kind in ("float", "int", "bool")
)


def fatal_cut(facts: Facts) -> Cut | None:
    """Return what took the history of the tensor that backward was called on and refused.

    None also for `w = w - lr * w.grad` and for a derivative, which have rules of their own.
    """
    end = len(facts.events)
    if facts.raised(*FLOAT_BACKWARD):
        known = cutting.of_number(facts, facts.error_place)
        return known or Cut(end, "number", facts.error_place)
    if not facts.raised(cutting.NO_HISTORY) or facts.failed is None:
        return None
    root = next((ref for ref in facts.failed.inputs if not ref.requires_grad), None)
    if root is None or root.tensor in Derivatives(facts).origin:
        return None
    cut = cutting.behind(facts, root.tensor, end)
    if cut is None and facts.maker(root.tensor) is None:
        # What was made after a recording was full is not older than the cell.
        return Cut(end, "earlier", facts.error_place) if facts.trace.whole else None
    if cut is None:
        return _never_on(facts, root.tensor, end)
    where = facts.place(facts.events[cut.moment])
    return cut if rebinding_at(facts, where) is None else None


def _never_on(facts: Facts, tensor: int, before: int) -> Cut:
    """Return where something could have been told to require grad, or was told not to."""
    waiting, origins = [(tensor, before)], {}
    while waiting:
        current, moment = waiting.pop()
        made = facts.maker(current, moment)
        event = None if made is None else facts.events[made]
        if event is None or event.kind == "create" or not event.inputs:
            origins[current] = made
        elif made is not None:
            waiting += [(ref.tensor, made) for ref in event.inputs if ref.tensor != current]
    for moment, event in enumerate(facts.events):
        off = event.kind == "set" and event.text == "requires_grad" and not event.entered
        if off and any(ref.tensor in origins for ref in event.inputs):
            return Cut(moment, "requires_grad", facts.place(event))
    known = [moment for moment in origins.values() if moment is not None]
    if len(origins) == len(known) == 1:
        return Cut(known[0], "", facts.place(facts.events[known[0]]))
    return Cut(before, "", facts.error_place)


__all__ = ["fatal_cut"]
