"""The layered layout: invariants that hold for every graph, and pictures one can foresee."""

from itertools import combinations, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograd_lab.views.layout import Layout, layout
from tests.work import calls

Edges = list[tuple[int, int]]
Sizes = list[tuple[float, float]]

SMALL = 1e-6
NARROW = 300


@st.composite
def graphs(draw: st.DrawFn) -> tuple[Sizes, Edges]:
    """Draw an acyclic graph, with parallel edges, and the sizes of its nodes."""
    count = draw(st.integers(1, 14))
    size = st.tuples(st.floats(10, 200), st.floats(10, 90))
    sizes = draw(st.lists(size, min_size=count, max_size=count))
    if count == 1:
        return sizes, []
    pair = st.tuples(st.integers(0, count - 1), st.integers(0, count - 1))
    pairs = draw(st.lists(pair.filter(lambda ends: ends[0] != ends[1]), max_size=28))
    return sizes, [(min(ends), max(ends)) for ends in pairs]


@st.composite
def trees(draw: st.DrawFn) -> tuple[int, Edges]:
    """Draw a tree as edges from child to parent."""
    count = draw(st.integers(2, 30))
    return count, [(node, draw(st.integers(0, node - 1))) for node in range(1, count)]


def draw(graph: tuple[Sizes, Edges], wrap: bool) -> Layout:
    """Return the drawing of a graph on a narrow page."""
    return layout(*graph, max_width=NARROW, wrap=wrap)


def curve(route: tuple[tuple[float, float], ...], points: int = 8) -> list[tuple[float, float]]:
    """Return points along an edge: straight down, then a cubic curve, in turn."""
    result = []
    for index, ((x1, y1), (x2, y2)) in enumerate(pairwise(route)):
        for step in range(points + 1):
            t = step / points
            share = 0 if index % 2 == 0 else t * t * (3 - 2 * t)
            height = t if index % 2 == 0 else 1.5 * t * (1 - t) + t**3
            result.append((x1 + (x2 - x1) * share, y1 + (y2 - y1) * height))
    return result


@given(graphs(), st.booleans())
def test_boxes_keep_their_size_and_never_overlap(graph: tuple[Sizes, Edges], wrap: bool) -> None:
    """Every box has the size asked for, lies on the page, and touches no other."""
    drawing = draw(graph, wrap)
    for (x, y, width, height), size in zip(drawing.boxes, graph[0], strict=True):
        assert (width, height) == size
        assert x >= -SMALL and y >= -SMALL
        assert x + width <= drawing.width + SMALL and y + height <= drawing.height + SMALL
    for (x1, y1, w1, h1), (x2, y2, w2, h2) in combinations(drawing.boxes, 2):
        beside = x1 + w1 < x2 + SMALL or x2 + w2 < x1 + SMALL
        assert beside or y1 + h1 < y2 + SMALL or y2 + h2 < y1 + SMALL


@given(graphs(), st.booleans())
def test_edges_run_from_source_to_target_and_always_downward(
    graph: tuple[Sizes, Edges], wrap: bool
) -> None:
    """An edge starts below its source, ends on top of its target, and never turns back up."""
    drawing = draw(graph, wrap)
    for (source, target), route in zip(graph[1], drawing.routes, strict=True):
        x, y, width, height = drawing.boxes[source]
        assert route[0] == pytest.approx((x + width / 2, y + height))
        x, y, width, _ = drawing.boxes[target]
        assert x < route[-1][0] < x + width and route[-1][1] == pytest.approx(y)
        heights = [point[1] for point in route]
        assert heights == sorted(heights)


@given(graphs(), st.booleans())
def test_no_edge_passes_through_a_box(graph: tuple[Sizes, Edges], wrap: bool) -> None:
    """Points along an edge are never inside a box."""
    drawing = draw(graph, wrap)
    for route in drawing.routes:
        for x, y in curve(route):
            for left, top, width, height in drawing.boxes:
                inside = left + SMALL < x < left + width - SMALL
                assert not (inside and top + SMALL < y < top + height - SMALL)


@given(graphs(), st.booleans())
def test_the_same_graph_is_always_drawn_the_same(graph: tuple[Sizes, Edges], wrap: bool) -> None:
    """Two runs agree to the last digit."""
    assert draw(graph, wrap) == draw(graph, wrap)


@given(graphs())
def test_wrapping_leaves_alone_what_fits_and_makes_nothing_wider(
    graph: tuple[Sizes, Edges],
) -> None:
    """Only a drawing that is too wide changes."""
    plain, wrapped = draw(graph, wrap=False), draw(graph, wrap=True)
    assert wrapped.width <= plain.width
    assert wrapped == plain or plain.width > NARROW


@given(st.lists(st.floats(10, 200), min_size=1, max_size=14))
def test_the_inputs_of_one_operation_wrap_within_the_width(widths: list[float]) -> None:
    """However many stand above it, they fill rows, and no line to the operation crosses another."""
    last = len(widths)
    sizes = [(width, 30.0) for width in (*widths, 60.0)]
    drawing = layout(sizes, [(node, last) for node in range(last)], max_width=400, wrap=True)
    assert drawing.width <= 400 + SMALL
    assert drawing.crossings == 0


