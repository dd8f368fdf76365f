"""Which nodes can be drawn as one: the turns of a loop, and what one module did.

Loops are found by their lines and operations, modules by the names of their parameters. Operations
stand in a graph in the order in which they ran. So what ran without a break can be drawn as a single
box: nothing leads out of it and back in.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from .model import Edge, Graph

MIN_TURNS = 3
MIN_SAVED = 4
"""A loop of three turns with one operation each is easier to read than a box with ×3 on it."""
CANDIDATES = 64
"""How many lengths of a turn are tried from one place."""


@dataclass(frozen=True, slots=True)
class Fold:
    """Steps that can be drawn as one."""

    turns: tuple[tuple[int, ...], ...]
    """Per turn its nodes, in order; a module has one. All turns run the same lines."""
    operations: int
    """How many operations one turn has."""
    cell: int | None
    first_line: int | None
    last_line: int | None
    name: str = ""
    """The module; `""` for a loop."""

    @property
    def nodes(self) -> tuple[int, ...]:
        """All nodes of all turns."""
        return tuple(node for turn in self.turns for node in turn)


def folds(graph: Graph) -> tuple[Fold, ...]:
    """Return the loops of a graph, the outermost where they are nested; no node is in two."""
    wiring = _Wiring(graph)
    # What nothing leads into may be shared by all turns, wherever it was first used.
    items: Items = [
        ((node.id,), (node.cell, node.line, node.op, node.name, node.expression))
        for node in graph.nodes
        if node.kind == "op" or wiring.inputs[node.id]
    ]
    found: list[Fold] = []
    repeats = [*_repeats([key for _, key in items])]
    while repeats:
        items, blocks = _merged(items, repeats)
        outer = {node for turns in blocks for turn in turns for node in turn}
        found = [fold for fold in found if fold.nodes[0] not in outer]
        found += filter(None, map(wiring.fold, blocks))
        repeats = [*_repeats([key for _, key in items])]
    return tuple(sorted(found, key=lambda fold: fold.nodes[0]))


Items = list[tuple[tuple[int, ...], Hashable]]
"""Nodes that belong together, and what must be equal for two such to be turns of one loop."""
Repeat = tuple[int, int, int]
"""Where a block is repeated: its start, its length, how many times it runs."""


def _merged(items: Items, repeats: list[Repeat]) -> tuple[Items, list[list[tuple[int, ...]]]]:
    """Return the items with each repetition made into one, and the turns of each repetition."""
    merged: Items = []
    found = []
    place = 0
    for start, period, turns in repeats:
        merged += items[place:start]
        place = start + period * turns
        blocks = [
            tuple(node for nodes, _ in items[at : at + period] for node in nodes)
            for at in range(start, place, period)
        ]
        found.append(blocks)
        key = (turns, *(key for _, key in items[start : start + period]))
        merged.append((tuple(node for block in blocks for node in block), key))
    return merged + items[place:], found


def _repeats(keys: Sequence[Hashable]) -> Iterator[Repeat]:
    """Yield the blocks that repeat: from each place on the one that covers most, then the shortest."""
    places: dict[Hashable, list[int]] = {}
    for place, key in enumerate(keys):
        places.setdefault(key, []).append(place)
    place = 0
    while place < len(keys):
        covered, negative, turns = _longest(keys, places[keys[place]], place)
        if covered:
            yield place, -negative, turns
        place += covered or 1


def _longest(keys: Sequence[Hashable], places: list[int], place: int) -> tuple[int, int, int]:
    """Return how much the best block from `place` covers, minus its length, its turns; or zeros.

    `places` are those with the same key, where a second turn may begin.
    """
    best = (0, 0, 0)
    index = bisect_right(places, place)
    for _ in range(CANDIDATES):
        if index >= len(places):
            break
        period = places[index] - place
        end = places[index]
        while end < len(keys) and keys[end] == keys[end - period]:
            end += 1
        turns = (end - place) // period
        if turns >= MIN_TURNS and (turns - 1) * period >= MIN_SAVED:
            best = max(best, (turns * period, -period, turns))
        # The turn of an outer loop is at least as long as the inner loop that was found.
        index = max(index + 1, bisect_left(places, place + best[0]))
    return best


def modules(graph: Graph, loops: Iterable[Fold] = ()) -> tuple[Fold, ...]:
    """Return what the modules did, call by call, outside of `loops`.

    A module begins where a parameter of its name is used, and ends where another begins or another
    piece of the source runs; its parameters belong to it.
    """
    walls = {node for loop in loops for node in loop.nodes}
    wiring = _Wiring(graph)
    calls: list[tuple[str, list[int]]] = []
    place = None
    for node in graph.nodes:
        if node.kind != "op":
            # What left the graph in between would lead out of the module and back in.
            place = None if wiring.inputs[node.id] else place
            continue
        here = (node.cell, node.line, node.expression)
        name = wiring.module(node.id)
        if node.id in walls or (not name and here != place):
            place = None
        elif name and (here != place or calls[-1][0] != name):
            calls.append((name, [node.id]))
            place = here
        else:
            calls[-1][1].append(node.id)
    found = (wiring.fold([tuple(nodes)], name) for name, nodes in calls)
    return tuple(fold for fold in found if fold is not None and len(fold.nodes) > 2)


class _Wiring:
    """Who uses what in a graph."""

    def __init__(self, graph: Graph) -> None:
        """Look it up once."""
        self.nodes = graph.nodes
        self.inputs: list[list[Edge]] = [[] for _ in graph.nodes]
        self.users: list[set[int]] = [set() for _ in graph.nodes]
        for edge in graph.edges:
            self.inputs[edge.target].append(edge)
            self.users[edge.source].add(edge.target)

    def module(self, node: int) -> str:
        """Return the module whose parameter a node uses, `"net.0"`; `""` if it uses none."""
        for edge in self.inputs[node]:
            source = self.nodes[edge.source]
            if source.kind == "leaf" and "." in source.label:
                return source.label.rpartition(".")[0]
        return ""

    def fold(self, turns: list[tuple[int, ...]], name: str = "") -> Fold | None:
        """Return the fold of these turns, with the leaves and constants that each turn has of its own.

        None if several turns have named leaves of their own: those are layers, and their parameters
        are what a reader looks for.
        """
        own = [self._sources(turn) for turn in turns]
        everywhere = set.intersection(*map(set, own))
        mine = [{found[use] for use in everywhere} for found in own]
        if name:
            mine = [{n for n in mine[0] if self.nodes[n].label.startswith(f"{name}.")}]
        if sum(any(self._is_parameter(node) for node in nodes) for nodes in mine) > 1:
            return None
        lines = [line for node in turns[0] if (line := self.nodes[node].line) is not None]
        return Fold(
            tuple(tuple(sorted((*turn, *nodes))) for turn, nodes in zip(turns, mine, strict=True)),
            sum(self.nodes[node].kind == "op" for node in turns[0]),
            self.nodes[turns[0][0]].cell,
            min(lines, default=None),
            max(lines, default=None),
            name,
        )

    def _sources(self, turn: tuple[int, ...]) -> dict[tuple[int, int], int]:
        """Return what enters this turn and nothing else, by the place in the turn that uses it."""
        inside = set(turn)
        return {
            (place, edge.slot): edge.source
            for place, node in enumerate(turn)
            for edge in self.inputs[node]
            if edge.source not in inside
            and not self.inputs[edge.source]
            and self.users[edge.source] <= inside
        }

    def _is_parameter(self, node: int) -> bool:
        return self.nodes[node].kind == "leaf" and bool(self.nodes[node].label)


__all__ = ["Fold", "folds", "modules"]
