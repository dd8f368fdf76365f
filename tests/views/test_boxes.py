"""Which boxes a picture has."""

from collections.abc import Callable

from autograd_lab.trace.fold import folds
from autograd_lab.trace.model import Trace
from autograd_lab.views.boxes import plan

Build = Callable[[int], Trace]


def test_every_node_of_a_small_graph_has_a_box(example: Trace) -> None:
    """Both edges of y * y are drawn, and each says whether a gradient flows back along it."""
    shown = plan(example.graph, ())
    assert [box.key for box in shown.boxes] == ["0", "1", "2", "3", "4"]
    assert [(line.source, line.target) for line in shown.lines] == [
        (0, 1),
        (1, 2),
        (1, 2),
        (2, 3),
        (3, 4),
    ]
    assert shown.hidden == 0


def test_constants_and_cuts_carry_nothing(broadcast: Trace, severed: Trace) -> None:
    """The line from x carries no gradient, nor does the one that detach cut."""
    assert [line.carries for line in plan(broadcast.graph, ()).lines][:2] == [True, False]
    assert [(line.cut, line.carries) for line in plan(severed.graph, ()).lines] == [
        ("detach", False),
        ("", True),
    ]


def test_a_loop_is_one_box_and_its_lines_are_shared(looped: Build) -> None:
    """Ten turns use w ten times, which is one line into the box; no line leads back into it."""
    graph = looped(10).graph
    shown = plan(graph, folds(graph))
    assert [(box.key, box.turns) for box in shown.boxes] == [
        ("0", 1),
        ("1", 1),
        ("f0", 10),
        ("22", 1),
    ]
    assert [(line.source, line.target) for line in shown.lines] == [(1, 2), (0, 2), (2, 3)]
    assert shown.drawn == set(range(23))


def test_an_opened_loop_shows_its_nodes(looped: Build) -> None:
    """All of them where there is room."""
    graph = looped(10).graph
    assert len(plan(graph, folds(graph), opened=0).boxes) == 23


def test_of_an_opened_loop_that_is_too_long_the_middle_stays_folded(looped: Build) -> None:
    """The first turns and the last are drawn, and no more boxes than allowed."""
    graph = looped(1000).graph
    shown = plan(graph, folds(graph), opened=0, limit=30)
    assert len(shown.boxes) <= 30
    (middle,) = (box for box in shown.boxes if box.fold is not None)
    assert middle.nodes[0] > 2 and middle.nodes[-1] < 2000
    assert shown.hidden == 0


def test_beyond_the_limit_what_is_nearest_to_the_result_remains(chain: Build) -> None:
    """The result is kept, the far end goes; what is kept hangs together."""
    shown = plan(chain(2000).graph, (), limit=10)
    assert [box.key for box in shown.boxes] == [str(node) for node in range(1990, 2000)]
    assert [(line.source, line.target) for line in shown.lines] == [(i, i + 1) for i in range(9)]
    assert shown.hidden == 1990


def test_the_last_result_comes_first(example: Trace) -> None:
    """With room for one box, it is that of the result."""
    assert [box.key for box in plan(example.graph, (), limit=1).boxes] == ["4"]
