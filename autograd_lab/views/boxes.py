"""Which boxes a picture has: one per node, one per folded loop, and never more than a reader takes in."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

from ..trace.fold import Fold
from ..trace.model import Graph
from .wording import cut_name

MAX_BOXES = 150
"""More boxes than this nobody reads."""


@dataclass(frozen=True, slots=True)
class Box:
    """What one box stands for."""

    nodes: tuple[int, ...]
    fold: int | None = None
    """Which fold it is the box of; None for a node of its own."""
    turns: int = 1

    @property
    def key(self) -> str:
        """Its name in the picture: `"7"` for node 7, `"f0"` for the first fold."""
        return str(self.nodes[0]) if self.fold is None else f"f{self.fold}"


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a picture, from box to box."""

    source: int
    target: int
    cut: str
    carries: bool
    """Whether a gradient can flow back along it."""


@dataclass(frozen=True, slots=True)
class Plan:
    """The boxes of a picture and the lines between them."""

    boxes: tuple[Box, ...]
    lines: tuple[Line, ...]
    hidden: int
    """How many nodes are in no box."""

    def holds(self, node: int) -> bool:
        """Say whether a node is drawn, in a box of its own or in a fold."""
        return any(node in box.nodes for box in self.boxes)

    @property
    def drawn(self) -> set[int]:
        """All nodes that are in a box."""
        return {node for box in self.boxes for node in box.nodes}


def plan(
    graph: Graph, loops: Sequence[Fold], opened: int | None = None, limit: int = MAX_BOXES
) -> Plan:
    """Return the picture with all loops folded but the `opened` one.

    Of an opened loop with many turns the first ones and the last are drawn, and the rest stays
    folded. Beyond `limit` boxes only those nearest to what was computed last are kept.
    """
    boxes: list[Box] = []
    folded: set[int] = set()
    for index, loop in enumerate(loops):
        middle = _still_folded(loop, limit) if index == opened else loop.turns
        if middle:
            nodes = tuple(node for turn in middle for node in turn)
            folded.update(nodes)
            boxes.append(Box(nodes, index, len(middle)))
    boxes += [Box((node.id,)) for node in graph.nodes if node.id not in folded]
    # In the order of creation, in which inputs come before their users.
    boxes.sort(key=lambda box: box.nodes[0])
    lines = _lines(graph, boxes)
    if len(boxes) > limit:
        boxes, lines = _cropped(boxes, lines, limit)
    drawn = sum(len(box.nodes) for box in boxes)
    return Plan(tuple(boxes), tuple(lines), len(graph.nodes) - drawn)


def _still_folded(loop: Fold, limit: int) -> tuple[tuple[int, ...], ...]:
    """Return the turns in the middle for which there is no room when the loop is opened."""
    room = (limit // 2) // len(loop.turns[0])
    return () if len(loop.turns) <= room + 1 else loop.turns[max(1, room - 1) : -1]


def _lines(graph: Graph, boxes: Sequence[Box]) -> list[Line]:
    """Return the lines between the boxes; two nodes keep all of theirs, a fold shares them."""
    home = {node: index for index, box in enumerate(boxes) for node in box.nodes}
    lines = []
    seen = set()
    for edge in graph.edges:
        source, target = home[edge.source], home[edge.target]
        carries = not edge.cut and graph.nodes[edge.source].kind != "constant"
        line = Line(source, target, cut_name(edge.cut, graph.nodes[edge.target]), carries)
        single = boxes[source].fold is None and boxes[target].fold is None
        if source != target and (single or line not in seen):
            seen.add(line)
            lines.append(line)
    return lines


def _cropped(boxes: list[Box], lines: list[Line], limit: int) -> tuple[list[Box], list[Line]]:
    """Keep the boxes met first when walking back from the results, the last result first."""
    inputs: list[list[int]] = [[] for _ in boxes]
    for line in lines:
        inputs[line.target].append(line.source)
    used = {line.source for line in lines}
    found: set[int] = set()
    for result in (place for place in reversed(range(len(boxes))) if place not in used):
        queue = deque([result])
        while queue and len(found) < limit:
            place = queue.popleft()
            if place not in found:
                found.add(place)
                queue.extend(inputs[place])
    number = {old: new for new, old in enumerate(sorted(found))}
    return [boxes[old] for old in number], [
        Line(number[line.source], number[line.target], line.cut, line.carries)
        for line in lines
        if line.source in number and line.target in number
    ]
