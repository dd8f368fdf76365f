"""Large traces are cut down to what a reader can take in."""

from collections.abc import Callable

from autograd_lab.trace.model import Trace
from autograd_lab.views.crop import crop
from autograd_lab.views.steps import steps


def test_a_small_trace_stays_as_it_is(example: Trace) -> None:
    """Up to the limit nothing is left out."""
    assert crop(example, limit=5) is example


def test_the_nodes_nearest_to_the_result_remain(chain: Callable[[int], Trace]) -> None:
    """The result is kept, the far end goes, and the rest is a sound trace of its own."""
    trace = chain(2000)
    small = crop(trace, limit=10)
    assert [node.id for node in small.graph.nodes] == list(range(10))
    assert [(edge.source, edge.target) for edge in small.graph.edges] == [
        (number, number + 1) for number in range(9)
    ]
    walked = steps(small)
    assert [step.node for step in walked] == [9, *range(9, -1, -1)]


def test_the_last_result_comes_first(example: Trace) -> None:
    """Of two graphs the later one is kept."""
    nodes, edges = example.graph.nodes, example.graph.edges
    assert crop(example, limit=1).graph.nodes[0].label == nodes[-1].label
    assert len(edges) == 5
