"""A layered drawing of a graph, ranked by distance from the loss: leaves on top, the loss below.

Edges out of one tensor share one line until they part: where they part is where gradients add.
Deterministic, iterative, standard library only.
"""

from __future__ import annotations

from collections.abc import Sequence

from .layers import Layers
from .order import count_crossings, order
from .pack import components, pack
from .place import place
from .rank import ranks
from .result import Layout
from .route import draw


def layout(
    sizes: Sequence[tuple[float, float]],
    edges: Sequence[tuple[int, int]],
    *,
    gap: float = 18,
    max_width: float = 600,
) -> Layout:
    """Return a drawing of the acyclic graph `edges` (source, target) over nodes of the given sizes.

    `gap` is the least distance between neighbours. Parts that are not connected stand side by side
    and wrap at `max_width`. Raises ValueError if an edge leads nowhere or the graph has a cycle.
    """
    for edge in edges:
        if not all(0 <= end < len(sizes) for end in edge):
            raise ValueError(f"edge {edge} leads to a node that is not there")
    parts = []
    for nodes, edge_ids in components(len(sizes), edges):
        local = {node: index for index, node in enumerate(nodes)}
        inner = [(local[edges[e][0]], local[edges[e][1]]) for e in edge_ids]
        parts.append((nodes, edge_ids, _connected([sizes[n] for n in nodes], inner, gap)))
    return pack(len(sizes), len(edges), parts, gap, max_width)


def _connected(
    sizes: Sequence[tuple[float, float]], edges: Sequence[tuple[int, int]], gap: float
) -> Layout:
    """Draw one connected part."""
    layers = Layers.build(ranks(len(sizes), edges), edges)
    rows = order(layers)
    widths = [width for width, _ in sizes] + [0.0] * (len(layers.rank) - len(sizes))
    centres = place(layers, rows, widths, gap)
    boxes, routes, width, height = draw(layers, centres, sizes)
    return Layout(boxes, routes, width, height, count_crossings(layers, rows))


__all__ = ["Layout", "layout"]
