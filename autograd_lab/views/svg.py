"""The graph as a static SVG: leaves on top, the loss below, a name and a gradient in each box.

It carries its own opaque background, because an SVG inside `<img>` cannot see the colours of the
page. Kinds differ by shape, weight and dash, never by colour alone. It holds no `id`, so any number
of copies may stand on one page.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from itertools import takewhile
from operator import eq

from ..trace.fold import Fold
from ..trace.model import Graph, Value
from .boxes import Box, Plan
from .layout import Layout, layout
from .wording import (
    Place,
    box_name,
    columns,
    cut_text,
    fold_lines,
    gradient_line,
    place_of,
    short_kind,
)

MARGIN = 12
PADDING = 10
LINE = 17
CHARACTER = 7.3
"""Width of one column at 12 px, a little more than the widest common monospaced font."""
PAGE = 576
"""Width that a picture should not exceed, so that it fits a notebook's column as it is."""
ROOM = PAGE - 2 * MARGIN
ATTEMPTS = 3
"""Layouts that are tried to fit a page with labels."""
FEW = 40
WIDTHS = (37, 22, 16)
"""Columns for a gradient; with many boxes the narrowest at once, in which `[[-1.2345e-07, …` fits."""
TAG = 6.2
"""Width of one column of a tag."""
STYLE = """\
rect.page{fill:#fff;stroke:none}
text{font:12px ui-monospace,SFMono-Regular,Menlo,Consolas,'DejaVu Sans Mono',monospace;fill:#1a1a1a}
.name{font-weight:700}.kind{fill:#4a4a4a}.grad{font-weight:700;fill:#7a2e00}
rect{fill:#fff;stroke:#3d3d3d;stroke-width:1.2}
.leaf rect{fill:#e6f0fb;stroke:#0b4f94;stroke-width:2.4}
.constant rect{fill:#f4f4f4;stroke:#595959;stroke-dasharray:4 3}
.fold rect{stroke-width:2}.fold .under{fill:#f4f4f4;stroke-width:1.2}
path{fill:none;stroke:#3d3d3d;stroke-width:1.4}
.plain{stroke-dasharray:1.5 3}
.cut{stroke:#a11212;stroke-dasharray:6 4}.knife{stroke:#a11212;stroke-width:2.4}
.why{fill:#a11212;font-weight:700}
.tag text{font-size:10px;fill:#4a4a4a}.tag path{stroke:#fff;stroke-width:5}"""


@dataclass(frozen=True, slots=True)
class Tag:
    """A mark on a box: a buffer was freed, a version moved."""

    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class Scenery:
    """What a picture is drawn from, besides the boxes: the same for all pictures of one trace."""

    graph: Graph
    loops: Sequence[Fold]
    gradients: Mapping[int, Value | None]
    also: Sequence[Mapping[int, Value | None]]
    """Gradients that a stepper shows in place of `gradients`: the boxes leave room for them."""
    tags: Mapping[int, Sequence[Tag]]
    crowded: frozenset[Place]
    """Places in the source where several operations ran: only their names tell them apart."""

    def marks(self, box: Box) -> Sequence[Tag]:
        """Return the tags of a box; that of a loop has none."""
        return self.tags.get(box.nodes[0], ()) if box.fold is None else ()


@dataclass(frozen=True, slots=True)
class _Words:
    """What stands in a box."""

    name: str
    kind: str
    below: str = ""
    """The second line: a gradient, but for constants."""

    @property
    def columns(self) -> int:
        """How many columns of text the box has to hold."""
        first = columns(self.name) + (1 + columns(self.kind) if self.kind else 0)
        return max(first, columns(self.below))


@dataclass(frozen=True, slots=True)
class _Drawing:
    """Boxes laid out and ready to be written."""

    scenery: Scenery
    plan: Plan
    words: tuple[_Words, ...]
    layout: Layout


def draw(scenery: Scenery, plan: Plan) -> str:
    """Return the SVG of the planned boxes, with gradients as long as the width of a page allows.

    A few boxes that do not fit it with short gradients either stand in more rows. Many do not: too
    many lines would have to pass between them.
    """
    narrow = _drawing(scenery, plan, WIDTHS[-1])
    if len(plan.boxes) > FEW:
        return _document(narrow, WIDTHS[-1])
    if not _fits(narrow):
        return _document(_wrapped(scenery, plan), WIDTHS[-1])
    for clipped in WIDTHS[:-1]:
        drawing = _drawing(scenery, plan, clipped)
        if _fits(drawing):
            return _document(drawing, clipped)
    return _document(narrow, WIDTHS[-1])


