"""Results that were computed from a parameter and then left out of the loss."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from ...i18n import _
from ..model import Event
from .code import assigned, expression, walk
from .facts import Facts
from .forgotten import (
    Idle,
    end_of_loss,
    idle_parameters,
    is_plain_name,
    led_to,
    left_out,
    not_enough,
    used_each_time,
)
from .model import Clue, Place
from .registry import rule


@rule(16, "parameter-without-effect", needs_all=True)
def without_effect(facts: Facts) -> Iterator[Clue]:
    """What is made of a parameter before every step has a name that nothing reads."""
    told: set[Place] = set()
    stepped = list(idle_parameters(facts))
    for idle in [*stepped, *left_out(facts)]:
        last = _last_tip(facts, idle)
        if not idle.others or last is None or not used_each_time(facts, idle):
            continue
        name, certain = _unread(facts, last)
        # Without an optimizer a result at the top of a cell may be for a cell that has not run yet.
        enough = idle in stepped or (certain and facts.code.scope(facts.place(last)) is not None)
        place = end_of_loss(facts, last)
        if name and enough and place is not None and place not in told:
            told.add(place)
            yield _clue(facts, idle, name, facts.spoken(facts.place(last), place), place, certain)


def _clue(facts: Facts, idle: Idle, name: str, line: str, place: Place, certain: bool) -> Clue:
    return Clue(
        place,
        _(
            "{parameter} goes into {name} ({line}), and the loss does not use {name}: no gradient comes."
        ).format(parameter=idle.name or _("A parameter"), name=name, line=line),
        not_enough(),
        _("Should {name} take part? Then use it on the way to the loss.").format(name=name),
        level="problem" if certain else "note",
    )


def _last_tip(facts: Facts, idle: Idle) -> Event | None:
    """Return the last operation that a parameter led to; None if its value left the graph."""
    led = led_to(facts, idle.ref.tensor)
    after = [
        event
        for event in facts.events
        if event.kind in {"op", "plain", "detach"}
        and any(r.node is not None and r.node in led for r in event.inputs)
        and not _is_a_copy(event, idle)
    ]
    return after[-1] if after and all(event.kind == "op" for event in after) else None


def _is_a_copy(event: Event, idle: Idle) -> bool:
    """Return whether the parameter itself was detached, as one does to see later how far it moved."""
    itself = event.inputs[0].tensor == idle.ref.tensor
    return event.kind == "detach" and itself and bool(event.outputs)


def _unread(facts: Facts, tip: Event) -> tuple[str, bool]:
    """Return the variable that holds a result and is never read, and whether that is certain.

    What a function returns beside other things may be left unread on purpose.
    """
    made = expression(tip.expression)
    place = facts.place(tip)
    scope = facts.code.scope(place)
    for name, value in assigned(facts.code.statement(place)):
        if made is not None and ast.unparse(made) in ast.unparse(value) and is_plain_name(name):
            trees = [scope] if scope is not None else list(facts.code.trees)
            if not any(_reads(tree, name) for tree in trees):
                return name, True
    label = facts.label(tip.outputs[0].tensor) if tip.outputs else ""
    if scope is not None and is_plain_name(label):
        top = [
            s
            for tree in facts.code.trees
            for s in tree.body
            if not isinstance(s, ast.ClassDef | ast.FunctionDef)
        ]
        if not any(_reads(statement, label) for statement in top):
            return label, False
    return "", False


def _reads(tree: ast.AST, name: str) -> bool:
    return any(
        isinstance(node, ast.Name) and node.id == name and isinstance(node.ctx, ast.Load)
        for node in walk(tree)
    )


__all__: list[str] = []
