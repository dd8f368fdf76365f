"""Parameters that an optimizer has and that no loss depends on, step after step."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ...i18n import _
from ..model import Event, Ref
from .cutting import cut_off, meant_for
from .facts import Facts
from .model import Clue, Place
from .registry import rule

STEPS = 3
"""Steps after which a parameter without any gradient is no accident."""


@dataclass(frozen=True)
class Idle:
    """A parameter of an optimizer that never got a gradient."""

    ref: Ref
    name: str
    steps: list[int]
    """The moments of the optimizer's steps; without an optimizer those of the backward passes."""
    others: set[int]
    """The other tensors of the optimizer, or of the module, that did get gradients."""


def idle_parameters(facts: Facts) -> Iterator[Idle]:
    """Yield the parameters that were stepped and never got a gradient, where no cut explains it."""
    if facts.error is not None:
        return
    touched, fed = _touched(facts), _fed(facts)
    for optimizer in facts.trace.of_kind("optimizer"):
        mine = {ref.tensor for ref in optimizer.inputs}
        steps = [
            moment
            for moment, event in enumerate(facts.events)
            if event.kind == "step" and mine <= {ref.tensor for ref in event.inputs}
        ]
        for ref in optimizer.inputs if len(steps) >= STEPS else ():
            tensor = ref.tensor
            if tensor in fed | touched or not ref.requires_grad or facts.birth(tensor) is None:
                continue
            if not _is_cut_off(facts, tensor):
                yield Idle(ref, facts.parameter(tensor), steps, {t for t in mine if t in fed})


def left_out(facts: Facts) -> Iterator[Idle]:
    """Yield the parameters of a module that no backward pass reached, though it reached others."""
    passes = [f for f, _last in facts.passes if facts.events[f].text == "backward"]
    if facts.trace.truncated or not passes:
        return
    touched, fed = _touched(facts), _fed(facts)
    for group in facts.trace.groups:
        mine = {t for t in group.tensors if t is not None and group.kind == "module"}
        others = mine & fed
        for tensor in sorted(mine - fed - touched) if others else ():
            born = facts.birth(tensor)
            ref = next((r for r in born.outputs if r.tensor == tensor), None) if born else None
            if ref is not None and ref.requires_grad and not _is_cut_off(facts, tensor):
                yield Idle(ref, facts.parameter(tensor), passes, others)


def _touched(facts: Facts) -> set[int]:
    """Return the tensors of which an attribute was set, or that autograd.grad was asked for."""
    return {r.tensor for e in facts.events if e.kind in {"set", "gradients"} for r in e.inputs}


def _fed(facts: Facts) -> set[int]:
    """Return the tensors whose gradients grew."""
    grown = [e.node for e in facts.trace.of_kind("accumulate") if e.node is not None]
    return {t for t in (facts.nodes[node].tensor for node in grown) if t is not None}


def _is_cut_off(facts: Facts, tensor: int) -> bool:
    """Return whether a cut in the graph explains that a leaf gets no gradient."""
    return any(cut_off(facts, [_leaf_node(facts, tensor)], False, meant_for(facts, tensor)))


def _leaf_node(facts: Facts, tensor: int) -> int | None:
    """Return the leaf that stands for a tensor in the graph, if it is there."""
    return next((n.id for n in facts.nodes if n.kind == "leaf" and n.tensor == tensor), None)


def uses(facts: Facts, tensor: int) -> list[tuple[int, Event]]:
    """Return the operations that a tensor went into, recorded or not."""
    return [
        (moment, event)
        for moment, event in enumerate(facts.events)
        if event.kind in {"op", "plain", "detach"} and any(r.tensor == tensor for r in event.inputs)
    ]


def led_to(facts: Facts, tensor: int) -> set[int]:
    """Return the nodes that a leaf's gradients could come from."""
    leaf = _leaf_node(facts, tensor)
    led = set() if leaf is None else {leaf}
    for node in facts.nodes:
        if any(source in led for source, cut in facts.sources.get(node.id, ()) if not cut):
            led.add(node.id)
    return led


@rule(16, "loss-of-others", needs_all=True)
def loss_of_others(facts: Facts) -> Iterator[Clue]:
    """An optimizer steps after passes from losses that use none of its parameters."""
    told: set[Place] = set()
    for idle in idle_parameters(facts):
        spans = [s for s in meant_for(facts, idle.ref.tensor) if s[0] < idle.steps[-1]]
        if idle.others or not spans or not used_each_time(facts, idle):
            continue
        if _leaves_the_graph(facts, idle, spans):
            continue
        roots = facts.roots(spans[-1])
        place = facts.place(facts.nodes[roots[0]]) if roots else None
        if place is not None and place not in told:
            told.add(place)
            yield Clue(
                place,
                _(
                    "What is computed here uses none of the parameters that the step after it is to "
                    "move, such as {name}: they never get a gradient."
                ).format(name=idle.name or _("a parameter")),
                not_enough(),
                _("Compute this loss from what those parameters lead to."),
            )


def _leaves_the_graph(facts: Facts, idle: Idle, spans: list[tuple[int, int]]) -> bool:
    """Return whether a value made of the parameter went on unseen, as `.data` assigned elsewhere.

    A detached one that another player's loss was computed from is no riddle.
    """
    led = led_to(facts, idle.ref.tensor)
    roots = [n for span in facts.passes if span not in spans for n in facts.roots(span)]
    known = facts.ancestors(roots, through_cuts=True)
    return any(
        event.kind in {"detach", "plain"}
        and any(ref.node in led for ref in event.inputs)
        and not any(ref.node in known for ref in event.outputs)
        for event in facts.events
    )


def not_enough() -> str:
    """Return why a parameter need not have a gradient."""
    return _(
        "backward() fills .grad only for the leaves that it reaches on its way through the "
        "graph. Being defined, or being a parameter of the module, is not enough."
    )


def used_each_time(facts: Facts, idle: Idle) -> bool:
    """Return whether the parameter took part in some computation before every step."""
    moments = [m for m, event in uses(facts, idle.ref.tensor) if event.kind == "op"]
    begins = [0, *idle.steps]
    return all(
        any(begin <= m < end for m in moments)
        for begin, end in zip(begins, idle.steps, strict=False)
    )


def end_of_loss(facts: Facts, near: Event | None) -> Place | None:
    """Return the last line on the way to a loss, of the function in which something was left out."""
    leading = facts.ancestors(n for span in facts.passes for n in facts.roots(span))
    ways = [e for e in facts.events if e.kind == "op" and e.node in leading]
    if near is not None:
        scope = facts.code.scope(facts.place(near))
        ways = [e for e in ways if facts.code.scope(facts.place(e)) is scope]
    return facts.place(ways[-1]) if ways else None


def is_plain_name(name: str) -> bool:
    """Return whether a text is a variable that one means to use, unlike `_`."""
    return name.isidentifier() and not name.startswith("_")


__all__ = [
    "STEPS",
    "Idle",
    "end_of_loss",
    "idle_parameters",
    "is_plain_name",
    "led_to",
    "left_out",
    "not_enough",
    "used_each_time",
    "uses",
]