def _fits(drawing: _Drawing) -> bool:
    """Whether a picture is no wider than a page."""
    left, right = _extent(drawing)
    return right - left <= ROOM


def _wrapped(scenery: Scenery, plan: Plan) -> _Drawing:
    """Lay the boxes out in as many rows as it takes for them to fit."""
    room = float(ROOM)
    for _ in range(ATTEMPTS):
        drawing = _drawing(scenery, plan, WIDTHS[-1], wrap=room)
        # Labels of cut lines may reach beyond the boxes, which then have to leave them room.
        left, right = _extent(drawing)
        beyond = round(right) - round(left) - ROOM
        if beyond <= 0:
            break
        room -= beyond
    return drawing


def _drawing(scenery: Scenery, plan: Plan, clipped: int, wrap: float | None = None) -> _Drawing:
    """Lay the boxes out, with gradients of at most so many columns, in rows that `wrap` at a width."""
    words = tuple(_words(scenery, box, clipped) for box in plan.boxes)
    room = [float(text.columns) for text in words]
    place = {box.nodes[0]: index for index, box in enumerate(plan.boxes) if box.fold is None}
    for change in scenery.also:
        for node, value in change.items():
            if node in place:
                line = gradient_line(scenery.graph.nodes[node], value, clipped)
                room[place[node]] = max(room[place[node]], columns(line))
    for index, box in enumerate(plan.boxes):
        marks = scenery.marks(box)
        room[index] = max(
            room[index], sum(columns(tag.text) + 2 for tag in marks) * TAG / CHARACTER
        )
    sizes = [
        (room[index] * CHARACTER + 2 * PADDING, (2 if text.below else 1) * LINE + PADDING)
        for index, text in enumerate(words)
    ]
    edges = [(line.source, line.target) for line in plan.lines]
    placed = layout(sizes, edges, max_width=wrap or ROOM, wrap=wrap is not None)
    return _Drawing(scenery, plan, words, placed)


def _words(scenery: Scenery, box: Box, clipped: int) -> _Words:
    """Return what stands in a box."""
    if box.fold is not None:
        return _Words(*fold_lines(scenery.loops[box.fold], box.turns))
    node = scenery.graph.nodes[box.nodes[0]]
    gradient = scenery.gradients.get(node.id)
    below = "" if node.kind == "constant" else gradient_line(node, gradient, clipped)
    crowded = place_of(node) in scenery.crowded
    return _Words(box_name(node, crowded), short_kind(node), below)


def _document(drawing: _Drawing, clipped: int) -> str:
    """Return the whole SVG; it says how many columns a gradient may take."""
    left, right = (round(end) for end in _extent(drawing))
    left -= MARGIN
    width = right + MARGIN - left
    height = round(drawing.layout.height) + 2 * MARGIN
    knives = "".join(_knife(drawing, index) for index in _cuts(drawing))
    boxes = "".join(_box(drawing, index) for index in range(len(drawing.plan.boxes)))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
        f'viewBox="{left} {-MARGIN} {width} {height}" data-columns="{clipped}">'
        f"<style>{STYLE}</style>"
        f'<rect class="page" x="{left}" y="{-MARGIN}" width="100%" height="100%"/>'
        f"{_lines(drawing)}{knives}{boxes}</svg>"
    )


def _extent(drawing: _Drawing) -> tuple[float, float]:
    """Return where boxes and labels begin and end."""
    ends = [end for index in _cuts(drawing) for end in _cut_extent(drawing, index)]
    return min([0.0, *ends]), max([drawing.layout.width, *ends])


def _cuts(drawing: _Drawing) -> list[int]:
    """Return the lines that are cut."""
    return [index for index, line in enumerate(drawing.plan.lines) if line.cut]


def _box(drawing: _Drawing, index: int) -> str:
    """Return one box."""
    box = drawing.plan.boxes[index]
    x, y, width, height = drawing.layout.boxes[index]
    words = drawing.words[index]
    node = drawing.scenery.graph.nodes[box.nodes[0]]
    kind = node.kind if box.fold is None else "fold"
    name = escape(words.name)
    if node.label or kind == "fold":
        name = f'<tspan class="name">{name}</tspan>'
    if words.kind:
        name += f'<tspan class="kind"> {escape(words.kind)}</tspan>'
    text = f"<text {_at(0)}>{name}</text>"
    if words.below:
        css = "kind" if kind == "fold" else "grad"
        text += f'<text class="{css}" {_at(1)}>{escape(words.below)}</text>'
    size = f'width="{width:.0f}" height="{height:.0f}" rx="{14 if kind == "leaf" else 3}"'
    under = f'<rect class="under" x="4" y="4" {size}/>' if kind == "fold" else ""
    return (
        f'<g class="node {kind}" data-box="{box.key}" transform="translate({x:.0f} {y:.0f})">'
        f"{under}<rect {size}/>{text}{_tags(drawing, box, width, height)}</g>"
    )


