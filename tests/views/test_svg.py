"""The static picture: well-formed, legible, self-contained."""

import re
from collections.abc import Iterator
from itertools import product
from xml.etree import ElementTree

import pytest

from autograd_lab.trace.model import Trace
from autograd_lab.views import svg
from autograd_lab.views.steps import final_gradients, gradients, steps

SVG = "{http://www.w3.org/2000/svg}"


def draw(trace: Trace) -> ElementTree.Element:
    """Return the picture of a trace after its last step, parsed."""
    changes = gradients(trace, steps(trace))
    return ElementTree.fromstring(svg.draw(trace.graph, final_gradients(changes), changes))


def texts(element: ElementTree.Element) -> list[str]:
    """Return the lines of text below an element."""
    return ["".join(text.itertext()) for text in element.iter(f"{SVG}text")]


def by_class(root: ElementTree.Element, name: str) -> Iterator[ElementTree.Element]:
    """Yield the groups that have a CSS class."""
    return (g for g in root.iter(f"{SVG}g") if name in g.get("class", "").split())


def test_every_node_shows_name_value_and_gradient(example: Trace) -> None:
    """Three lines per box, in the reader's words."""
    assert [texts(node) for node in by_class(draw(example), "node")][::4] == [
        ["x leaf", "[[1., 1.], [1., 1.]]", ".grad [[4.5000, 4.5000], [4.5000, 4.5000]]"],
        ["out MeanBackward0", "27.", "grad 1."],
    ]


def test_a_gradient_that_is_missing_is_none_yet(severed: Trace) -> None:
    """Without a backward pass no box shows a number as gradient."""
    lines = texts(draw(severed))
    assert ".grad none yet" in lines and "grad none yet" in lines


def test_constants_have_no_gradient_line(broadcast: Trace) -> None:
    """What does not require grad is not waiting for one."""
    (constant,) = by_class(draw(broadcast), "constant")
    assert texts(constant) == ["x constant", "[[4., 4.], [4., 4.]]"]


def test_a_severed_edge_is_drawn_as_cut(severed: Trace) -> None:
    """It says what cut it and carries two strokes across; the other edge does not."""
    root = draw(severed)
    line, mark = by_class(root, "cut")
    assert line.get("data-edge") == mark.get("data-cut") == "0"
    assert len(list(by_class(root, "edge"))) == 2
    assert texts(mark) == ["cut: detach"]
    assert [path.get("class") for path in mark.iter(f"{SVG}path")] == ["knife"]


def test_all_text_lies_inside_the_picture(severed: Trace, hostile: Trace) -> None:
    """Boxes and the labels of cuts stay within the width of the page."""
    for trace in (severed, hostile):
        root = draw(trace)
        left, _, width, _ = map(float, root.get("viewBox", "").split())
        for rect in list(root.iter(f"{SVG}rect"))[1:]:
            assert float(rect.get("x", "")) >= left
            assert float(rect.get("x", "")) + float(rect.get("width", "")) <= left + width


def test_hostile_text_stays_text(hostile: Trace) -> None:
    """Names and values that look like markup add no element to the picture."""
    root = draw(hostile)
    tags = {element.tag.removeprefix(SVG) for element in root.iter()}
    assert tags == {"svg", "style", "rect", "g", "title", "path", "text", "tspan"}
    assert any("<img src" in line for line in texts(root))


def test_a_picture_has_no_ids_and_reaches_for_nothing(hostile: Trace) -> None:
    """Copies can stand on one page, offline."""
    source = svg.draw(hostile.graph, {})
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
        if value.startswith("#") and (key == "stroke" or "rect" not in selector)
    }
    assert len(fills) >= 3 and len(inks) >= 4
    for ink, fill in product(inks, fills):
        light, dark = sorted((luminance(ink), luminance(fill)), reverse=True)
        assert (light + 0.05) / (dark + 0.05) >= 4.5, (ink, fill)


@pytest.mark.parametrize("kind", [".leaf rect", ".constant rect", ".cut path", ".plain path"])
def test_kinds_differ_by_more_than_colour(kind: str) -> None:
    """Weight or dash tells them apart for those who see no colour."""
    assert {"stroke-width", "stroke-dasharray"} & set(rules()[kind])


def test_an_empty_graph_is_still_a_picture() -> None:
    """No node, no edge, no error."""
    assert draw(Trace()).tag == f"{SVG}svg"