@given(trees())
def test_trees_have_no_crossings(tree: tuple[int, Edges]) -> None:
    """A tree is drawn without crossings, towards its root and away from it."""
    count, edges = tree
    sizes = [(60.0, 30.0)] * count
    assert layout(sizes, edges).crossings == 0
    assert layout(sizes, [(target, source) for source, target in edges]).crossings == 0


def test_a_diamond_has_no_crossings() -> None:
    """Two paths from one tensor that meet again run side by side."""
    drawing = layout([(60, 30)] * 4, [(0, 1), (0, 2), (1, 3), (2, 3)])
    assert drawing.crossings == 0
    assert drawing.boxes[1][1] == drawing.boxes[2][1]


def test_a_crossing_that_need_not_be_is_removed() -> None:
    """The order in which a walk meets the nodes is only where the search begins."""
    assert layout([(60, 30)] * 5, [(0, 1), (1, 2), (1, 3), (4, 2)]).crossings == 0


def test_there_is_room_for_arrows_between_rows() -> None:
    """Rows stand apart, further where a line has far to go sideways."""
    near = layout([(60, 30)] * 2, [(0, 1)])
    assert near.boxes[1][1] - near.boxes[0][1] - 30 >= 24
    far = layout([(60, 30)] * 9, [(node, 8) for node in range(8)])
    assert far.height > near.height


def test_a_crossing_that_must_be_is_counted() -> None:
    """Two sources that both feed the same two targets cross exactly once."""
    assert layout([(60, 30)] * 4, [(0, 2), (0, 3), (1, 2), (1, 3)]).crossings == 1


def test_a_parameter_stands_right_above_its_use() -> None:
    """Rows follow the distance from the loss: a late parameter is not lifted to the top."""
    boxes = layout([(60, 30)] * 5, [(0, 1), (1, 2), (2, 3), (4, 3)]).boxes
    assert boxes[4][1] == boxes[2][1]


def test_edges_out_of_one_tensor_share_a_line_until_they_part() -> None:
    """A skip connection and the first step of the other path leave at the same point."""
    drawing = layout([(60, 30)] * 5, [(0, 1), (1, 2), (2, 4), (0, 4), (0, 3), (3, 4)])
    skip, late = drawing.routes[3], drawing.routes[4]
    assert skip[:3] == late[:3]


def test_two_edges_between_the_same_nodes_arrive_apart() -> None:
    """In y * y both inputs are seen."""
    drawing = layout([(60, 30)] * 2, [(0, 1), (0, 1)])
    assert drawing.routes[0][0] == drawing.routes[1][0]
    assert drawing.routes[0][-1] != drawing.routes[1][-1]


def test_separate_graphs_wrap_within_the_width() -> None:
    """Nodes that are not connected fill lines, none wider than asked for."""
    drawing = layout([(100, 30)] * 12, [], max_width=400)
    assert drawing.width <= 400
    assert len({top for _, top, _, _ in drawing.boxes}) == 4


def test_what_wraps_is_a_leaf() -> None:
    """A chain stays as it is; of the leaves beside it one moves up that finds no room."""
    edges = [(0, 1), (1, 2), (2, 3), (4, 3), (5, 3), (6, 3)]
    boxes = layout([(100, 30)] * 7, edges, max_width=360, wrap=True).boxes
    rows = sorted({top for _, top, _, _ in boxes})
    assert [rows.index(top) for _, top, _, _ in boxes] == [0, 1, 2, 3, 2, 2, 1]


def test_an_empty_graph_has_no_extent() -> None:
    """Nothing to draw is not an error."""
    assert layout([], []) == Layout((), (), 0, 0, 0)


def test_a_cycle_is_refused() -> None:
    """A graph that cannot be drawn in layers is named as such."""
    with pytest.raises(ValueError, match="cycle"):
        layout([(60, 30)] * 2, [(0, 1), (1, 0)])


def test_an_edge_to_nowhere_is_refused() -> None:
    """An edge whose end does not exist is named."""
    with pytest.raises(ValueError, match=r"\(0, 7\)"):
        layout([(60, 30)], [(0, 7)])


def rnn(turns: int) -> tuple[int, Edges]:
    """Return h = tanh(x @ Wx + h @ Wh + b), repeated: nodes and edges."""
    count, edges = 4, []
    wx, wh, bias, hidden = range(4)
    for _ in range(turns):
        x, mm1, mm2, add, plus, tanh = range(count, count + 6)
        count += 6
        edges += [(x, mm1), (wx, mm1), (hidden, mm2), (wh, mm2), (mm1, add), (mm2, add)]
        edges += [(add, plus), (bias, plus), (plus, tanh)]
        hidden = tanh
    return count, edges


def chain(count: int) -> tuple[int, Edges]:
    """Return nodes in a row."""
    return count, [(node, node + 1) for node in range(count - 1)]


@pytest.mark.parametrize(
    ("small", "large"),
    [(chain(1_000), chain(2_000)), (rnn(20), rnn(41))],
    ids=["chain of 2,000", "recurrent net"],
)
def test_work_grows_with_the_graph(small: tuple[int, Edges], large: tuple[int, Edges]) -> None:
    """Deep graphs need no recursion, and twice the nodes are little more than twice the work."""
    work = []
    for count, edges in (small, large):
        boxes = [(120, 60)] * count
        work.append(calls(lambda boxes=boxes, edges=edges: layout(boxes, edges)))
        assert len(layout(boxes, edges).boxes) == count
    assert work[1] < 2.5 * work[0]
