"""From ranks and centres to boxes and lines.

Within a row lines run straight down, beside the boxes; they bend only between rows. So no line can
pass through a box.
"""

from __future__ import annotations

from collections.abc import Sequence

from .layers import Layers
from .result import Box, Route

NARROW_GAP, WIDE_GAP = 26.0, 60.0
SLOPE = 0.12
"""Rows stand further apart where a line has far to go sideways."""
PORT_DISTANCE = 18.0


def draw(
    layers: Layers, centres: list[float], sizes: Sequence[tuple[float, float]]
) -> tuple[tuple[Box, ...], tuple[Route, ...], float, float]:
    """Return the boxes of the nodes, the route of every edge, and the width and height of all."""
    left = min(
        centre - sizes[point][0] / 2 if point < layers.nodes else centre
        for point, centre in enumerate(centres)
    )
    centres = [centre - left for centre in centres]
    tops, bottoms = _rows(layers, centres, sizes)
    boxes = tuple(
        (centres[node] - width / 2, tops[layers.rank[node]], width, height)
        for node, (width, height) in enumerate(sizes)
    )
    ports = _ports(layers, centres, sizes)
    routes = tuple(
        _route(layers, path, ports[edge], boxes, centres, tops, bottoms)
        for edge, path in enumerate(layers.paths)
    )
    right = max([*centres, *(x + width for x, _, width, _ in boxes)])
    return boxes, routes, right, bottoms[0]


def _rows(
    layers: Layers, centres: list[float], sizes: Sequence[tuple[float, float]]
) -> tuple[list[float], list[float]]:
    """Return top and bottom of every row, the highest rank at the top of the picture."""
    count = max(layers.rank) + 1
    heights = [0.0] * count
    reach = [0.0] * count
    for point, rank in enumerate(layers.rank):
        if point < layers.nodes:
            heights[rank] = max(heights[rank], sizes[point][1])
        for upper in layers.above[point]:
            reach[rank] = max(reach[rank], abs(centres[upper] - centres[point]))
    tops, bottoms = [0.0] * count, [0.0] * count
    y = 0.0
    for rank in reversed(range(count)):
        tops[rank], bottoms[rank] = y, y + heights[rank]
        below = reach[rank - 1] if rank else 0.0
        y = bottoms[rank] + min(WIDE_GAP, NARROW_GAP + SLOPE * below)
    return tops, bottoms


def _ports(
    layers: Layers, centres: list[float], sizes: Sequence[tuple[float, float]]
) -> list[float]:
    """Return where on top of its target each edge arrives, in the order the lines come in."""
    arriving: dict[int, list[int]] = {}
    for edge, path in enumerate(layers.paths):
        arriving.setdefault(path[-1], []).append(edge)
    ports = [0.0] * len(layers.paths)
    for node, edges in arriving.items():
        edges.sort(key=lambda edge: centres[layers.paths[edge][-2]])
        distance = min(PORT_DISTANCE, sizes[node][0] / (len(edges) + 1))
        for index, edge in enumerate(edges):
            ports[edge] = centres[node] + (index - (len(edges) - 1) / 2) * distance
    return ports


def _route(
    layers: Layers,
    path: list[int],
    port: float,
    boxes: tuple[Box, ...],
    centres: list[float],
    tops: list[float],
    bottoms: list[float],
) -> Route:
    """Return the points of one edge: per row it meets, where it enters and where it leaves."""
    source, *bends, target = path
    _, top, _, height = boxes[source]
    points = [(centres[source], top + height), (centres[source], bottoms[layers.rank[source]])]
    for bend in bends:
        rank = layers.rank[bend]
        points += [(centres[bend], tops[rank]), (centres[bend], bottoms[rank])]
    points.append((port, tops[layers.rank[target]]))
    return tuple(points)
