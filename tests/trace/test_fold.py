"""Repeated steps and modules are found, and only these."""

from collections.abc import Sequence

import pytest

from autograd_lab.trace.fold import folds, modules
from autograd_lab.trace.model import Edge, Graph, Node
from tests.work import calls

Item = tuple[int, str]
"""Line and operation."""


def graph(items: Sequence[Item], *extra: Edge) -> Graph:
    """Return operations in a row, each using the one before, after one leaf called w."""
    nodes = [Node(0, "leaf", "AccumulateGrad", "", "w", None)]
    for line, op in items:
        place = dict(line=line, expression=f"{op}()", cell=0)
        nodes.append(Node(len(nodes), "op", f"{op}Backward0", op, "", None, **place))
    chain = tuple(Edge(node, node + 1, 0) for node in range(len(items)))
    return Graph(tuple(nodes), chain + extra)


BODY = [(4, "mul"), (5, "tanh")]


def test_a_loop_is_one_fold() -> None:
    """Five turns of two operations, before them one that stands alone and behind them another."""
    (loop,) = folds(graph([(2, "exp"), *BODY * 5, (7, "sum")]))
    assert loop.turns == ((2, 3), (4, 5), (6, 7), (8, 9), (10, 11))
    assert (loop.operations, loop.first_line, loop.last_line, loop.name) == (2, 4, 5, "")


@pytest.mark.parametrize(
    "items",
    [
        [(1, "exp"), (2, "mul"), (3, "sum")],
        BODY * 2,
        [(4, "mul")] * 4,
        [(line, "mul") for line in range(9)],
        [(4, op) for op in ("mul", "exp", "sin", "cos", "tanh", "sum", "relu", "abs")],
        [],
    ],
    ids=["straight", "two turns", "a short one", "different lines", "one line", "nothing"],
)
def test_what_is_no_loop_stays(items: list[Item]) -> None:
    """Too few turns to be worth a box, another line each, another operation each."""
    assert folds(graph(items)) == ()


def test_of_nested_loops_the_outer_one_is_folded() -> None:
    """Three layers per epoch and four epochs are one box with ×4, not four with ×3."""
    (loop,) = folds(graph([*([(3, "mm"), (3, "relu")] * 3), (5, "sum")] * 4))
    assert len(loop.turns) == 4
    assert loop.operations == 7


def test_an_inner_loop_of_many_turns_does_not_hide_the_outer_one() -> None:
    """A loop is found over another that is longer than what is tried from one place."""
    (loop,) = folds(graph([*[(3, "mul")] * 100, (5, "sum")] * 5))
    assert len(loop.turns) == 5
    assert loop.operations == 101


def test_two_loops_are_two_folds() -> None:
    """Different bodies one after the other, in order."""
    first, second = folds(graph([(2, "exp"), (3, "log")] * 3 + BODY * 4))
    assert (len(first.turns), len(second.turns)) == (3, 4)
    assert first.nodes[-1] < second.nodes[0]


def test_what_every_turn_brings_along_is_folded_and_what_is_shared_is_not() -> None:
    """The batch of a turn belongs to it; w, and a start value that one turn alone has, do not."""
    turns = graph(BODY * 4)
    count = len(turns.nodes)
    batches = tuple(Node(count + i, "constant", "", "", "", None) for i in range(4))
    start = Node(count + 4, "constant", "", "", "h0", None)
    edges = [Edge(count + i, 1 + 2 * i, 1) for i in range(4)]
    edges += [Edge(0, 1 + 2 * i, 2) for i in range(4)]
    edges.append(Edge(count + 4, 2, 1))
    (loop,) = folds(Graph((*turns.nodes, *batches, start), (*turns.edges, *edges)))
    assert loop.turns == ((1, 2, 9), (3, 4, 10), (5, 6, 11), (7, 8, 12))


