"""States that are carried from one step of a loop to the next with their graph."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from ...i18n import _
from ..model import Node
from .calls import loops, taking_over
from .code import assigned
from .facts import Facts
from .model import Clue, Place
from .registry import rule

SECOND_TIME = "Trying to backward through the graph a second time"
OVERWRITTEN = "has been modified by an inplace operation"
Span = tuple[int, int]


@rule(2, "carried-with-retain-graph")
def carried_with_retain(facts: Facts) -> Iterator[Clue]:
    """retain_graph=True keeps a loop going whose state drags all earlier steps along."""
    for first, second in zip(facts.passes, facts.passes[1:], strict=False):
        if "retain_graph" in facts.events[first[0]].options:
            carried = carried_over(facts, first, second)
            if carried is not None:
                what = _(
                    "{name} still hangs on the steps before. retain_graph=True keeps them all, and "
                    "every backward pass walks through every earlier step again."
                )
                raised = facts.raised(OVERWRITTEN) and second == facts.passes[-1]
                yield carried_clue(facts, carried, second, what, explains_error=raised)
                return


@rule(2, "carried-without-error")
def carried_silently(facts: Facts) -> Iterator[Clue]:
    """A state drags all earlier steps along through operations that saved nothing to be freed."""
    found = []
    for first, second in zip(facts.passes, facts.passes[1:], strict=False):
        if facts.events[first[0]].options or facts.raised(SECOND_TIME):
            continue
        carried = carried_over(facts, first, second)
        if carried is not None:
            found.append((carried, second))
        if len(found) > 1:
            what = _(
                "{name} still hangs on the steps before: every backward pass walks through all of "
                "them again. Nothing raises, because these operations had saved nothing to release."
            )
            yield carried_clue(facts, *found[0], what)
            return


def carried_over(facts: Facts, first: Span, second: Span) -> Node | None:
    """Return the state through which the second pass reaches the first one's graph.

    That is a node older than the first pass from which its own line computed a newer one.
    """
    walked = {event.node for event in facts.during(first, "node") if event.node is not None}
    new = made_since(facts, first, second)
    entries = {s for n in new for s, cut in facts.sources.get(n, ()) if not cut} - new
    if facts.raised(SECOND_TIME):  # the state may have been stacked of what the first pass walked
        behind = (facts.ancestors([entry]) & walked for entry in entries - walked)
        entries |= {max(nodes) for nodes in behind if nodes}
    for state in sorted(entries & walked, reverse=True):
        if facts.nodes[state].line is None:  # unknown lines are not one line
            continue
        line = facts.place(facts.nodes[state]), facts.nodes[state].op
        again = [n for n in new if (facts.place(facts.nodes[n]), facts.nodes[n].op) == line]
        if state in facts.ancestors(again) and _with_same_leaves(facts, state, again):
            return facts.nodes[state]
    return None


def _with_same_leaves(facts: Facts, state: int, again: list[int]) -> bool:
    """Return whether a state is carried on by leaves that it was computed from itself.

    The layers of a network, each with weights of its own, are no steps of one recurrence.
    """
    before = facts.ancestors([state])
    added = facts.ancestors(again) - before
    used = {s for n in added for s, cut in facts.sources.get(n, ()) if not cut}
    leaves = {n for n in used if facts.nodes[n].kind == "leaf"}
    return not leaves or bool(leaves & before)


def made_since(facts: Facts, first: Span, second: Span) -> set[int]:
    """Return the nodes of the second pass's graph that were made after the first pass.

    What create_graph recorded during the first pass is not new.
    """
    again = facts.ancestors(facts.roots(second))
    return {n for n in again if facts.made_at.get(n, -1) > first[1]}


def carried_clue(
    facts: Facts, state: Node, second: Span, what: str, explains_error: bool = False
) -> Clue:
    """Return what to say of a carried state, at the line that hands a helper its own last result."""
    place = facts.place(state)
    names = [state_name(facts, place)]
    caller = _taking_over(facts, place, second)
    if caller is not None:
        place, names = caller
    return Clue(
        place,
        what.format(name=names[0]),
        _(
            "Each step extends the graph through {name}: backward() in step 2 also runs through "
            "step 1, and so on. retain_graph=True would only make it longer."
        ).format(name=names[0]),
        _fix(facts, state, second, place, names),
        explains_error=explains_error,
    )


def _taking_over(facts: Facts, place: Place, second: Span) -> tuple[Place, list[str]] | None:
    """Return the line that takes over a state that a function computed, and the variables.

    Only such variables live on from one pass to the next as are no function's that a step calls.
    """
    whole = facts.code.scope(facts.place(facts.events[second[0]]))
    targets = [name for name, _value in assigned(facts.code.statement(place))]
    if any("." in name or "[" in name for name in targets):
        return None  # the function keeps the state itself
    seen: set[Place] = set()
    while place not in seen:
        seen.add(place)
        scope = facts.code.scope(place)
        returns = isinstance(facts.code.statement(place), ast.Return)
        caller = None if scope in {None, whole} and not returns else taking_over(facts, place)
        if caller is None:
            return None
        place = caller[0]
        if returns or facts.code.scope(place) in {None, whole}:
            return caller
    return None


def state_name(facts: Facts, place: Place) -> str:
    """Return the variable that a line sets, words for it if there is none."""
    targets = assigned(facts.code.statement(place))
    return targets[0][0] if targets else _("the state")


def _fix(facts: Facts, state: Node, second: Span, place: Place, names: list[str]) -> str:
    backward = facts.place(facts.events[second[0]])
    start = _start_anew(facts, state, names[0], place)
    if start:
        return _(
            "To start each step from the same leaf, put {start} at the beginning of the loop."
        ).format(start=start)
    around = loops(facts, backward)
    inner = [loop for loop in loops(facts, place) if loop not in around]
    where = place
    if not assigned(facts.code.statement(place)):
        text = _("Cut the history between the steps: .detach() what the next step takes over.")
    elif inner and around:
        text = _(
            "Cut the history once before each backward pass: {cut} at the beginning of the loop in "
            "{line}."
        )
        where = Place(backward.cell, around[-1].lineno)
    else:
        text = _("Cut the history between the steps: {cut} before this line.")
    cut = "; ".join(_cut(facts, name, place) for name in names)
    text = text.format(cut=cut, line=facts.spoken(where, place))
    return f"{text} " + _(
        "If gradients should flow through all steps, add up the losses and call backward() once "
        "after the loop."
    )


def _cut(facts: Facts, name: str, place: Place) -> str:
    """Return how to detach a variable, as code where it is one tensor or a sequence of them."""
    names = {variable.name for variable in facts.trace.variables}
    if any(other.startswith(f"{name}[") for other in names):
        return f"{name} = tuple(s.detach() for s in {name})"
    if any(other.startswith(f"{name}.") for other in names - {f"{name}.grad"}):
        return _("detach each tensor in {name}").format(name=name)
    starts = [facts.code.statement(start) for start in facts.code.definitions(name, place)]
    empty = any((name, "None") == (n, ast.unparse(v)) for s in starts for n, v in assigned(s))
    guard = f"if {name} is not None: " if empty else ""
    return f"{guard}{name} = {name}.detach()"


def _start_anew(facts: Facts, state: Node, name: str, where: Place) -> str:
    """Return the line above the loop that sets weights that each step derives anew, `w = meta_w`.

    They are what the code itself differentiates by, so cut from their leaf they would be no use.
    """
    if not any(
        ref.node == state.id for event in facts.trace.of_kind("gradients") for ref in event.inputs
    ):
        return ""
    leaves = {v.name for v in facts.trace.variables if v.is_leaf and v.requires_grad}
    for place in facts.code.definitions(name, where):
        values = [ast.unparse(value) for _name, value in assigned(facts.code.statement(place))]
        if loops(facts, place) != loops(facts, where) and set(values) & leaves:
            return facts.code.line(place)
    return ""


__all__ = [
    "OVERWRITTEN",
    "SECOND_TIME",
    "Span",
    "carried_clue",
    "carried_over",
    "made_since",
    "state_name",
]
