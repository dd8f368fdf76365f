"""Parts of a graph that hang together, and how their drawings share the page."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from .result import Box, Layout, Route

Part = tuple[list[int], list[int], Layout]
"""Node numbers, edge numbers, and their drawing."""

SPACE = 2
"""Distance between parts, in gaps."""


def components(count: int, edges: Sequence[tuple[int, int]]) -> list[tuple[list[int], list[int]]]:
    """Return the connected parts (their nodes, their edges), ordered by their first node."""
    root = list(range(count))

    def find(node: int) -> int:
        while root[node] != node:
            root[node] = root[root[node]]
            node = root[node]
        return node

    for source, target in edges:
        first, second = sorted((find(source), find(target)))
        root[second] = first
    parts: dict[int, tuple[list[int], list[int]]] = {}
    for node in range(count):
        parts.setdefault(find(node), ([], []))[0].append(node)
    for index, (source, _) in enumerate(edges):
        parts[find(source)][1].append(index)
    return list(parts.values())


def pack(nodes: int, edges: int, parts: Iterable[Part], gap: float, max_width: float) -> Layout:
    """Put the parts side by side, top aligned, on a new line where `max_width` is reached."""
    boxes: list[Box] = [(0, 0, 0, 0)] * nodes
    routes: list[Route] = [()] * edges
    left = top = width = height = 0.0
    crossings = 0
    for part_nodes, part_edges, part in parts:
        if left and left + part.width > max_width:
            left, top = 0.0, height + SPACE * gap
        for node, (x, y, w, h) in zip(part_nodes, part.boxes, strict=True):
            boxes[node] = (left + x, top + y, w, h)
        for edge, route in zip(part_edges, part.routes, strict=True):
            routes[edge] = tuple((left + x, top + y) for x, y in route)
        width, height = max(width, left + part.width), max(height, top + part.height)
        left += part.width + SPACE * gap
        crossings += part.crossings
    return Layout(tuple(boxes), tuple(routes), width, height, crossings)
