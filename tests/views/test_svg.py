"""The static picture: well-formed, legible, self-contained."""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import product
from xml.etree import ElementTree

import pytest

from autograd_lab.trace.model import Edge, Event, Graph, Ref, Saved, TensorObject, Trace
from autograd_lab.views import svg
from autograd_lab.views.prepared import prepare
from autograd_lab.views.wording import columns

SVG = "{http://www.w3.org/2000/svg}"
Build = Callable[[int], Trace]


def draw(trace: Trace, opened: int | None = None) -> ElementTree.Element:
    """Return the picture of a trace after its last step, parsed."""
    return ElementTree.fromstring(prepare(trace).picture(opened))


def texts(element: ElementTree.Element) -> list[str]:
    """Return the lines of text below an element."""
    return ["".join(text.itertext()) for text in element.iter(f"{SVG}text")]


def by_class(root: ElementTree.Element, name: str) -> Iterator[ElementTree.Element]:
    """Yield the elements that have a CSS class."""
    return (e for e in root.iter() if name in e.get("class", "").split())


def test_every_node_shows_its_name_and_its_gradient(example: Trace) -> None:
    """Two lines per box, in the reader's words: the variable with its operation, or an expression."""
    boxes = [texts(node) for node in by_class(draw(example), "node")]
    assert [box[:2] for box in boxes] == [
        ["x leaf", ".grad [[4.5000, 4.5000], [4.5000, 4.5000]]"],
        ["y add", "grad [[4.5000, 4.5000], [4.5000, 4.5000]]"],
        ["y * y", "grad [[0.7500, 0.7500], [0.7500, 0.7500]]"],
        ["z mul", "grad [[0.2500, 0.2500], [0.2500, 0.2500]]"],
        ["out mean", "grad 1."],
    ]


def test_a_gradient_that_is_missing_is_none_yet(severed: Trace) -> None:
    """Without a backward pass no box shows a number as gradient."""
    lines = texts(draw(severed))
    assert ".grad none yet" in lines and "grad none yet" in lines


def test_constants_have_no_gradient_line(broadcast: Trace) -> None:
    """What does not require grad is not waiting for one."""
    (constant,) = by_class(draw(broadcast), "constant")
    assert texts(constant) == ["x constant"]


def test_a_severed_edge_is_drawn_as_cut(severed: Trace) -> None:
    """It says what cut it and carries two strokes across; the other edge does not."""
    root = draw(severed)
    (line,) = by_class(root, "cut")
    assert line.get("data-edge") == "0 1"
    assert len(list(by_class(root, "edge"))) == 2
    assert len(list(by_class(root, "knife"))) == 1
    assert [why.text for why in by_class(root, "why")] == ["cut: detach"]


def moves(path: str) -> list[tuple[float, float]]:
    """Return how far each part of a path goes, the first from the origin."""
    numbers = [
        [*map(float, re.findall(r"-?\d+", part))] for part in re.findall("[Mcv][^Mcvl]+", path)
    ]
    return [(0.0 if len(part) == 1 else part[-2], part[-1]) for part in numbers]


def test_what_lines_have_in_common_is_drawn_once(chain: Build) -> None:
    """With the part of the last one from the same box before it, each joins its two boxes."""
    trace = chain(8)
    nodes = tuple(replace(node, line=node.id) for node in trace.graph.nodes)
    edges = (*trace.graph.edges, *(Edge(0, target, 1) for target in range(2, 8)))
    root = draw(replace(trace, graph=Graph(nodes, edges)))
    frames = {}
    for box in by_class(root, "node"):
        left, top = map(float, re.findall(r"-?\d+", box.get("transform", "")))
        rect = box.find(f"{SVG}rect")
        assert rect is not None
        width, height = (float(rect.get(side, "")) for side in ("width", "height"))
        frames[box.get("data-box")] = left, top, left + width, top + height
    last: dict[str, str] = {}
    for line in by_class(root, "edge"):
        source, target = line.get("data-edge", "").split()
        own, head = line.get("d", "")[1:].split("M")
        after = int(line.get("data-after", "0"))
        whole = last[source][:after] + re.sub("^[^a-z]+", "", own) if after else f"M{own}"
        assert (
            after == 0 or sum(x for x, _ in moves(last[source][:after])) == moves(f"M{own}")[0][0]
        )
        last[source] = whole
        parts = moves(whole)
        (start_x, start_y), end_x, end_y = parts[0], *map(sum, zip(*parts, strict=True))
        assert frames[source][0] < start_x < frames[source][2] and start_y == frames[source][3]
        assert frames[target][0] < end_x < frames[target][2]
        assert abs(end_y - frames[target][1]) <= 1
        assert moves(f"M{head}") == [(end_x - 4, end_y - 7)]
    assert sum(line.get("data-after") is not None for line in by_class(root, "edge")) >= 4


def test_a_node_that_lost_its_buffers_says_so(example: Trace) -> None:
    """Both products are marked, the others have nothing to lose."""
    root = draw(example)
    marked = [box.get("data-box") for box in by_class(root, "node") if "freed" in texts(box)]
    assert marked == ["2", "3"]


