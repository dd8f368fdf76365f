"""Pictures that take clicks: where their boxes and lines are, and what the browser is told."""

import pytest

from autograd_lab.widgets import clickable
from autograd_lab.widgets.clickable import Spot

DRAWN = """\
<svg xmlns="http://www.w3.org/2000/svg" width="200" height="100" viewBox="-20 -10 200 100">
<rect class="page" x="-20" y="-10" width="100%" height="100%"/>
<path class="edge" data-edge="0 f0" d="M10 0c0 20 30 20 30 30v10c0 10 20 10 20 20M56 53l4 7 4-7"/>
<path class="edge" data-edge="f0 2" d="M30 0v20M26 13l4 7 4-7"/>
<g class="node leaf" data-box="0" transform="translate(0 -0)"><rect width="100" height="20" rx="14"/></g>
<g class="node fold" data-box="f0" transform="translate(80 40)">
<rect class="under" x="4" y="4" width="1" height="1"/><rect width="20" height="10"/></g></svg>"""


def test_boxes_are_shares_of_the_picture():
    """The frame itself counts, not the shadow of a loop; the picture begins left of zero."""
    assert clickable.boxes(DRAWN) == {"0": (10, 10, 50, 20), "f0": (50, 50, 10, 10)}


def test_a_line_is_met_in_the_middle_of_its_last_part():
    """That is where a cut is drawn, too."""
    assert clickable.edges(DRAWN) == {("0", "f0"): (35, 60, 0, 0), ("f0", "2"): (25, 20, 0, 0)}


@pytest.fixture
def heard():
    """A list of what was clicked."""
    return []


def test_only_what_can_be_clicked_is_heard(heard):
    """A late click, on what is gone, is nothing; neither is any other message."""
    pytest.importorskip("anywidget")
    widget = clickable.picture(heard.append)
    spots = [Spot("a", "to a", (0, 0, 10, 10)), Spot("b", "to b", (0, 50, 10, 10), "next")]
    widget.drawing = clickable.drawing("<svg/>", "two boxes", "Click.", spots)
    for content in ({"spot": "b"}, {"spot": "c"}, {"spot": 1}, {}, "a", None):
        widget._handle_custom_msg(content, [])
    assert heard == ["b"]


def test_the_browser_is_told_the_picture_and_the_spots():
    """Plain data: an address that holds the SVG, words, and per spot its key, words and place."""
    told = clickable.drawing("<svg/>", "a < b", "Click.", [Spot("a", "to a", (0, 0, 10, 10))])
    assert told == {
        "image": "data:image/svg+xml;base64,PHN2Zy8+",
        "alt": "a < b",
        "caption": "Click.",
        "spots": [{"key": "a", "label": "to a", "place": (0, 0, 10, 10), "kind": "", "text": ""}],
    }


def test_a_spot_is_never_read_as_html():
    """What Python sends becomes text and attributes."""
    code = (clickable.STATIC / "clickable.js").read_text(encoding="utf-8")
    assert not {"innerHTML", "insertAdjacentHTML", "outerHTML"} & set(
        code.replace(".", " ").split()
    )
    assert "http" not in code