def layers(count: int) -> Graph:
    """Return a chain of layers with a weight and a bias each, run by one expression, then a sum."""
    nodes = [Node(0, "constant", "", "", "x", None)]
    edges = []
    last = 0
    for number in range(count):
        weight = len(nodes)
        for name in ("weight", "bias"):
            label = f"net.{number}.{name}"
            nodes.append(Node(len(nodes), "leaf", "AccumulateGrad", "", label, None))
        for op in ("T", "Addmm", "Relu"):
            place = dict(line=9, expression="net(x)", cell=0)
            nodes.append(Node(len(nodes), "op", f"{op}Backward0", op.lower(), "", None, **place))
        turned, product, relu = weight + 2, weight + 3, weight + 4
        edges += [Edge(weight, turned, 0), Edge(weight + 1, product, 0), Edge(last, product, 1)]
        edges += [Edge(turned, product, 2), Edge(product, relu, 0)]
        last = relu
    nodes.append(Node(len(nodes), "op", "SumBackward0", "sum", "loss", None, line=10))
    edges.append(Edge(last, last + 1, 0))
    return Graph(tuple(nodes), tuple(edges))


def test_layers_with_named_parameters_are_no_loop() -> None:
    """Their parameters are what a reader looks for."""
    assert folds(layers(6)) == ()


def test_each_module_is_folded_with_its_parameters_by_its_name() -> None:
    """What has no parameters of its own belongs to the module before; the loss to none."""
    net = layers(3)
    found = modules(net)
    assert [(fold.name, fold.operations) for fold in found] == [
        ("net.0", 3),
        ("net.1", 3),
        ("net.2", 3),
    ]
    assert found[0].turns == ((1, 2, 3, 4, 5),)
    assert len(net.nodes) - 1 not in found[-1].nodes


def test_a_node_is_in_one_fold_only() -> None:
    """Modules leave alone what a loop holds already."""
    net = layers(3)
    (first, *_) = modules(net)
    assert all(set(fold.nodes).isdisjoint(first.nodes) for fold in modules(net, [first]))


def test_a_module_ends_where_something_leaves_the_graph() -> None:
    """A detached value in between would lead out of its box and back in."""
    nodes = [
        Node(0, "leaf", "AccumulateGrad", "", "net.w", None),
        *(Node(n, "op", "MulBackward0", "mul", "", None, line=1, cell=0) for n in (1, 2)),
        Node(3, "constant", "", "detach", "", None, line=1, cell=0),
        *(Node(n, "op", "MulBackward0", "mul", "", None, line=1, cell=0) for n in (4, 5)),
    ]
    edges = [Edge(0, 1, 0), Edge(1, 2, 0), Edge(2, 3, 0, "detach"), Edge(3, 4, 0), Edge(2, 4, 1)]
    (fold,) = modules(Graph(tuple(nodes), (*edges, Edge(4, 5, 0))))
    assert fold.nodes == (0, 1, 2)


def test_a_fold_never_stands_between_its_own_ends() -> None:
    """No path leaves a fold and comes back: drawn as one box, the graph has no circle."""
    shapes = [layers(4), graph([(2, "exp"), *BODY * 5, (7, "sum")], Edge(1, 12, 1))]
    for shape in shapes:
        for fold in (*folds(shape), *modules(shape)):
            inside = set(fold.nodes)
            reached: set[int] = set()
            for edge in shape.edges:  # in the order of their targets
                if (edge.source in inside or edge.source in reached) and edge.target not in inside:
                    reached.add(edge.target)
            assert not any(e.source in reached and e.target in inside for e in shape.edges)


PATTERNS = {
    "one line": lambda n: [(4, "mul")] * n,
    "no pattern": lambda n: [(line, "mul") for line in range(n)],
    "a loop": lambda n: BODY * (n // len(BODY)),
}


@pytest.mark.parametrize("pattern", PATTERNS)
def test_work_grows_with_the_graph(pattern: str) -> None:
    """Twice the nodes are little more than twice the work, with and without a pattern."""
    small, large = (graph(PATTERNS[pattern](n)) for n in (4_000, 8_000))
    assert calls(lambda: folds(large)) < 2.5 * calls(lambda: folds(small))