def _at(line: int) -> str:
    """Return the position of a line of text in a box."""
    return f'x="{PADDING}" y="{PADDING / 2 + LINE * (line + 0.75):.0f}"'


def _tags(drawing: _Drawing, box: Box, width: float, height: float) -> str:
    """Return the marks on the lower edge of a box, from the right to the left."""
    marks = ""
    right = width - PADDING
    for tag in drawing.scenery.marks(box):
        left = right - columns(tag.text) * TAG
        # The path takes the border away behind the words.
        marks += (
            f'<g class="tag {tag.kind}"><path d="M{left - 3:.0f} {height:.0f}H{right + 3:.0f}"/>'
            f'<text x="{left:.0f}" y="{height + 3:.0f}">{escape(tag.text)}</text></g>'
        )
        right = left - PADDING
    return marks


def _lines(drawing: _Drawing) -> str:
    """Return the lines, with an arrowhead where the value arrives.

    What a line has in common with the last one like it from the same box is drawn once: `data-after`
    says how much of that one's path goes before its own.
    """
    drawn = []
    last: dict[tuple[str, int], list[str]] = {}
    for line, points in zip(drawing.plan.lines, drawing.layout.routes, strict=True):
        kind = "edge cut" if line.cut else "edge" if line.carries else "edge plain"
        path = _path(points)
        shared = sum(takewhile(bool, map(eq, path[:-1], last.get((kind, line.source), []))))
        last[kind, line.source] = path
        after = ""
        if shared > 2:  # else to say so takes longer
            after = f' data-after="{len("".join(path[:shared]))}"'
            path = [f"M{points[shared - 1][0]:.0f} {points[shared - 1][1]:.0f}", *path[shared:]]
        ends = f"{drawing.plan.boxes[line.source].key} {drawing.plan.boxes[line.target].key}"
        head = f"M{points[-1][0] - 4:.0f} {points[-1][1] - 7:.0f}l4 7 4-7"
        drawn.append(f'<path class="{kind}" data-edge="{ends}"{after} d="{"".join(path)}{head}"/>')
    return "".join(drawn)


def _path(points: tuple[tuple[float, float], ...]) -> list[str]:
    """Return the parts of the SVG path through the points of a route, curving between rows only.

    Each goes by so much from one point to the next, which is shorter than to name the points.
    """
    (x, y), *rest = [(round(x), round(y)) for x, y in points]
    parts = [f"M{x} {y}"]
    for index, (to_x, to_y) in enumerate(rest):
        right, down = to_x - x, to_y - y
        if index % 2 == 0 or right == 0:
            parts.append(f"v{down}" if down else "")
        else:
            middle = round(down / 2)
            parts.append(f"c0 {middle} {right} {middle} {right} {down}".replace(" -", "-"))
        x, y = to_x, to_y
    return parts


def _knife(drawing: _Drawing, index: int) -> str:
    """Return two strokes across a severed line and what severed it."""
    (from_x, from_y), (to_x, to_y) = drawing.layout.routes[index][-2:]
    x, y = (from_x + to_x) / 2, (from_y + to_y) / 2
    words = cut_text(drawing.plan.lines[index].cut)
    left, right = _cut_extent(drawing, index)
    return (
        f'<path class="knife" d="M{x - 7:.0f} {y:.0f}l14 -6M{x - 7:.0f} {y + 6:.0f}l14 -6"/>'
        f'<rect class="page" x="{left - 2:.0f}" y="{y - 8:.0f}" '
        f'width="{right - left + 4:.0f}" height="16"/>'
        f'<text class="why" x="{left:.0f}" y="{y + 4:.0f}">{escape(words)}</text>'
    )


def _cut_extent(drawing: _Drawing, index: int) -> tuple[float, float]:
    """Return where the label of a cut line begins and ends: on the side to which the line bends."""
    (from_x, _), (to_x, _) = drawing.layout.routes[index][-2:]
    width = columns(cut_text(drawing.plan.lines[index].cut)) * CHARACTER
    x = (from_x + to_x) / 2
    return (
        (x - PADDING - width, x - PADDING) if to_x < from_x else (x + PADDING, x + PADDING + width)
    )
