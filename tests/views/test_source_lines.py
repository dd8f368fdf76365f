"""The source, and what each of its lines made."""

import re
from dataclasses import replace
from html import unescape

import pytest

from autograd_lab.trace.model import Trace
from autograd_lab.views.source_lines import Source, lines_table
from autograd_lab.views.steps import Step


def table(trace: Trace) -> list[list[str]]:
    """Return the rows as text."""
    source = lines_table(trace, Source(trace))
    rows = re.findall(r"<tr>(.*?)</tr>", source, re.DOTALL)[1:]
    cells = (re.findall(r"<td.*?>(.*?)</td>", row, re.DOTALL) for row in rows)
    return [[unescape(re.sub("<.*?>", " ", cell)).strip() for cell in row] for row in cells]


def test_each_line_names_what_it_made(example: Trace) -> None:
    """With shapes, whether it requires grad, and the bytes that stay alive for backward."""
    rows = table(example)
    assert [row[0] for row in rows] == ["1", "2", "3", "4", "5"]
    assert rows[2][1] == "z = y * y * 3"
    assert rows[2][2].split() == ["y", "*", "y", "[2,", "2]", "z", "[2,", "2]"]
    assert rows[2][3].split() == ["True", "True"]
    assert rows[2][4] == "32 bytes"
    assert rows[4][2:] == ["", "", ""]


def test_of_many_tensors_the_others_are_counted(example: Trace) -> None:
    """A line in a loop makes hundreds."""
    nodes = tuple(replace(node, line=2) for node in example.graph.nodes)
    (_, second, *_) = table(replace(example, graph=replace(example.graph, nodes=nodes)))
    assert second[2].endswith("and 1 more")


def test_lines_of_several_cells_stand_below_each_other(example: Trace) -> None:
    """Each is numbered in its own cell, and a node belongs to its cell's line."""
    nodes = tuple(replace(node, cell=1) for node in example.graph.nodes)
    cells = ("a = 1\nb = 2\n", example.source)
    rows = table(replace(example, cells=cells, graph=replace(example.graph, nodes=nodes)))
    assert [row[0] for row in rows] == ["1:1", "1:2", "2:1", "2:2", "2:3", "2:4", "2:5"]
    assert rows[0][2] == "" and rows[3][2].startswith("y")


def test_without_source_there_is_no_table() -> None:
    """The graph behind a tensor comes without one."""
    assert lines_table(Trace(), Source(Trace())) == ""


MULTI = "if x:\n    y = (x *\n        w)\n"


@pytest.mark.parametrize(
    ("source", "line", "expression", "marked"),
    [
        ("y = x * x\n", 1, "x * x", "x * x"),
        (MULTI, 2, "(x *\n        w)", "(x *\n\u00a0\u00a0\u00a0\u00a0\u00a0\u00a0\u00a0\u00a0w)"),
        ("y = x\n", 1, "not there", ""),
        ("y = x\n", 1, "", ""),
        ("y = (x *\n", 1, "(x *\n w)", "(x *"),
    ],
)
def test_an_expression_is_found_in_its_line(
    source: str, line: int, expression: str, marked: str
) -> None:
    """Over several lines, too; nothing is marked where it is not found."""
    shown = Source(Trace(source))
    place = shown.place(Step("op", line=line, expression=expression))
    assert place is not None
    index, start, end = place
    assert index == line - 1
    assert "\n".join(shown.lines[index:])[start:end] == marked


@pytest.mark.parametrize(("cell", "line"), [(0, None), (0, 9), (3, 1), (0, 0)])
def test_a_line_that_is_not_shown_has_no_place(cell: int, line: int | None) -> None:
    """Code of elsewhere, or beyond the last line."""
    step = Step("op", cell=cell, line=line, expression="x")
    assert Source(Trace("y = x\n")).place(step) is None


def test_of_two_expressions_that_read_alike_the_one_that_ran_is_marked() -> None:
    """The column tells them apart, also where one is part of another name."""
    shown = Source(Trace("y = exp_x.exp() + x.exp() + x.exp()\n"))
    places = [
        shown.place(Step("op", line=1, expression="x.exp()", column=column)) for column in (18, 28)
    ]
    assert places == [(0, 18, 25), (0, 28, 35)]


def test_code_far_to_the_right_is_marked() -> None:
    """A long line is shown as it is, with as many spaces as it has."""
    line = "a" * 200 + "  = 1; y = x * x"
    step = Step("op", line=1, expression="x * x", column=211)
    shown = Source(Trace(line))
    assert shown.lines == [line]
    assert shown.place(step) == (0, 211, 216)


def test_a_line_ends_where_it_ends_for_python() -> None:
    """Characters in a string that end a line elsewhere are shown as a space or replaced."""
    assert Source(Trace("s = 'a\u2028b\x0cc\x85d\x00'\ny = 1")).lines == [
        "s = 'a b c d\ufffd'",
        "y = 1",
    ]


def test_a_very_long_source_is_cut() -> None:
    """A reader looks at hundreds of lines at most, and at thousands of columns."""
    assert len(Source(Trace("x = 1\n" * 5000)).lines) == 400
    (line,) = Source(Trace("x = " + "1" * 5000)).lines
    assert len(line) == 2000 and line.endswith("1…")
