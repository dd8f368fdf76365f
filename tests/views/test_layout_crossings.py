"""The layout crosses no more lines than Graphviz's `dot`, which is a yardstick here and nothing else."""

import shutil
import subprocess
from collections.abc import Callable
from itertools import combinations, pairwise

import pytest

from autograd_lab.views.layout import layout

Edges = list[tuple[int, int]]
Point = tuple[float, float]
Curve = list[Point]

SIZE = (110.0, 44.0)
STEPS = 6


def mlp(layers: int) -> Edges:
    """Return x @ w + b, activated, layer after layer, then a loss against a target."""
    edges, last, count = [], 0, 1
    for _ in range(layers):
        weight, product, bias, added, active = range(count, count + 5)
        edges += [(last, product), (weight, product), (product, added), (bias, added)]
        edges.append((added, active))
        last, count = active, count + 5
    return [*edges, (last, count + 1), (count, count + 1), (count + 1, count + 2)]


def recurrent(turns: int) -> Edges:
    """Return h = tanh(x @ Wx + h @ Wh + b), turn after turn."""
    edges: Edges = []
    wx, wh, bias, hidden, count = 0, 1, 2, 3, 4
    for _ in range(turns):
        x, left, right, both, plus, tanh = range(count, count + 6)
        edges += [(x, left), (wx, left), (hidden, right), (wh, right), (left, both)]
        edges += [(right, both), (both, plus), (bias, plus), (plus, tanh)]
        hidden, count = tanh, count + 6
    return edges


def residual(blocks: int) -> Edges:
    """Return h + f(h), block after block."""
    edges, last = [], 0
    for _ in range(blocks):
        weight, product, active, added = range(last + 1, last + 5)
        edges += [(last, product), (weight, product), (product, active)]
        edges += [(active, added), (last, added)]
        last = added
    return edges


def attention() -> Edges:
    """Return softmax(q kᵀ) v, with q, k and v out of the same tensor."""
    edges = [(0, product) for product in (4, 5, 6)]
    edges += [(1, 4), (2, 5), (3, 6), (4, 7), (5, 7), (7, 8), (8, 9), (9, 10), (6, 10), (10, 11)]
    return [*edges, (0, 11)]


def gated(turns: int) -> Edges:
    """Return h = z · h + (1 − z) · tanh(r · h + x), a gated cell, turn after turn."""
    edges, hidden, count = [], 2, 3
    for _ in range(turns):
        x, reset, update, kept, added, active, rest, new, old, after = range(count, count + 10)
        edges += [(hidden, reset), (0, reset), (hidden, update), (1, update), (reset, kept)]
        edges += [(hidden, kept), (kept, added), (x, added), (added, active), (update, rest)]
        edges += [
            (rest, new),
            (active, new),
            (update, old),
            (hidden, old),
            (new, after),
            (old, after),
        ]
        hidden, count = after, count + 10
    return edges


def two_losses() -> Edges:
    """Return one body with two heads and a penalty on the weights."""
    body = [(0, 2), (1, 2), (2, 3), (3, 5), (4, 5), (3, 7), (6, 7)]
    heads = [(5, 8), (7, 9), (8, 10), (9, 10), (1, 11), (4, 12), (11, 13), (12, 13), (13, 14)]
    return [*body, *heads, (10, 15), (14, 15)]


GRAPHS: dict[str, Edges] = {
    "mlp": mlp(4),
    "recurrent": recurrent(3),
    "residual": residual(6),
    "attention": attention(),
    "gated": gated(1),
    "two gated turns": gated(2),
    "two losses": two_losses(),
}


def ours(edges: Edges, wrap: bool = False) -> list[Curve]:
    """Return the curves that the layout draws, on a page that is narrow if it is to wrap."""
    count = max(end for edge in edges for end in edge) + 1
    drawing = layout([SIZE] * count, edges, max_width=400, wrap=wrap)
    return [_ours(route) for route in drawing.routes]


