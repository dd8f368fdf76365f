"""Optimizers that hold parameters which a program has replaced."""

from __future__ import annotations

import re
from bisect import bisect
from collections import defaultdict
from collections.abc import Iterator, Sequence

from ...i18n import _
from ..model import Event, Ref
from .facts import Facts
from .model import Clue, Place
from .parameters import ever_fed
from .registry import rule
from .trails import wrapped


@rule(22, "optimizer-holds-old-parameters", needs_all=True)
def holds_old(facts: Facts) -> Iterator[Clue]:
    """Parameters were made anew after the optimizer, which steps those that are gone."""
    fed, moved = ever_fed(facts), facts.moved
    passing = {cut.place for cut in wrapped(facts)}
    grown = _grown(facts)
    for moment, event in enumerate(facts.events):
        if event.kind != "optimizer" or not _steps(facts, event):
            continue
        idle = [ref for ref in event.inputs if ref.tensor not in fed | facts.filled]
        last, steps = (moment, []) if idle else _in_vain(facts, event, grown)
        newer = [
            (facts.label(r.tensor), e)
            for e in facts.events[last:]
            if e.kind in {"create", "plain", "detach"} and facts.place(e) not in passing
            for r in e.outputs
            if r.tensor in fed and r.tensor not in moved
            if _replaces(facts, r, idle or event.inputs)
            if idle or _rounds(grown[r.tensor], steps) > 1
        ]
        if newer:
            # In a loop only the last ones still have a name.
            yield _old(facts, event, *next((n for n in newer if n[0]), newer[0]))
            return


def _grown(facts: Facts) -> dict[int | None, list[int]]:
    """Return for each tensor the moments at which its gradient grew."""
    found = defaultdict(list)
    for moment, event in enumerate(facts.events):
        if event.kind == "accumulate" and event.node is not None:
            found[facts.nodes[event.node].tensor].append(moment)
    return found


def _in_vain(
    facts: Facts, optimizer: Event, grown: dict[int | None, list[int]]
) -> tuple[int, list[int]]:
    """Return when an optimizer's parameters got their last gradient, and its steps after that."""
    mine = {ref.tensor for ref in optimizer.inputs}
    last = max((grown[tensor][-1] for tensor in mine if tensor in grown), default=0)
    steps = [
        moment
        for moment, event in enumerate(facts.events[last:], last)
        if event.kind == "step" and mine & {ref.tensor for ref in event.inputs}
    ]
    return last, [] if mine & facts.filled else steps


def _rounds(fed: list[int], steps: list[int]) -> int:
    """Return before how many of these steps a gradient grew."""
    return len({bisect(steps, moment) for moment in fed} - {len(steps)})


def _replaces(facts: Facts, new: Ref, old: Sequence[Ref]) -> bool:
    """Return whether a leaf may stand for one of an optimizer's: inputs can get gradients, too."""
    return facts.trace.tensors[new.tensor].parameter or new.shape in {ref.shape for ref in old}


def _renewed(facts: Facts, optimizer: Event, name: str, newer: Event) -> Place:
    """Return where a variable was made to hold the new parameters: often a call of a function."""
    since = facts.place(optimizer)
    while name:
        places = facts.code.definitions(name, Place(len(facts.trace.cells), None))
        later = [p for p in places if (p.cell, p.number or 0) > (since.cell, since.number or 0)]
        if later:
            return later[0]
        name = re.sub(r"(\.\w+|\[[^\[]*\]|^\w+)$", "", name)
    return facts.place(newer)


def _steps(facts: Facts, optimizer: Event) -> bool:
    mine = {ref.tensor for ref in optimizer.inputs}
    return any(e.kind == "step" and mine & {r.tensor for r in e.inputs} for e in facts.events)


def _old(facts: Facts, optimizer: Event, name: str, newer: Event) -> Clue:
    place = _renewed(facts, optimizer, name, newer)
    return Clue(
        place,
        _(
            "Parameters are made here after the optimizer ({line}), which keeps the ones it was given."
        ).format(line=facts.spoken(facts.place(optimizer), place)),
        _(
            "An optimizer holds the tensors themselves, not the name of the model. backward() fills "
            "the gradients of the new ones, step() moves the old ones: nothing is learned."
        ),
        _(
            "Make the optimizer after this line, again if need be: it then takes the new parameters."
        ),
    )


__all__: list[str] = []
