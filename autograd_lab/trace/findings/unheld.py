"""Parameters that get gradients in every round and that no optimizer was given."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from ...i18n import _
from ..model import Event
from .code import expression
from .cutting import meant_for
from .facts import Facts
from .model import Clue, Place
from .registry import rule

ROUNDS = 3
"""Rounds in which a parameter must have been left behind; fewer may be an experiment."""


@dataclass(frozen=True)
class Left:
    """A leaf that was left behind."""

    tensor: int
    optimizer: Event
    """The one that moves the other leaves of the same passes."""
    born: int
    """When it was made."""


def _left(facts: Facts) -> Iterator[Left]:
    """Yield the leaves that every pass of an optimizer feeds and nothing moves, reads or asks for."""
    if facts.error is not None:
        return
    used = facts.moved | _looked_at(facts)
    for moment, optimizer in enumerate(facts.events):
        if optimizer.kind != "optimizer":
            continue
        spans = meant_for(facts, optimizer.inputs[0].tensor) if optimizer.inputs else ()
        if len(spans) < ROUNDS or not any(e.kind == "step" for e in facts.events[spans[-1][1] :]):
            continue
        fed = [_fed(facts, span) for span in spans]
        for tensor in sorted(set.intersection(*fed) - used):
            # What was made later replaced something, which is another mistake.
            born = facts.maker(tensor, spans[0][0])
            if born is not None and born < moment:
                yield Left(tensor, optimizer, born)


def _looked_at(facts: Facts) -> set[int]:
    """Return the tensors of which somebody wanted the gradient, or set something."""
    wanted = {r.tensor for e in facts.trace.of_kind("read", "hook", "gradients") for r in e.inputs}
    return wanted | {r.tensor for e in facts.trace.of_kind("set") for r in e.inputs[:1]}


def _fed(facts: Facts, span: tuple[int, int]) -> set[int]:
    """Return the tensors whose gradient grew in a pass."""
    nodes = [e.node for e in facts.during(span, "accumulate") if e.node is not None]
    return {t for t in (facts.nodes[node].tensor for node in nodes) if t is not None}


@rule(22, "not-in-the-optimizer", needs_all=True)
def not_given(facts: Facts) -> Iterator[Clue]:
    """An optimizer was given some of the parameters of a computation, and not this one."""
    told: set[Place] = set()
    for left in _left(facts):
        place = _given_at(facts, left.optimizer)
        certain = _is_weight(facts, left) or _is_of_same_module(facts, left)
        if place in told or not (certain or _follows(facts, left)):
            continue
        if facts.trace.tensors[left.tensor].parameter and not _follows(facts, left):
            continue  # perhaps a body that is kept as it is, below a head that learns
        told.add(place)
        yield _clue(facts, left, place, certain)


def _clue(facts: Facts, left: Left, place: Place, certain: bool) -> Clue:
    name = facts.parameter(left.tensor) or facts.code.line(facts.place(facts.events[left.born]))
    return Clue(
        place,
        _(
            "{name} gets a gradient in every round, and no optimizer was given it: it stays as it is."
        ).format(name=name),
        _("An optimizer moves the tensors that it was given, whatever else has a gradient."),
        _(
            "Should {name} learn? Then give it to the optimizer as well. If not, switch it off: "
            "requires_grad_(False)."
        ).format(name=name),
        level="problem" if certain else "note",
    )


def _given_at(facts: Facts, optimizer: Event) -> Place:
    """Return where an optimizer's parameters were chosen: a list with a name, or the call itself."""
    place, call = facts.place(optimizer), expression(optimizer.expression)
    first = call.args[0] if isinstance(call, ast.Call) and call.args else None
    lists = facts.code.definitions(first.id, place) if isinstance(first, ast.Name) else []
    return lists[0] if lists else place


def _uses(facts: Facts, tensor: int) -> list[Event]:
    return [e for e in facts.trace.of_kind("op") if any(ref.tensor == tensor for ref in e.inputs)]


def _is_weight(facts: Facts, left: Left) -> bool:
    """Return whether a leaf made by hand is used as a weight is, beside others that are moved.

    An input that requires grad is not: it meets the weights directly.
    """
    by_hand = [r for r in left.optimizer.inputs if not facts.trace.tensors[r.tensor].parameter]
    if facts.trace.tensors[left.tensor].parameter or not by_hand:
        return False
    moved = {ref.tensor for ref in left.optimizer.inputs}
    for event in _uses(facts, left.tensor):
        partners = {facts.memory(ref.tensor) for ref in event.inputs} - {left.tensor}
        if not partners or partners & moved:
            return False
    return True


