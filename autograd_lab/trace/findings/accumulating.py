"""Gradients that are added to what was there before."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from ...i18n import _
from ..model import Event
from .code import walk
from .facts import Facts, spelled
from .model import Clue, Place
from .registry import rule


@rule(7, "accumulated-grad")
def accumulated(facts: Facts) -> Iterator[Clue]:
    """A step was made with a gradient, the next one was added to it, and a step made with the sum."""
    told = {facts.place(facts.events[earlier]) for earlier, _event in left_over(facts)}
    for earlier, moment, event in additions(facts):
        if facts.place(event) not in told and (
            stepped(facts, event.node, earlier, moment)
            and stepped(facts, event.node, moment, len(facts.events))
        ):
            told.add(facts.place(event))
            yield clue(facts, event)


@rule(7, "left-by-another-loss")
def left_by_another(facts: Facts) -> Iterator[Clue]:
    """A step was made with a sum that holds what another optimizer's loss had left in `.grad`."""
    told = set()
    for earlier, event in left_over(facts):
        if facts.place(event) not in told:
            told.add(facts.place(event))
            before = facts.place(facts.events[earlier])
            why = _(
                "backward() fills the .grad of everything behind a loss, also of what another "
                "optimizer trains. What the pass in {line} left here, for another optimizer's step, "
                "now becomes a part of this one."
            ).format(line=facts.spoken(before, facts.place(event)))
            yield clue(facts, event, why)


def left_over(facts: Facts) -> Iterator[tuple[int, Event]]:
    """Yield a pass's contribution and the later one of another line that was added to it.

    Between them another optimizer made its step, and the later line's gradient was stepped with alone
    before: so the two are not meant to be summed.
    """
    alone: set[tuple[Place, int | None]] = set()
    waiting: dict[int | None, tuple[Place, int | None]] = {}
    for moment, event in enumerate(facts.events):
        if event.kind == "accumulate":
            here = facts.place(event), event.node
            empty = event.before is None or not any(event.before.numbers)
            waiting.pop(event.node, None)
            if empty and stepped(facts, event.node, moment, len(facts.events)):
                waiting[event.node] = here
        elif event.kind == "step":
            changed = {ref.node for ref in event.inputs}
            alone |= {here for node, here in waiting.items() if node in changed}
    for earlier, moment, event in additions(facts):
        if (facts.place(event), event.node) in alone and _is_foreign(facts, earlier, moment, event):
            yield earlier, event


def _is_foreign(facts: Facts, earlier: int, moment: int, event: Event) -> bool:
    """Return whether only another optimizer stepped between two passes of different lines."""
    return (
        facts.place(facts.events[earlier]) != facts.place(event)
        and any(e.kind == "step" for e in facts.events[earlier:moment])
        and not stepped(facts, event.node, earlier, moment)
        and stepped(facts, event.node, moment, len(facts.events))
    )


def additions(facts: Facts) -> Iterator[tuple[int, int, Event]]:
    """Yield each time a pass added to what an earlier one had left, with the moments of both.

    Not those between which the gradient was given or changed by hand, as momentum by hand does.
    """
    clipping = {facts.place(event) for event in facts.events if event.kind == "clip"}
    latest: dict[int | None, int] = {}
    by_hand: set[int | None] = set()
    begin = 0
    for moment, event in enumerate(facts.events):
        if event.kind == "backward":
            begin = moment
        elif event.kind == "accumulate":
            tensor = None if event.node is None else facts.nodes[event.node].tensor
            earlier = latest.get(event.node, begin)
            added = event.before is not None and any(event.before.numbers)
            if added and earlier < begin and tensor not in by_hand:
                yield earlier, moment, event
            latest[event.node] = moment
            by_hand.discard(tensor)
        elif facts.place(event) not in clipping:
            by_hand.add(_gradient_changed(facts, event))


def _gradient_changed(facts: Facts, event: Event) -> int | None:
    """Return the tensor whose gradient an event sets or writes to, if it does."""
    if event.kind == "set" and event.text == "grad":
        return event.inputs[0].tensor
    if event.kind == "inplace":
        return facts.trace.tensors[facts.memory(event.inputs[0].tensor)].gradient_of
    return None


def stepped(facts: Facts, leaf: int | None, start: int, end: int) -> bool:
    """Return whether the leaf was updated with its gradient before that was emptied."""
    tensor = None if leaf is None else facts.nodes[leaf].tensor
    if tensor is None:
        return False
    read = False
    for event in facts.events[start:end]:
        subject = event.inputs[0].tensor if event.inputs else None
        if event.kind == "step" and any(ref.tensor == tensor for ref in event.inputs):
            return True
        if empties(facts, event, tensor):
            return False
        if event.kind == "read" and subject == tensor:
            read = True
        if event.kind == "inplace" and read and _same_memory(facts, subject, tensor):
            return True
    return False


def _same_memory(facts: Facts, one: int | None, other: int) -> bool:
    return one is not None and facts.memory(one) == facts.memory(other)


def empties(facts: Facts, event: Event, tensor: int) -> bool:
    """Return whether an event resets the gradient of a tensor."""
    if event.kind == "zero_grad":
        return any(ref.tensor == tensor for ref in event.inputs)
    if event.kind == "set" and event.text == "grad":
        return event.inputs[0].tensor == tensor and event.after is None
    emptied = event.kind == "inplace" and event.text == "zero_"
    return emptied and _gradient_changed(facts, event) == tensor


def clue(facts: Facts, event: Event, why: str = "", note: bool = False) -> Clue:
    """Return what to say of a gradient that was added to what was there."""
    label = facts.nodes[event.node or 0].label
    name = f"{label}.grad" if label else _("the gradient of a parameter")
    return Clue(
        facts.place(event),
        _what(event, name),
        why
        or _(
            "backward() adds to .grad, it never replaces it, so that several losses can share one "
            "step. Here the old gradient had already been used."
        ),
        _fix(facts, name if label else "p.grad"),
        level="note" if note else "problem",
    )


def _what(event: Event, name: str) -> str:
    before, new, after = event.before, event.contribution, event.after
    if (
        before is None
        or new is None
        or after is None
        or not after.complete
        or len(after.numbers) > 6
    ):
        return _(
            "{name} was not empty when this backward pass came: the new gradient was added."
        ).format(name=name)
    return _("{name} still held {before}; this pass added {new}, which makes {after}.").format(
        name=name, before=spelled(before), new=spelled(new), after=spelled(after)
    )


def _fix(facts: Facts, name: str) -> str:
    named = _only_named(facts)
    if named:
        return _(
            "{named} only names the function; nothing is called without (): {named}()."
        ).format(named=named)
    return _(
        "If the sum is not meant, empty .grad before this line: optimizer.zero_grad(), or "
        "{name} = None for each leaf."
    ).format(name=name)


def _only_named(facts: Facts) -> str:
    """Return a `….zero_grad` that stands alone on a line, without being called."""
    for tree in facts.code.trees:
        for node in walk(tree):
            alone = node.value if isinstance(node, ast.Expr) else None
            if isinstance(alone, ast.Attribute) and alone.attr == "zero_grad":
                return ast.unparse(alone)
    return ""


__all__ = ["additions", "clue", "empties", "stepped"]
