"""How a leaf's value comes into a loss without its history, where the graph does not show it."""

from __future__ import annotations

from collections.abc import Iterator

from ..model import Ref
from .code import assigned
from .cutting import Cut, at, behind, cut_off, hungry
from .facts import Facts
from .model import Place

NUMBERS = {"item", "float", "int", "tolist"}
"""Ways to read out what Python goes on to compute with."""


def off_the_graph(facts: Facts) -> Iterator[tuple[Cut, str]]:
    """Yield the cuts that keep a leaf from every gradient and leave no edge in the graph, with its name.

    Its value goes on as an index, as a number that Python computes with, or into another tensor.
    """
    leaves = hungry(facts)
    seen = {facts.nodes[leaf].label for _cut, leaf in cut_off(facts, leaves)}
    left = [leaf for leaf in leaves if leaf is not None and facts.nodes[leaf].label not in seen]
    cuts = [*_entering(facts), *_in_the_source(facts)] if left else []
    for leaf in left:
        for cut in cuts:
            lost = None if cut.lost is None else cut.lost.node
            if lost is not None and leaf in facts.ancestors([lost]):
                yield cut, facts.nodes[leaf].label
                break


def first_passes(facts: Facts) -> list[tuple[int, int]]:
    """Return the first pass of each line that calls backward(); the later rounds are like it."""
    first: dict[Place, tuple[int, int]] = {}
    for span in facts.passes:
        first.setdefault(facts.place(facts.events[span[0]]), span)
    return list(first.values())


def _entering(facts: Facts) -> Iterator[Cut]:
    """Yield the cuts behind the constants that operations on the way to a loss used."""
    reached = facts.ancestors(node for span in first_passes(facts) for node in facts.roots(span))
    used = {facts.nodes[node].tensor for node in reached}
    for moment, event in enumerate(facts.events):
        if event.kind == "op" and event.node in reached:
            yield from _lost_by(facts, event.inputs, moment)
        elif event.kind == "set" and event.text == "data" and event.inputs[0].tensor in used:
            for cut in _lost_by(facts, event.inputs[1:], moment):
                yield Cut(moment, "written", facts.place(event), event.expression, cut.lost)


def _lost_by(facts: Facts, constants: tuple[Ref, ...], moment: int) -> Iterator[Cut]:
    for ref in constants:
        cut = None if ref.requires_grad else behind(facts, ref.tensor, moment)
        # A copy of a leaf's value, as deepcopy makes, is meant to be apart.
        copied = cut is not None and cut.lost is not None and cut.lost.is_leaf
        if cut is not None and not (copied and cut.how in {"data", "detach"}):
            yield cut


def _in_the_source(facts: Facts) -> Iterator[Cut]:
    """Yield where numbers were read out on the lines that a loss goes back to."""
    read = reading_out(facts)
    roots = [node for span in first_passes(facts) for node in facts.roots(span)]
    places = {facts.place(facts.nodes[node]) for node in roots}
    for place in sorted(places, key=lambda p: (p.cell, p.number or 0)):
        for line in facts.code.behind(place):
            if line in read:
                yield read[line]


def reading_out(facts: Facts) -> dict[Place, Cut]:
    """Return per line the first number read out of what had a history."""
    cuts: dict[Place, Cut] = {}
    for moment, event in enumerate(facts.events):
        lost = next((ref for ref in event.inputs if ref.requires_grad), None)
        if event.kind == "detach" and event.text in NUMBERS and lost is not None:
            cuts.setdefault(facts.place(event), at(facts, moment, lost))
    return cuts


def wrapped(facts: Facts) -> Iterator[Cut]:
    """Yield where a result was made a new Parameter of, for the time of a call only."""
    for moment, event in enumerate(facts.events):
        place = facts.place(event)
        scope = facts.code.scope(place)
        if event.kind != "detach" or event.text != "Parameter" or scope is None:
            continue
        names = {name for name, _value in assigned(facts.code.statement(place))}
        kept = any("." in name or "[" in name for name in names)
        lost = next((r for r in event.inputs if r.requires_grad and not r.is_leaf), None)
        if lost is not None and not kept:
            yield at(facts, moment, lost)


__all__ = ["first_passes", "off_the_graph", "reading_out", "wrapped"]
