"""Gradients that were read as if they were one function's, and are sums."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache

from ...i18n import _
from ..model import Event
from .accumulating import additions, clue, empties, stepped
from .calls import loops
from .code import assigned
from .cutting import tested_for_none
from .facts import Facts
from .model import Clue
from .registry import rule


@rule(7, "accumulated-between-reads", needs_all=True)
def read_between(facts: Facts) -> Iterator[Clue]:
    """A gradient was read, then another function's was added to it and read again.

    Where the program empties it, or makes steps with it, sums are what it works with.
    """
    told = set()
    is_managed = cache(lambda leaf: _is_managed(facts, leaf))  # which reads all events
    for earlier, moment, event in additions(facts):
        place = facts.place(event)
        same = _root(facts, earlier) == _root(facts, moment)
        if place in told or same or is_managed(event.node):
            continue
        if stepped(facts, event.node, earlier, moment):  # accumulated-grad tells that
            continue
        before = _reads(facts, event.node, earlier, moment)
        after = _reads(facts, event.node, moment, len(facts.events))
        if before and after:
            told.add(place)
            one = _one_tensor(facts, moment, before[-1], after[0])
            yield one or clue(facts, event, note=not _is_collected(facts, event, before + after))


@rule(7, "accumulated-after-training", needs_all=True)
def read_after_steps(facts: Facts) -> Iterator[Clue]:
    """A step was made with a gradient, another was added, and the sum is read, not stepped with.

    Not in a loop, which may empty the gradient when it comes round.
    """
    told = set()
    end = len(facts.events)
    for earlier, moment, event in additions(facts):
        if (
            facts.place(event) not in told
            and not loops(facts, facts.place(event))
            and stepped(facts, event.node, earlier, moment)
            and not _used_later(facts, event.node, moment)
            and _reads(facts, event.node, moment, end)
        ):
            told.add(facts.place(event))
            yield clue(facts, event)


def _is_managed(facts: Facts, leaf: int | None) -> bool:
    """Return whether the program ever empties a leaf's gradient, or makes a step with it."""
    tensor = None if leaf is None else facts.nodes[leaf].tensor
    return tensor is None or any(
        empties(facts, event, tensor)
        or (event.kind == "step" and any(ref.tensor == tensor for ref in event.inputs))
        for event in facts.events
    )


def _used_later(facts: Facts, leaf: int | None, moment: int) -> bool:
    """Return whether a step, or another pass, follows that the gradient may be meant for."""
    tensor = None if leaf is None else facts.nodes[leaf].tensor
    return stepped(facts, leaf, moment, len(facts.events)) or any(
        (event.kind == "accumulate" and event.node == leaf)
        or (tensor is not None and empties(facts, event, tensor))
        for event in facts.events[moment + 1 :]
    )  # fmt: skip


def _reads(facts: Facts, leaf: int | None, start: int, end: int) -> list[Event]:
    """Return where the leaf's `.grad` was read for its value between two moments."""
    tensor = None if leaf is None else facts.nodes[leaf].tensor
    return [
        event
        for event in facts.events[start:end]
        if event.kind == "read" and event.inputs and event.inputs[0].tensor == tensor
        if not tested_for_none(facts, event)
    ]


def _root(facts: Facts, moment: int) -> int | None:
    """Return the node that the pass around a moment started from."""
    start = max((first for first, last in facts.passes if first <= moment <= last), default=None)
    return None if start is None else facts.events[start].node


def _is_collected(facts: Facts, event: Event, reads: list[Event]) -> bool:
    """Return whether a loop computes with the gradient after each pass; printing it may be a lesson."""
    around = loops(facts, facts.place(event))
    statements = [facts.code.statement(facts.place(read)) for read in reads]
    return bool(around) and not any(
        isinstance(s, ast.Assert) or (isinstance(s, ast.Expr) and "print(" in ast.unparse(s))
        for s in statements
    )


def _one_tensor(facts: Facts, moment: int, before: Event, after: Event) -> Clue | None:
    """Return what to say of two variables that are the same `.grad`."""
    latest = max((f for f, last in facts.passes if f <= moment <= last), default=0)
    if "create_graph" in facts.events[latest].options:  # its sums are new tensors
        return None
    sides = []
    for read in (before, after):
        pairs = assigned(facts.code.statement(facts.place(read)))
        sides += [name for name, value in pairs if ast.unparse(value) == read.expression]
    if len(sides) != 2 or sides[0] == sides[1] or not all(s.isidentifier() for s in sides):
        return None
    return Clue(
        facts.place(facts.events[moment]),
        _(
            "{one} and {other} are the same tensor, {grad}: this pass added to it, and both now "
            "show the sum."
        ).format(one=sides[0], other=sides[1], grad=before.expression),
        _(
            "backward() adds to .grad in place. A variable that was set to {grad} is no copy: it "
            "changes, too."
        ).format(grad=before.expression),
        _("Keep a copy and begin anew: {one} = {grad}.clone(), then {grad} = None.").format(
            one=sides[0], grad=before.expression
        ),
    )


__all__: list[str] = []
