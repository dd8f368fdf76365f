"""Where the user's code found no gradient, and whether there ever was one."""

from __future__ import annotations

from collections.abc import Iterator

from ..model import Event, Ref
from .facts import Facts


def empty_reads(facts: Facts) -> Iterator[tuple[int, Event]]:
    """Yield where `.grad` of a leaf that requires grad was read and was None."""
    for moment, event in enumerate(facts.events):
        if event.kind == "read" and event.text == "grad" and event.after is None and event.inputs:
            ref = event.inputs[0]
            if ref.is_leaf and ref.requires_grad:
                yield moment, event


def reached(facts: Facts, tensor: int, spans: list[tuple[int, int]]) -> bool:
    """Return whether a leaf's gradient grew in one of these passes."""
    return any(
        event.node is not None and facts.nodes[event.node].tensor == tensor
        for span in spans
        for event in facts.during(span, "accumulate")
    )


def was_reset(facts: Facts, tensor: int, moment: int) -> bool:
    """Return whether a gradient that once was there had been set to None."""
    filled = facts.birth(tensor) is None
    for event in facts.events[:moment]:
        mine = any(ref.tensor == tensor for ref in event.inputs)
        is_set = mine and (event.kind, event.text) == ("set", "grad")
        if filled and mine and (event.kind == "zero_grad" or (is_set and event.after is None)):
            return True
        grown = event.kind == "accumulate" and event.node is not None
        filled |= is_set or (grown and facts.nodes[event.node or 0].tensor == tensor)
    return False


def has_pending_loss(facts: Facts, leaf: Ref, moment: int) -> bool:
    """Return whether a single number was computed from a leaf that no backward pass has walked yet.

    It is newer than the last pass, so that backward() on it may be what is missing.
    """
    done = [span for span in facts.passes if span[0] < moment]
    since = done[-1][0] if done else 0
    walked = {root for span in done for root in facts.roots(span)}
    return any(
        event.kind == "op"
        and event.node is not None
        and event.node not in walked
        and any(ref.shape == () for ref in event.outputs)
        and leaf.node in facts.ancestors([event.node])
        for event in facts.events[since:moment]
    )


__all__ = ["empty_reads", "has_pending_loss", "reached", "was_reset"]