def _is_of_same_module(facts: Facts, left: Left) -> bool:
    """Return whether a module has both the leaf and one of the optimizer's."""
    moved = {ref.tensor for ref in left.optimizer.inputs}
    return any(
        group.kind == "module" and left.tensor in group.tensors and moved & set(group.tensors)
        for group in facts.trace.groups
    )


def _follows(facts: Facts, left: Left) -> bool:
    """Return whether a module's parameter works on what the optimizer's parameters lead to."""
    if not facts.trace.tensors[left.tensor].parameter:
        return False
    moved = {r.tensor for r in left.optimizer.inputs if facts.trace.tensors[r.tensor].parameter}
    return any(
        moved & {facts.nodes[n].tensor for n in facts.ancestors([ref.node])}
        for event in _uses(facts, left.tensor)[:1]
        for ref in event.inputs
        if ref.node is not None and ref.tensor != left.tensor
    )


@rule(22, "optimizer-of-the-other", needs_all=True)
def twice_the_same(facts: Facts) -> Iterator[Clue]:
    """Two optimizers have the same parameters and step in turn; others get gradients and stay."""
    seen: dict[frozenset[int], Event] = {}
    for optimizer in facts.trace.of_kind("optimizer"):
        mine = frozenset(ref.tensor for ref in optimizer.inputs)
        earlier = seen.setdefault(mine, optimizer)
        if facts.place(earlier) == facts.place(optimizer):
            continue
        for spans in _passes_by_step(facts, mine):
            fed = set.intersection(*(_fed(facts, span) for span in spans)) - facts.moved
            left = [t for t in sorted(fed) if facts.trace.tensors[t].parameter]
            if len(spans) >= ROUNDS and left:
                yield _same_clue(facts, earlier, optimizer, facts.parameter(left[0]))
                return


def _passes_by_step(facts: Facts, tensors: frozenset[int]) -> list[list[tuple[int, int]]]:
    """Return the passes before the steps of these parameters, by the line of the step, if several."""
    spans: dict[Place, list[tuple[int, int]]] = {}
    for moment, event in enumerate(facts.events):
        if event.kind == "step" and tensors == {ref.tensor for ref in event.inputs}:
            before = [span for span in facts.passes if span[1] < moment]
            spans.setdefault(facts.place(event), []).extend(before[-1:])
    return [found for found in spans.values() if found] if len(spans) > 1 else []


def _same_clue(facts: Facts, earlier: Event, optimizer: Event, name: str) -> Clue:
    place, name = facts.place(optimizer), name or _("a parameter")
    return Clue(
        place,
        _(
            "This optimizer has the same parameters as the one of {line}, and none has {name}, which "
            "gets gradients."
        ).format(line=facts.spoken(facts.place(earlier), place), name=name),
        _("An optimizer moves the tensors that it was given, whatever else has a gradient."),
        _("Give one of the two the parameters of the module that {name} belongs to.").format(
            name=name
        ),
    )


@rule(22, "layer-made-in-forward", needs_all=True)
def made_in_forward(facts: Facts) -> Iterator[Clue]:
    """A module makes a layer anew whenever it is called."""
    if not any(event.kind == "step" for event in facts.events):
        return
    fed = set[int]().union(*(_fed(facts, span) for span in facts.passes))
    made: dict[Place, list[set[int]]] = {}
    for event in facts.trace.of_kind("create"):
        place = facts.place(event)
        scope = facts.code.scope(place)
        tensors = {r.tensor for r in event.outputs if facts.trace.tensors[r.tensor].parameter}
        if tensors and scope is not None and scope.name == "forward":
            made.setdefault(place, []).append(tensors)
    for place, times in made.items():
        new = set[int]().union(*times)
        if len(facts.passes) > 1 and len(new & fed) >= len(facts.passes) and not new & facts.moved:
            yield Clue(
                place,
                _("A new layer is made here in every forward pass, with new random weights."),
                _(
                    "Its weights get gradients and are then forgotten, with the layer. No optimizer "
                    "has them, and the next pass begins with others."
                ),
                _("Make it once, in __init__, and keep it: self.layer = …; forward only calls it."),
            )


__all__: list[str] = []