def test_a_version_that_moved_is_marked(example: Trace) -> None:
    """On the tensor that was written to, and on the node that had saved it before."""
    nodes = list(example.graph.nodes)
    nodes[1] = replace(nodes[1], tensor=0)
    nodes[2] = replace(nodes[2], saved=(Saved("self", nodes[1].value, 16, tensor=0, version=0),))
    before, after = (Ref(0, 1, (2, 2), "float32", True, False, version) for version in (0, 1))
    events = (
        Event("op", 1, outputs=(before,)),
        Event("inplace", text="mul_", inputs=(before,), outputs=(after,)),
    )
    graph, tensors = replace(example.graph, nodes=tuple(nodes)), (TensorObject("y"),)
    root = draw(replace(example, graph=graph, events=events, tensors=tensors))
    boxes = {box.get("data-box"): texts(box)[2:] for box in by_class(root, "node")}
    assert boxes["1"] == ["version 0 → 1"]
    assert boxes["2"] == ["self: version 0 → 1"]
    assert boxes["0"] == boxes["3"] == []


def test_the_border_of_a_box_stops_at_its_tags(example: Trace) -> None:
    """A path as wide as the words takes it away, also behind their spaces."""
    (width, height), (path, words) = next(
        (
            [float(box.find(f"{SVG}rect").get(side, "")) for side in ("width", "height")],
            list(box.find(f"{SVG}g")),
        )
        for box in by_class(draw(example), "node")
        if "freed" in texts(box)
    )
    start, y, end = map(float, re.findall(r"[-\d.]+", path.get("d", "")))
    assert y == height
    assert start < float(words.get("x", "")) and end < width
    assert end - start >= columns("freed") * svg.TAG


def test_a_loop_is_one_box_with_its_turns(looped: Build) -> None:
    """Folded it says how often and where; opened there is a box per operation."""
    trace = looped(8)
    (loop,) = by_class(draw(trace), "fold")
    assert texts(loop) == ["×8 lines 5–6", "2 operations per turn"]
    assert loop.get("data-box") == "f0"
    assert len(list(by_class(draw(trace, opened=0), "node"))) == 19


def test_a_small_picture_fits_a_page(example: Trace, looped: Build) -> None:
    """Gradients are cut short rather than the picture made wider than a notebook's column."""
    long = replace(example.graph.nodes[0].value, content="[" + ", ".join(["1.2345"] * 30) + "]")
    events = tuple(
        replace(event, grads_in=(long,)) if event.kind == "node" else event
        for event in looped(3).events
    )
    root = draw(replace(looped(3), events=events), opened=0)
    assert float(root.get("width", "")) <= 576
    assert any(line.endswith("…") for line in texts(root))


def test_all_text_lies_inside_the_picture(severed: Trace, hostile: Trace) -> None:
    """Boxes and the labels of cuts stay within the width of the page."""
    for trace in (severed, hostile):
        root = draw(trace)
        left, _, width, _ = map(float, root.get("viewBox", "").split())
        for box in by_class(root, "node"):
            (x, *_), rect = re.findall(r"[-\d.]+", box.get("transform", "")), box.find(f"{SVG}rect")
            assert rect is not None
            assert left <= float(x)
            assert float(x) + float(rect.get("width", "")) <= left + width
        for rect in root.findall(f"{SVG}rect")[1:]:
            assert float(rect.get("x", "")) >= left
            assert float(rect.get("x", "")) + float(rect.get("width", "")) <= left + width


def test_hostile_text_stays_text(hostile: Trace) -> None:
    """Names and values that look like markup add no element to the picture."""
    root = draw(hostile)
    tags = {element.tag.removeprefix(SVG) for element in root.iter()}
    assert tags == {"svg", "style", "rect", "g", "path", "text", "tspan"}
    assert any("<img src" in line for line in texts(root))


def test_a_picture_has_no_ids_and_reaches_for_nothing(hostile: Trace) -> None:
    """Copies can stand on one page, offline."""
    source = prepare(hostile).picture()
    for element in ElementTree.fromstring(source).iter():
        assert not {"id", "href", "src"} & set(element.keys())
    assert "url(" not in source and "@import" not in source


def luminance(colour: str) -> float:
    """Return the relative luminance of `#rgb` or `#rrggbb` as WCAG 2 defines it."""
    digits = colour.removeprefix("#")
    if len(digits) == 3:
        digits = "".join(2 * digit for digit in digits)
    channels = (int(digits[i : i + 2], 16) / 255 for i in (0, 2, 4))
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def rules() -> dict[str, dict[str, str]]:
    """Return the picture's style sheet by selector."""
    found = re.findall(r"([^{}]+)\{([^{}]*)\}", svg.STYLE)
    return {
        selector.strip(): dict(item.split(":", 1) for item in body.split(";") if item)
        for selector, body in found
    }


def test_every_text_has_enough_contrast_on_every_box() -> None:
    """WCAG AA asks for 4.5 : 1; lines and arrows meet it too, against the page."""
    style = rules()
    fills = {style[name]["fill"] for name in ("rect", "rect.page", ".leaf rect", ".constant rect")}
    inks = {
        value
        for selector, body in style.items()
        for key, value in body.items()
        if value.startswith("#")
        and (key == "fill" or selector != ".tag path")  # it is paper
        and (key == "stroke" or not ("rect" in selector or ".under" in selector))
    }
    assert len(fills) >= 3 and len(inks) >= 4
    for ink, fill in product(inks, fills):
        light, dark = sorted((luminance(ink), luminance(fill)), reverse=True)
        assert (light + 0.05) / (dark + 0.05) >= 4.5, (ink, fill)


@pytest.mark.parametrize("kind", [".leaf rect", ".constant rect", ".fold rect", ".cut", ".plain"])
def test_kinds_differ_by_more_than_colour(kind: str) -> None:
    """Weight or dash tells them apart for those who see no colour."""
    assert {"stroke-width", "stroke-dasharray"} & set(rules()[kind])


def test_an_empty_graph_is_still_a_picture() -> None:
    """No node, no edge, no error."""
    assert draw(Trace()).tag == f"{SVG}svg"
