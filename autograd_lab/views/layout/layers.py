"""The graph with its long edges broken up, so that every line joins two neighbouring rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise


@dataclass(frozen=True, slots=True)
class Layers:
    """Nodes first, then the bends: points where an edge passes a row without stopping there.

    All edges out of one node share their bends, so they run as one line until they part.
    """

    nodes: int
    """How many of the points are nodes."""
    rank: list[int]
    """Row per point, 0 for the loss."""
    above: list[list[int]]
    """Per point its neighbours in the row above (rank + 1), where its inputs are."""
    below: list[list[int]]
    paths: list[list[int]]
    """Per edge the points it runs through, from its source to its target."""

    @classmethod
    def build(cls, rank: Sequence[int], edges: Sequence[tuple[int, int]]) -> Layers:
        """Break up `edges` between nodes that stand on the given ranks."""
        points = list(rank)
        bends: dict[tuple[int, int], int] = {}
        paths = []
        for source, target in edges:
            path = [source]
            for row in range(rank[source] - 1, rank[target], -1):
                if (source, row) not in bends:
                    bends[source, row] = len(points)
                    points.append(row)
                path.append(bends[source, row])
            paths.append([*path, target])
        above: list[list[int]] = [[] for _ in points]
        below: list[list[int]] = [[] for _ in points]
        lines = {pair: None for path in paths for pair in pairwise(path)}
        for upper, lower in lines:
            below[upper].append(lower)
            above[lower].append(upper)
        return cls(len(rank), points, above, below, paths)

    def is_bend(self, point: int) -> bool:
        """Say whether a point is a bend of an edge."""
        return point >= self.nodes