def _ours(route: tuple[Point, ...]) -> Curve:
    """Return points along a route: straight down, then a curve, in turn."""
    points = []
    for index, ((x1, y1), (x2, y2)) in enumerate(pairwise(route)):
        middle = (y1 + y2) / 2
        controls = [(x1, y1), (x1, middle), (x2, middle), (x2, y2)]
        points += [(x1, y1), (x2, y2)] if index % 2 == 0 else _bezier(controls)
    return points


def of_dot(edges: Edges) -> list[Curve]:
    """Return the curves that `dot` draws."""
    width, height = (inches / 72 for inches in SIZE)
    node = f"node [shape=box, fixedsize=true, width={width}, height={height}];"
    text = "".join(f"{source} -> {target};" for source, target in edges)
    drawn = subprocess.run(
        ["dot", "-Tplain"],
        input=f"digraph {{ {node} {text} }}",
        capture_output=True,
        encoding="utf-8",
        check=True,
    ).stdout
    curves = {}
    for line in drawn.splitlines():
        kind, *words = line.split()
        if kind == "edge":
            numbers = list(map(float, words[3 : 3 + 2 * int(words[2])]))
            points = list(zip(numbers[::2], numbers[1::2], strict=True))
            pieces = (points[at : at + 4] for at in range(0, len(points) - 1, 3))
            curves[int(words[0]), int(words[1])] = [p for piece in pieces for p in _bezier(piece)]
    return [curves[edge] for edge in edges]


def _bezier(controls: list[Point]) -> Curve:
    """Return points along a cubic curve."""
    (x0, y0), (x1, y1), (x2, y2), (x3, y3) = controls
    points = []
    for step in range(STEPS + 1):
        t = step / STEPS
        a, b, c, d = (1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t * t * (1 - t), t**3
        points.append((a * x0 + b * x1 + c * x2 + d * x3, a * y0 + b * y1 + c * y2 + d * y3))
    return points


def crossings(edges: Edges, curves: list[Curve]) -> int:
    """Count the pairs of curves that cross; those that share an end do not count."""
    pairs = combinations(zip(edges, curves, strict=True), 2)
    return sum(
        not set(first) & set(second) and _cross(curve, other)
        for (first, curve), (second, other) in pairs
    )


def _cross(first: Curve, second: Curve) -> bool:
    return any(_meet(*a, *b) for a in pairwise(first) for b in pairwise(second))


def _meet(a: Point, b: Point, c: Point, d: Point) -> bool:
    """Whether two pieces of lines cross inside both."""

    def side(p: Point, q: Point, r: Point) -> float:
        return (q[0] - p[0]) * (r[1] - p[1]) - (q[1] - p[1]) * (r[0] - p[0])

    return side(a, b, c) * side(a, b, d) < 0 and side(c, d, a) * side(c, d, b) < 0


@pytest.fixture(scope="module", autouse=True)
def _dot() -> None:
    """Leave the comparison out where Graphviz is not installed."""
    if shutil.which("dot") is None:
        pytest.skip("Graphviz is not installed")


@pytest.mark.parametrize("wrap", [False, True], ids=["plain", "wrapped"])
@pytest.mark.parametrize("name", GRAPHS)
def test_crossings_are_within_a_fifth_of_dots(name: str, wrap: bool) -> None:
    """Counted alike, on the curves that are drawn."""
    edges = GRAPHS[name]
    assert crossings(edges, ours(edges, wrap)) <= 1.2 * crossings(edges, of_dot(edges))


@pytest.mark.parametrize("draw", [ours, of_dot], ids=["ours", "dot"])
def test_crossings_are_counted(draw: Callable[[Edges], list[Curve]]) -> None:
    """Two pairs that must cross once, whoever draws them; a tree has no crossing."""
    must = [(0, 2), (0, 3), (1, 2), (1, 3)]
    assert crossings(must, draw(must)) == 1
    tree = [(1, 0), (2, 0), (3, 1), (4, 1), (5, 2)]
    assert crossings(tree, draw(tree)) == 0
