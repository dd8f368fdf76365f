"""Which row a node belongs to: its distance from the loss, further up where rows would grow too wide."""

from __future__ import annotations

from collections.abc import Sequence


def ranks(count: int, edges: Sequence[tuple[int, int]]) -> list[int]:
    """Return per node the length of the longest path from it to a node that nothing uses.

    So a parameter stands right above the operation that uses it, not at the top of the picture.
    Raises ValueError if the edges form a cycle.
    """
    sources, waiting = _uses(count, edges)
    rank = [0] * count
    ready = [node for node in range(count) if not waiting[node]]
    for node in ready:  # grows while it is walked
        for source in sources[node]:
            rank[source] = max(rank[source], rank[node] + 1)
            waiting[source] -= 1
            if not waiting[source]:
                ready.append(source)
    if len(ready) < count:
        raise ValueError("the graph has a cycle; only acyclic graphs can be drawn in layers")
    return rank


def wrapped(
    edges: Sequence[tuple[int, int]], widths: Sequence[float], gap: float, lane: float, room: float
) -> list[int]:
    """Return ranks whose rows are no wider than `room`, unless one box and the lines beside it are.

    Each box takes `gap` besides its width, each line that passes a row takes `lane`.
    """
    count = len(widths)
    sources, waiting = _uses(count, edges)
    # What has the most above it goes first, so leaves move up: nothing has to move up with them.
    height = ranks(count, [(target, source) for source, target in edges])
    rank = [-1] * count
    ready = [node for node in range(count) if not waiting[node]]
    passing: set[int] = set()  # what is used in the rows so far and stands in none of them
    row = 0
    while ready:
        width = lane * (len(passing) - 1)
        chosen: list[int] = []
        for node in sorted(ready, key=lambda node: -height[node]):
            more = widths[node] + gap - (lane if node in passing else 0)
            if not chosen or width + more <= room:
                chosen.append(node)
                rank[node] = row
                width += more
        ready = [node for node in ready if rank[node] < 0]
        passing.difference_update(chosen)
        for source in (source for node in chosen for source in sources[node]):
            passing.add(source)
            waiting[source] -= 1
            if not waiting[source]:
                ready.append(source)
        row += 1
    return rank


def _uses(count: int, edges: Sequence[tuple[int, int]]) -> tuple[list[list[int]], list[int]]:
    """Return per node what it uses, and how often it is used."""
    sources: list[list[int]] = [[] for _ in range(count)]
    uses = [0] * count
    for source, target in edges:
        sources[target].append(source)
        uses[source] += 1
    return sources, uses
