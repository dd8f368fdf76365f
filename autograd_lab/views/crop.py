"""The part of a large trace that is worth drawing."""

from __future__ import annotations

from collections import deque
from dataclasses import replace

from ..trace.model import Graph, Trace

MAX_NODES = 150
"""More boxes than this nobody reads."""


def crop(trace: Trace, limit: int = MAX_NODES) -> Trace:
    """Return the trace with at most `limit` nodes: those nearest to what was computed last.

    Events about other nodes are left out. A trace that is small enough is returned as it is.
    """
    nodes = trace.graph.nodes
    if len(nodes) <= limit:
        return trace
    number = {old: new for new, old in enumerate(sorted(_nearest(trace.graph, limit)))}
    kept = tuple(replace(nodes[old], id=new) for old, new in number.items())
    edges = tuple(
        replace(edge, source=number[edge.source], target=number[edge.target])
        for edge in trace.graph.edges
        if edge.source in number and edge.target in number
    )
    events = tuple(
        event if event.node is None else replace(event, node=number[event.node])
        for event in trace.events
        if event.node is None or event.node in number
    )
    return replace(trace, graph=Graph(kept, edges), events=events)


def _nearest(graph: Graph, limit: int) -> set[int]:
    """Return the nodes met first when walking back from the results, the last result first."""
    inputs: list[list[int]] = [[] for _ in graph.nodes]
    for edge in graph.edges:
        inputs[edge.target].append(edge.source)
    used = {edge.source for edge in graph.edges}
    results = [node.id for node in reversed(graph.nodes) if node.id not in used]
    found: set[int] = set()
    for result in results:
        queue = deque([result])
        while queue and len(found) < limit:
            node = queue.popleft()
            if node not in found:
                found.add(node)
                queue.extend(inputs[node])
    return found
