"""The order within each row, chosen so that few lines cross.

Sweeps up and down put every point at the median of its neighbours, then neighbours swap where that
helps; the best order seen wins (Gansner, Koutsofios, North, Vo: A Technique for Drawing Directed
Graphs, 1993).
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Iterator

from .layers import Layers

Rows = list[list[int]]

SWEEPS = 24
PATIENCE = 6
"""Sweeps without improvement after which the search ends."""
SWAP_ROUNDS = 4


def order(layers: Layers) -> Rows:
    """Return the points row by row, row 0 (the loss) first, each row from left to right."""
    best: Rows = []
    fewest: int | None = None
    for start in (_first_seen(layers, layers.above), _first_seen(layers, layers.below)):
        stale = 0
        for rows in _improvements(layers, start):
            crossings = count_crossings(layers, rows)
            if fewest is None or crossings < fewest:
                best, fewest, stale = [list(row) for row in rows], crossings, 0
            else:
                stale += 1
            if not fewest or stale >= PATIENCE:
                break
        if not fewest:
            break
    return best


def count_crossings(layers: Layers, rows: Rows) -> int:
    """Count the pairs of lines that cross between neighbouring rows."""
    place = _places(layers, rows)
    total = 0
    for row in rows:
        ends: list[int] = []  # of the lines further left, sorted
        for point in row:
            mine = [place[other] for other in layers.above[point]]
            total += sum(len(ends) - bisect_left(ends, end + 1) for end in mine)
            for end in mine:
                insort(ends, end)
    return total


def _first_seen(layers: Layers, onward: list[list[int]]) -> Rows:
    """Return the rows in the order a depth-first walk along `onward` meets their points."""
    backward = layers.below if onward is layers.above else layers.above
    rows: Rows = [[] for _ in range(max(layers.rank) + 1)]
    seen: set[int] = set()
    stack = [point for point in reversed(range(len(layers.rank))) if not backward[point]]
    while stack:
        point = stack.pop()
        if point not in seen:
            seen.add(point)
            rows[layers.rank[point]].append(point)
            stack.extend(reversed(onward[point]))
    return rows


def _improvements(layers: Layers, rows: Rows) -> Iterator[Rows]:
    """Yield `rows` as it is, then after each sweep; the list is changed in place."""
    yield rows
    place = _places(layers, rows)
    for sweep in range(SWEEPS):
        upward = sweep % 2 == 0
        # Every other pair of sweeps turns ties around, which leads out of dead ends.
        turn = sweep % 4 >= 2
        fixed = layers.below if upward else layers.above
        for index in range(len(rows)) if upward else reversed(range(len(rows))):
            rows[index] = _by_median(rows[index], fixed, place, turn)
            _number(rows[index], place)
        _swap_neighbours(layers, rows, place, turn)
        yield rows


def _by_median(row: list[int], fixed: list[list[int]], place: list[int], turn: bool) -> list[int]:
    """Return the row sorted by the median of its neighbours; points without any stay in place."""
    order = reversed(row) if turn else row
    median = {p: _median(sorted(place[o] for o in fixed[p])) for p in order if fixed[p]}
    result = sorted(median, key=median.__getitem__)
    for index, point in enumerate(row):
        if point not in median:
            result.insert(index, point)
    return result


def _median(places: list[int]) -> float:
    """Return the median; of an even number, leaning to the side where neighbours stand closer."""
    half = len(places) // 2
    if len(places) % 2:
        return places[half]
    left = places[half - 1] - places[0]
    right = places[-1] - places[half]
    if left + right == 0:
        return (places[half - 1] + places[half]) / 2
    return (places[half - 1] * right + places[half] * left) / (left + right)


def _swap_neighbours(layers: Layers, rows: Rows, place: list[int], turn: bool) -> None:
    """Swap points that stand side by side wherever that removes crossings; once, if it adds none."""
    for attempt in range(SWAP_ROUNDS):
        improved = False
        for row in rows:
            improved |= _swap_in_row(layers, row, place, turn and attempt == 0)
        if not improved:
            return


def _swap_in_row(layers: Layers, row: list[int], place: list[int], ties: bool) -> bool:
    """Swap within one row; say whether that removed a crossing."""
    # Where the lines of each point end does not change while only this row does.
    ends = [
        [sorted([place[other] for other in side[point]]) for side in (layers.above, layers.below)]
        for point in row
    ]
    improved = False
    for index in range(len(row) - 1):
        left, right = ends[index], ends[index + 1]
        gain = sum(
            _inversions(mine, its) - _inversions(its, mine)
            for mine, its in zip(left, right, strict=True)
        )
        if gain > 0 or (ties and gain == 0):
            row[index], row[index + 1] = row[index + 1], row[index]
            ends[index], ends[index + 1] = right, left
            improved = True
    if improved:
        _number(row, place)
    return improved


def _inversions(first: list[int], second: list[int]) -> int:
    """Count the pairs whose member from `second` is the smaller one; both lists are sorted."""
    count = 0
    if first and second and second[0] < first[-1]:
        for end in first:
            count += bisect_left(second, end)
    return count


def _places(layers: Layers, rows: Rows) -> list[int]:
    """Return for every point its place in its row."""
    place = [0] * len(layers.rank)
    for row in rows:
        _number(row, place)
    return place


def _number(row: list[int], place: list[int]) -> None:
    """Write down the places of one row."""
    for index, point in enumerate(row):
        place[point] = index
