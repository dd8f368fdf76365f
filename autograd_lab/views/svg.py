"""The graph as a static SVG: leaves on top, the loss below, values and gradients in the boxes.

It carries its own opaque background, because an SVG inside `<img>` cannot see the colours of the
page. Kinds differ by shape, weight and dash, never by colour alone. It holds no `id`, so any number
of copies may stand on one page.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from html import escape

from ..i18n import _
from ..trace.model import Edge, Graph, Node, Value
from .layout import Layout, layout
from .wording import (
    clip,
    columns,
    gradient_line,
    kind_name,
    node_name,
    one_line,
    source_line,
    value_line,
)

MARGIN = 12
PADDING = 10
LINE = 17
CHARACTER = 7.3
"""Width of one column at 12 px, a little more than the widest common monospaced font."""
FEW = 12
WIDE, NARROW = 37, 22
"""Columns for a value where there are few nodes, and where there are more."""
STYLE = """\
rect.page{fill:#fff;stroke:none}
text{font:12px ui-monospace,SFMono-Regular,Menlo,Consolas,'DejaVu Sans Mono',monospace;fill:#1a1a1a}
.name{font-weight:700}.kind{fill:#4a4a4a}.grad{font-weight:700;fill:#7a2e00}
rect{fill:#fff;stroke:#3d3d3d;stroke-width:1.2}
.leaf rect{fill:#e6f0fb;stroke:#0b4f94;stroke-width:2.4}
.constant rect{fill:#f4f4f4;stroke:#595959;stroke-dasharray:4 3}
path{fill:none;stroke:#3d3d3d;stroke-width:1.4}.head{fill:#3d3d3d;stroke:none}
.plain path{stroke-dasharray:1.5 3}.plain .head{fill:#3d3d3d}
.cut path{stroke:#a11212;stroke-dasharray:6 4}.cut .head{fill:#a11212}
.cut .knife{stroke-dasharray:none;stroke-width:2.4}.cut text{fill:#a11212;font-weight:700}"""


@dataclass(frozen=True, slots=True)
class Drawing:
    """A graph laid out and ready to be written."""

    graph: Graph
    texts: tuple[tuple[str, ...], ...]
    """Per node its lines: name, value, and (but for constants) gradient."""
    layout: Layout


def draw(
    graph: Graph,
    gradients: Mapping[int, Value | None],
    also: Iterable[Mapping[int, Value | None]] = (),
) -> str:
    """Return the SVG of `graph` with the given gradient per node.

    The boxes leave room for the gradients in `also`, which a stepper shows in their place.
    """
    clipped = value_width(graph)
    texts = tuple(_lines(node, gradients.get(node.id), clipped) for node in graph.nodes)
    room = [max(columns(first) + 1, *map(columns, rest)) for first, *rest in texts]
    for change in also:
        for node_id, value in change.items():
            line = gradient_line(graph.nodes[node_id], value, clipped)
            room[node_id] = max(room[node_id], columns(line))
    sizes = [
        (room[node.id] * CHARACTER + 2 * PADDING, len(lines) * LINE + PADDING)
        for node, lines in zip(graph.nodes, texts, strict=True)
    ]
    placed = layout(sizes, [(edge.source, edge.target) for edge in graph.edges])
    return _document(Drawing(graph, texts, placed))


def value_width(graph: Graph) -> int:
    """Return how many columns a value may take in a box: fewer where there are many boxes."""
    return WIDE if len(graph.nodes) <= FEW else NARROW


def _lines(node: Node, gradient: Value | None, clipped: int) -> tuple[str, ...]:
    """Return what stands in the box of a node."""
    first = f"{node_name(node)} {kind_name(node)}"
    value = "" if node.value is None else value_line(node.value, clipped)
    if node.kind == "constant":
        return (first, value)
    return (first, value, gradient_line(node, gradient, clipped))


def _document(drawing: Drawing) -> str:
    """Return the whole SVG."""
    extents = [_cut_extent(drawing, i) for i, edge in enumerate(drawing.graph.edges) if edge.cut]
    left = round(min([0.0, *(start for start, _ in extents)])) - MARGIN
    width = round(max([drawing.layout.width, *(end for _, end in extents)])) + MARGIN - left
    height = round(drawing.layout.height) + 2 * MARGIN
    edges = "".join(_edge(drawing, index) for index in range(len(drawing.graph.edges)))
    knives = "".join(
        _knife(drawing, index) for index, edge in enumerate(drawing.graph.edges) if edge.cut
    )
    nodes = "".join(_node(drawing, node) for node in drawing.graph.nodes)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
        f'viewBox="{left} {-MARGIN} {width} {height}">'
        f"<style>{STYLE}</style>"
        f'<rect class="page" x="{left}" y="{-MARGIN}" width="100%" height="100%"/>'
        f"{edges}{knives}{nodes}</svg>"
    )


def _node(drawing: Drawing, node: Node) -> str:
    """Return the box of one node."""
    x, y, width, height = drawing.layout.boxes[node.id]
    name, *rest = drawing.texts[node.id]
    own = node_name(node)
    bold = f'<tspan class="name">{escape(own)}</tspan>' if node.label else escape(own)
    kind = f'<tspan class="kind" dx="6">{escape(name[len(own) :])}</tspan>'
    lines = [f"<text {_at(x, y, 0)}>{bold}{kind}</text>"]
    for index, (line, css) in enumerate(zip(rest, ("", 'class="grad" '), strict=False), start=1):
        lines.append(f"<text {css}{_at(x, y, index)}>{escape(line)}</text>")
    radius = 16 if node.kind == "leaf" else 3
    return (
        f'<g class="node {node.kind}" data-node="{node.id}"><title>{escape(_tooltip(node))}</title>'
        f'<rect x="{x:.0f}" y="{y:.0f}" width="{width:.0f}" height="{height:.0f}" rx="{radius}"/>'
        f"{''.join(lines)}</g>"
    )


def _at(x: float, y: float, line: int) -> str:
    """Return the position of a line of text in a box."""
    return f'x="{x + PADDING:.0f}" y="{y + PADDING / 2 + LINE * (line + 0.75):.0f}"'


def _tooltip(node: Node) -> str:
    """Return what a box has no room for: shape, dtype, where it was made."""
    shape = "" if node.value is None else f"{node.value.dtype} {list(node.value.shape)}"
    return clip(" · ".join(filter(None, (shape, source_line(node)))), 120)


def _edge(drawing: Drawing, index: int) -> str:
    """Return the line of one edge, with an arrowhead where the value arrives."""
    edge = drawing.graph.edges[index]
    points = drawing.layout.routes[index]
    x, y = points[-1]
    head = f'<path class="head" d="M{x:.0f} {y:.0f}l-4 -7h8z"/>'
    line = f'<path d="{_path(points)}"/>'
    return f'<g class="{_edge_class(drawing.graph, edge)}" data-edge="{index}">{line}{head}</g>'


def _edge_class(graph: Graph, edge: Edge) -> str:
    """Return the CSS classes of an edge: an edge from a constant carries no gradient."""
    if edge.cut:
        return "edge cut"
    return "edge plain" if graph.nodes[edge.source].kind == "constant" else "edge"


def _path(points: tuple[tuple[float, float], ...]) -> str:
    """Return the SVG path through the points of a route, curving between rows only."""
    (x, y), *rest = points
    parts = [f"M{x:.0f} {y:.0f}"]
    for index, (to_x, to_y) in enumerate(rest):
        if index % 2 == 0:
            parts.append(f"V{to_y:.0f}" if round(y) != round(to_y) else "")
        else:
            middle = (y + to_y) / 2
            parts.append(f"C{x:.0f} {middle:.0f} {to_x:.0f} {middle:.0f} {to_x:.0f} {to_y:.0f}")
        x, y = to_x, to_y
    return "".join(parts)


def _cut_label(edge: Edge) -> str:
    """Return what the mark on a severed edge says."""
    return _("cut: {what}").format(what=one_line(edge.cut))


def _knife(drawing: Drawing, index: int) -> str:
    """Return two strokes across a severed edge and what severed it."""
    (from_x, from_y), (to_x, to_y) = drawing.layout.routes[index][-2:]
    x, y = (from_x + to_x) / 2, (from_y + to_y) / 2
    left, right = _cut_extent(drawing, index)
    return (
        f'<g class="cut" data-cut="{index}">'
        f'<path class="knife" d="M{x - 7:.0f} {y:.0f}l14 -6M{x - 7:.0f} {y + 6:.0f}l14 -6"/>'
        f'<rect class="page" x="{left - 2:.0f}" y="{y - 8:.0f}" '
        f'width="{right - left + 4:.0f}" height="16"/>'
        f'<text x="{left:.0f}" y="{y + 4:.0f}">{escape(_cut_label(drawing.graph.edges[index]))}</text></g>'
    )


def _cut_extent(drawing: Drawing, index: int) -> tuple[float, float]:
    """Return where the label of a cut edge begins and ends: on the side to which the edge bends."""
    (from_x, _), (to_x, _) = drawing.layout.routes[index][-2:]
    width = columns(_cut_label(drawing.graph.edges[index])) * CHARACTER
    x = (from_x + to_x) / 2
    return (
        (x - PADDING - width, x - PADDING) if to_x < from_x else (x + PADDING, x + PADDING + width)
    )
