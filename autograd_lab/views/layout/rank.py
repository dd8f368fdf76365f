"""Which row a node belongs to: its distance from the loss."""

from __future__ import annotations

from collections.abc import Sequence


def ranks(count: int, edges: Sequence[tuple[int, int]]) -> list[int]:
    """Return per node the length of the longest path from it to a node that nothing uses.

    So a parameter stands right above the operation that uses it, not at the top of the picture.
    Raises ValueError if the edges form a cycle.
    """
    sources: list[list[int]] = [[] for _ in range(count)]
    waiting = [0] * count
    for source, target in edges:
        sources[target].append(source)
        waiting[source] += 1
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
