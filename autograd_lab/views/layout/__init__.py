"""A layered drawing of a graph, ranked by distance from the loss: leaves on top, the loss below.

Edges out of one tensor share one line until they part: where they part is where gradients add.
Deterministic, iterative, standard library only.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import inf

from .layers import Layers
from .order import count_crossings, order
from .pack import components, pack
from .place import place
from .rank import ranks, wrapped
from .result import Layout
from .route import draw

TIGHTER = 8.0
"""By how much less than the gap lines keep apart where there is little room."""


def layout(
    sizes: Sequence[tuple[float, float]],
    edges: Sequence[tuple[int, int]],
    *,
    gap: float = 18,
    max_width: float = 600,
    wrap: bool = False,
) -> Layout:
    """Return a drawing of the acyclic graph `edges` (source, target) over nodes of the given sizes.

    `gap` is the least distance between neighbours. Parts that are not connected stand side by side
    and wrap at `max_width`. With `wrap`, boxes of a wider part move up to further rows, too. Raises
    ValueError if an edge leads nowhere or the graph has a cycle.
    """
    for edge in edges:
        if not all(0 <= end < len(sizes) for end in edge):
            raise ValueError(f"edge {edge} leads to a node that is not there")
    parts = []
    for nodes, edge_ids in components(len(sizes), edges):
        local = {node: index for index, node in enumerate(nodes)}
        inner = [(local[edges[e][0]], local[edges[e][1]]) for e in edge_ids]
        room = max_width if wrap else inf
        parts.append((nodes, edge_ids, _wrapped([sizes[n] for n in nodes], inner, gap, room)))
    return pack(len(sizes), len(edges), parts, gap, max_width)


def _wrapped(
    sizes: Sequence[tuple[float, float]], edges: Sequence[tuple[int, int]], gap: float, room: float
) -> Layout:
    """Draw one connected part; if it is too wide, then in more rows that are not."""
    plain = _connected(ranks(len(sizes), edges), sizes, edges, gap)
    if plain.width <= room:
        return plain
    rank = wrapped(edges, [width for width, _ in sizes], gap, gap - TIGHTER, room)
    return min(plain, _connected(rank, sizes, edges, gap, room), key=lambda drawing: drawing.width)


def _connected(
    rank: Sequence[int],
    sizes: Sequence[tuple[float, float]],
    edges: Sequence[tuple[int, int]],
    gap: float,
    room: float = inf,
) -> Layout:
    """Draw one connected part in the given rows, within `room` where the rows allow it."""
    layers = Layers.build(rank, edges)
    rows = order(layers)
    # A line has no width; with less than none it comes closer than the gap.
    bend = -TIGHTER if room < inf else 0.0
    widths = [width for width, _ in sizes] + [bend] * (len(layers.rank) - len(sizes))
    centres = place(layers, rows, widths, gap, room)
    boxes, routes, width, height = draw(layers, centres, sizes)
    return Layout(boxes, routes, width, height, count_crossings(layers, rows))


__all__ = ["Layout", "layout"]
