"""Horizontal positions: every point as near to its neighbours as the order of its row allows."""

from __future__ import annotations

from itertools import pairwise
from math import inf

from .layers import Layers
from .order import Rows

PASSES = 16
BEND_WEIGHT = 8
"""Between two bends: long lines should be straight first of all."""
MIXED_WEIGHT = 2


def place(
    layers: Layers, rows: Rows, widths: list[float], gap: float, room: float = inf
) -> list[float]:
    """Return the centre of every point; a row keeps its order, and `gap` between its points.

    All rows keep within `room`, or within the width of the widest.
    """
    centres = [0.0] * len(layers.rank)
    for row in rows:
        offsets = _offsets(row, widths, gap)
        left, right = _overhangs(row, widths)
        room = max(room, left + offsets[-1] + right)
        for point, offset in zip(row, offsets, strict=True):
            centres[point] = offset
    for sweep in range(PASSES):
        both = sweep >= PASSES // 2
        upward = sweep % 2 == 0
        for row in rows if upward else reversed(rows):
            fixed = layers.below if upward else layers.above
            wishes = [_wish(layers, point, fixed, both, centres) for point in row]
            offsets = _offsets(row, widths, gap)
            left, right = _overhangs(row, widths)
            bounds = left - room / 2, room / 2 - right - offsets[-1]
            _settle(row, wishes, offsets, bounds, centres)
    return centres


def _offsets(row: list[int], widths: list[float], gap: float) -> list[float]:
    """Return the centres of a row packed as tightly as allowed, the first at 0."""
    offsets = [0.0]
    for left, right in pairwise(row):
        offsets.append(offsets[-1] + (widths[left] + widths[right]) / 2 + gap)
    return offsets


def _overhangs(row: list[int], widths: list[float]) -> tuple[float, float]:
    """Return how far a row reaches beyond the centres of its first and last point."""
    return max(0.0, widths[row[0]] / 2), max(0.0, widths[row[-1]] / 2)


def _wish(
    layers: Layers, point: int, fixed: list[list[int]], both: bool, centres: list[float]
) -> tuple[float, float]:
    """Return where a point would like to be, and how strongly."""
    around = layers.above[point] + layers.below[point]
    neighbours = around if both else fixed[point] or around
    total = pull = 0.0
    for other in neighbours:
        bends = layers.is_bend(point) + layers.is_bend(other)
        weight = (1, MIXED_WEIGHT, BEND_WEIGHT)[bends]
        total += weight
        pull += weight * centres[other]
    return (pull / total, total) if total else (centres[point], 1.0)


def _settle(
    row: list[int],
    wishes: list[tuple[float, float]],
    offsets: list[float],
    bounds: tuple[float, float],
    centres: list[float],
) -> None:
    """Put the row where the weighted squares of its distances from its wishes are least.

    Points that would overlap form a block that moves as one (pool adjacent violators). Blocks beyond
    the bounds move to them, which is where the squares are least within the bounds.
    """
    blocks: list[tuple[float, float, int]] = []  # weight, weighted shift, points
    for (wish, weight), offset in zip(wishes, offsets, strict=True):
        block = (weight, weight * (wish - offset), 1)
        while blocks and blocks[-1][1] * block[0] > block[1] * blocks[-1][0]:
            left = blocks.pop()
            block = (left[0] + block[0], left[1] + block[1], left[2] + block[2])
        blocks.append(block)
    index = 0
    for weight, shift, size in blocks:
        moved = min(max(shift / weight, bounds[0]), bounds[1])
        for _ in range(size):
            centres[row[index]] = offsets[index] + moved
            index += 1
