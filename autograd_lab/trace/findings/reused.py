"""Values of an old graph that a new loss uses again, and what to do with each kind of them."""

from __future__ import annotations

from collections.abc import Iterable

from ...i18n import _
from ..model import Event
from .calls import callers
from .carrying import Span, made_since
from .code import assigned
from .facts import Facts
from .kept_graphs import value_name
from .model import Clue, Place

PICKING = {"select", "unbind", "index", "slice", "sum", "squeeze", "CopySlices"}


def kept_clue(facts: Facts, first: Span, second: Span) -> Clue | None:
    """Return what to say of an old value beside which the same line computed a new one."""
    new = made_since(facts, first, second)
    lines = {(facts.place(facts.nodes[n]), facts.nodes[n].op) for n in new}
    pairs = [
        (s, n)
        for s, n in crossing(facts, new, _walked(facts, first))
        if facts.nodes[s].line is not None
        and (facts.place(facts.nodes[s]), facts.nodes[s].op) in lines
    ]
    if not pairs:
        return None
    value, user = max(pairs)
    place = facts.place(facts.nodes[user])
    name = facts.nodes[value].label
    set_at = facts.code.definitions(name, place) if name else []
    if set_at:
        place = set_at[0]
        fix = _("Keep the value without its graph: {name} = {name}.detach() below this line.")
    else:
        name = value_name(facts, value, place)
        fix = _(
            "Keep the value without its graph: {name}.detach() in place of {name} in this line."
        )
    return Clue(
        place,
        _(
            "{name} is kept from an earlier forward pass, with its graph. That graph's backward pass "
            "has freed what it had saved, and the new loss leads into it again."
        ).format(name=name or _("A value")),
        _(
            "An old value that is only compared with, or stored for later, is a constant for the "
            "new loss. With its graph, backward() follows it back to the old computation."
        ),
        fix.format(name=name) if name else _("Keep the value without its graph, by .detach()."),
        explains_error=True,
    )


def crossing(facts: Facts, new: Iterable[int], old: set[int]) -> list[tuple[int, int]]:
    """Return where newer nodes use older ones, as pairs of the value and its user."""
    return [
        (s, n) for n in new for s, cut in facts.sources.get(n, ()) if not cut and s in old
    ]  # fmt: skip


def _walked(facts: Facts, span: Span) -> set[int]:
    return {event.node for event in facts.during(span, "node") if event.node is not None}


def rows_clue(facts: Facts, first: Span, second: Span) -> Clue | None:
    """Return what to say where each pass starts from another element of one result."""
    walked = _walked(facts, first)
    only = facts.ancestors(facts.roots(second)) - walked
    picked = [n for n in only if facts.nodes[n].kind == "op"]
    own = [n for n in facts.roots(first) if n in facts.made_at]
    place = facts.place(facts.events[second[0]])
    between = facts.events[first[1] : second[0]]
    if (
        not picked
        or place != facts.place(facts.events[first[0]])
        or any(facts.nodes[n].op not in PICKING for n in [*picked, *own])
        or any(_moves(facts, event) for event in between)
    ):
        return None
    return Clue(
        place,
        gone_through(facts, first, place),
        _(
            "Each of these passes starts from another element of one result, and all of them go "
            "through the operations that computed it."
        ),
        _(
            "All rows in one call: torch.autograd.functional.jacobian(f, x). Row by row, the graph "
            "must outlive every pass but the last, and this is what retain_graph=True is for."
        ),
        explains_error=True,
    )


def _moves(facts: Facts, event: Event) -> bool:
    """Return whether an event changes a value, as a training step does; gradients do not count."""
    written = event.kind == "inplace" and event.inputs
    if written:
        return facts.trace.tensors[facts.memory(event.inputs[0].tensor)].gradient_of is None and (
            event.inputs[0].requires_grad
        )
    return event.kind == "step"


def opposed_clue(facts: Facts, first: Span, second: Span) -> Clue | None:
    """Return where to cut if two losses of two optimizers lead through one value.

    The optimizer that steps between the two passes says whose loss the first one is.
    """
    stepped = {
        ref.tensor
        for event in facts.events[first[1] : second[0]]
        if event.kind == "step"
        for ref in event.inputs
    }
    others = {r.tensor for e in facts.trace.of_kind("optimizer") for r in e.inputs}
    others |= {
        t for g in facts.trace.groups if g.kind == "optimizer" for t in g.tensors if t is not None
    }
    others -= stepped
    walked = _walked(facts, first)
    pairs = crossing(facts, facts.ancestors(facts.roots(second)) - walked, walked)
    if not stepped or not pairs:
        return None
    value, user = max(pairs)
    behind = {facts.nodes[n].tensor for n in facts.ancestors([value])}
    if behind & others and not behind & stepped:
        users = [n for _s, n in crossing(facts, walked, {value})]
        return _cut_clue(facts, value, min(users), first, second) if users else None
    own = {facts.nodes[n].tensor for n in facts.ancestors(facts.roots(second)) - walked}
    if behind & stepped and not behind & others and own & others:
        return _cut_clue(facts, value, user, second, first)
    return None


def _cut_clue(facts: Facts, value: int, user: int, to_cut: Span, other: Span) -> Clue:
    name = _name_of(facts, value, facts.place(facts.nodes[user]))
    place = _in_view(facts, facts.place(facts.nodes[user]), to_cut, name)
    loss, rival = facts.root_name(to_cut), facts.root_name(other)
    if facts.code.reads(place, name):
        fix = _("Cut it off for {loss}: {name}.detach() in place of {name} in this line.")
    else:
        fix = _("Cut it off for {loss}, by .detach() on what this line takes from {rival}.")
    name = name or _("the same value")
    return Clue(
        place,
        _(
            "{loss} and {rival} both lead through {name}; the first of their two backward passes has "
            "freed that part of the graph."
        ).format(loss=loss, rival=rival, name=name),
        _(
            "Each of the two losses has an optimizer of its own. For {loss}, {name} is only an input: "
            "the parameters behind it are trained by {rival}."
        ).format(loss=loss, rival=rival, name=name),
        fix.format(loss=loss, rival=rival, name=name),
        explains_error=True,
    )


def _name_of(facts: Facts, value: int, user: Place) -> str:
    """Return the variable that holds a value, which a helper may have returned to it."""
    known = facts.nodes[value].label or value_name(facts, value, user)
    if known:
        return known
    made = facts.place(facts.nodes[value])
    given = [names for _where, call, _call in callers(facts, made) if (names := assigned(call))]
    return given[0][0][0] if len(given) == 1 else ""


def _in_view(facts: Facts, place: Place, span: Span, name: str) -> Place:
    """Return a line, or where it is called for the loss if it is inside a helper."""
    backward = facts.place(facts.events[span[0]])
    scope = facts.code.scope(backward)
    if facts.code.scope(place) is scope:
        return place
    above = [
        where
        for where, _statement, _call in callers(facts, place)
        if facts.code.scope(where) is scope
        and facts.code.reads(where, name)
        and (where.cell, where.number or 0) < (backward.cell, backward.number or 0)
    ]
    defined = facts.code.definitions(facts.root_name(span), backward)
    return next(iter([*reversed(above), *defined]), place)


def gone_through(facts: Facts, first: tuple[int, int], place: Place) -> str:
    """Say that a pass which starts at a place walks where an earlier one did."""
    return _(
        "This backward pass runs through operations that the pass in {line} has already gone through."
    ).format(line=facts.spoken(facts.place(facts.events[first[0]]), place))


__all__ = ["crossing", "gone_through", "kept_clue", "opposed_clue", "rows_clue"]
