"""Pictures and texts of the labs as HTML."""

import base64
import re

from autograd_lab.trace.cells import run_cells
from autograd_lab.widgets import pictures

CODE = "import autograd_lab as torch\nx = torch.ones(2, requires_grad=True)\ny = x * 2\nz = y.sum()"


def drawn(*arguments):
    """Return the SVG inside the figure."""
    figure = pictures.framed(pictures.drawn(run_cells([CODE]), *arguments), "two <boxes>")
    assert 'alt="two &lt;boxes&gt;"' in figure
    data = re.search('src="data:image/svg[+]xml;base64,([^"]*)"', figure)[1]
    return base64.b64decode(data).decode("utf-8")


def test_the_graph_is_that_of_the_views():
    """Names stand in boxes; nothing is marked unless somebody asks for it."""
    assert re.findall('<tspan class="name">(.*?)<', drawn()) == ["x", "y", "z"]
    assert "data-box=&quot;" not in drawn()
    assert pictures.HERE not in drawn()


def test_the_place_one_stands_at_is_marked():
    """The marks are rules on boxes that the picture has."""
    svg = drawn(1, [2])
    assert f'[data-box="1"] rect{{{pictures.HERE}}}' in svg
    assert f'[data-box="2"] rect{{{pictures.PASSED}}}' in svg
    assert {'data-box="1" ', 'data-box="2" '} <= set(re.findall('data-box="[0-9]" ', svg))


def test_code_without_a_graph_has_no_picture():
    """There is no empty frame."""
    assert pictures.graph(run_cells(["a = 1"]), "nothing") == ""


def test_what_is_said_and_written_is_escaped():
    """Names and code of the user are no HTML."""
    assert "a &lt; b" in pictures.told("a < b")
    assert "a &lt; b" in pictures.listing(["a < b"])
    assert "a &lt; b" in pictures.figure("", "a < b")


def test_lines_are_numbered_from_one():
    """The numbers are those that the texts name."""
    assert re.sub("<.*?>", "", pictures.listing(["x", "y"])) == " 1  x\n 2  y"


def test_empty_parts_take_no_room():
    """What is not there leaves no column."""
    assert pictures.beside("a", "", "b").count("<div") == 3
