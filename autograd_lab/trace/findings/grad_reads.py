"""Where the user's code found no gradient, and whether there ever was one."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from ..model import Event, Ref
from .code import assigned
from .facts import Facts
from .model import Place


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


def is_kept_none(facts: Facts, event: Event) -> bool:
    """Return whether the line that raised reads a variable that a read gave None to, for the last time.

    Or goes through one that was given a list or a dictionary of such.
    """
    place, failed = facts.place(event), facts.error_place
    tensors = {variable.name for variable in facts.trace.variables}
    loops = [s for s in facts.code.around(failed) if isinstance(s, ast.For)]
    lines = [failed, *(Place(failed.cell, loop.lineno) for loop in loops)]
    return any(
        any(facts.code.reads(line, name) for line in lines)
        and name not in tensors
        and place in facts.code.definitions(name, failed)
        for name in _names_for(facts, event)
    )


def is_kept(facts: Facts, event: Event) -> bool:
    """Return whether a gradient was given a name, which is used after backward() has run."""
    place = facts.place(event)
    filled = [facts.place(facts.events[first]) for first, _last in facts.passes]
    return bool(filled) and any(
        facts.code.reads(line, name)
        for name in _names_for(facts, event)
        for line in facts.code.lines_below(place)
        if (line.cell, line.number) > (filled[0].cell, filled[0].number or 0)
    )


def _names_for(facts: Facts, event: Event) -> list[str]:
    """Return the variables that a read's line gave what it found, alone or among other gradients."""
    return [
        name
        for name, value in assigned(facts.code.statement(facts.place(event)))
        if event.expression in map(ast.unparse, parts := _members(value))
        and all(isinstance(part, ast.Attribute) and part.attr == "grad" for part in parts)
    ]


def _members(value: ast.expr) -> list[ast.expr]:
    """Return what a list, a dictionary or a comprehension holds; else the value itself."""
    if isinstance(value, ast.List | ast.Tuple | ast.Set):
        return value.elts
    if isinstance(value, ast.Dict | ast.DictComp):
        return value.values if isinstance(value, ast.Dict) else [value.value]
    return [value.elt] if isinstance(value, ast.ListComp | ast.SetComp) else [value]


def put_back(facts: Facts, tensor: int, moment: int) -> bool:
    """Return whether `.grad` is set later: a read before that may only keep what was there."""
    return any(
        event.kind == "set"
        and event.text == "grad"
        and event.inputs[0].tensor == tensor
        and not facts.code.line(facts.place(event)).endswith("= None")
        for event in facts.events[moment + 1 :]
    )


__all__ = [
    "empty_reads",
    "has_pending_loss",
    "is_kept",
    "is_kept_none",
    "put_back",
    "reached",
    "was_reset",
]
