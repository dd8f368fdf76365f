"""Short texts: one line, a bounded width, nothing that cannot be shown."""

import pytest

from autograd_lab.trace.model import Graph, Node, Value
from autograd_lab.views.wording import (
    box_name,
    byte_count,
    clip,
    code_line,
    columns,
    line_text,
    listed,
    node_name,
    one_line,
    short_kind,
    value_line,
)


def test_text_comes_out_on_one_line_with_what_cannot_be_shown_replaced() -> None:
    """Line breaks become spaces; controls and lone surrogates become U+FFFD."""
    assert one_line("a\n  b\u2028c") == "a b c"
    assert one_line("\x00\x1b[31m\ud800") == "\ufffd\ufffd[31m\ufffd"


def test_chinese_characters_count_two_columns() -> None:
    """Width is measured as a monospaced font shows it, combining marks included."""
    assert columns("梯度 x") == 6
    assert columns("e\u0301") == 1


@pytest.mark.parametrize(("text", "width"), [("梯度" * 9, 7), ("x" * 50, 12), ("ab", 2)])
def test_clipped_text_fits_the_width(text: str, width: int) -> None:
    """What was cut ends in an ellipsis and is never wider than asked for."""
    clipped = clip(text, width)
    assert columns(clipped) <= width
    assert clipped == text or clipped.endswith("…")


def test_a_missing_gradient_is_none_yet() -> None:
    """None is never shown as a number."""
    assert value_line(None) == "none yet"


def test_a_number_is_never_cut_in_half() -> None:
    """A long value ends after a whole number."""
    assert (
        value_line(Value((3,), "float32", "[-0.0625, 0.0625, 12.5000]"), 24)
        == "[-0.0625, 0.0625, …"
    )


def test_where_no_number_fits_brackets_are_left() -> None:
    """Neither half of the first number nor nothing: one sees that there are numbers."""
    value = Value((1, 2), "float32", "[[-2.7465e-07, 1.0000e+00]]")
    assert value_line(value, 14) == "[[…"
    assert value_line(value, 15) == "[[…"
    assert value_line(value, 16) == "[[-2.7465e-07, …"
    assert value_line(Value((), "float32", "-2.7465e-07"), 8) == "…"


def test_a_matrix_stands_on_one_line() -> None:
    """However PyTorch breaks and indents its rows."""
    matrix = Value((2, 2), "float32", "[[1., 2.],\n        [3., 4.]]")
    assert value_line(matrix) == "[[1., 2.], [3., 4.]]"


@pytest.mark.parametrize(
    ("node", "name"),
    [
        (Node(0, "op", "MulBackward0", "mul", "z", None, expression="y * y"), "z"),
        (Node(0, "op", "MulBackward0", "mul", "", None, expression="y * y"), "y * y"),
        (Node(0, "op", "MulBackward0", "mul", "", None), "mul"),
        (Node(0, "constant", "", "", "", Value((), "int64", "2")), "2"),
        (Node(0, "leaf", "AccumulateGrad", "", "", None), "unnamed"),
    ],
)
def test_a_tensor_is_called_what_the_reader_calls_it(node: Node, name: str) -> None:
    """The variable comes first, then the expression, then the operation."""
    assert node_name(node) == name


def test_operations_of_one_expression_have_different_names() -> None:
    """The operation is added, whole, where there are others; a variable needs no more."""
    long = "functional(" * 9
    nodes = (
        Node(0, "leaf", "AccumulateGrad", "", "w", None, line=1, expression="net(x)"),
        Node(1, "op", "TBackward0", "t", "", None, line=1, expression="net(x)"),
        Node(2, "op", "AddmmBackward0", "addmm", "y", None, line=1, expression="net(x)"),
        Node(3, "op", "ExpBackward0", "exp", "", None, line=2, expression="y.exp()"),
        Node(4, "op", "TBackward0", "t", "", None, line=3, expression=long),
        Node(5, "op", "NllLossBackward0", "", "", None, line=3, expression=long),
    )
    names = [node_name(node, Graph(nodes)) for node in nodes]
    assert names[:4] == ["w", "net(x) · t", "y", "y.exp()"]
    assert names[5].startswith("functional(") and names[5].endswith("… · nll_loss")
    assert max(map(columns, names)) == 28


@pytest.mark.parametrize(
    ("node", "crowded", "name", "kind"),
    [
        (Node(0, "op", "MulBackward0", "mul", "z", None, expression="y * y"), False, "z", "mul"),
        (Node(0, "op", "MulBackward0", "mul", "", None, expression="y * y"), False, "y * y", ""),
        (Node(0, "op", "AddmmBackward0", "", "", None, expression="f(x)"), True, "addmm", ""),
        (
            Node(0, "op", "NllLossBackward0", "", "", None, expression="f" * 30),
            False,
            "nll_loss",
            "",
        ),
        (Node(0, "op", "MyFnBackward", "", "", None), False, "my_fn", ""),
        (Node(0, "leaf", "AccumulateGrad", "", "w", None), False, "w", "leaf"),
        (Node(0, "constant", "", "", "", Value((), "int64", "2")), False, "2", "constant"),
    ],
)
def test_a_box_is_called_by_name_or_operation(
    node: Node, crowded: bool, name: str, kind: str
) -> None:
    """A short expression may stand for it, unless other operations came of the same one."""
    assert (box_name(node, crowded), short_kind(node)) == (name, kind)


def test_a_name_in_a_box_is_short() -> None:
    """Whatever a variable is called."""
    assert columns(box_name(Node(0, "leaf", "", "", "long" * 20, None))) <= 18


def test_lines_name_their_cell_where_there_are_several() -> None:
    """The first cell needs no name."""
    assert line_text(3) == line_text(3, 0) == "line 3"
    assert line_text(3, 1) == "cell 2, line 3"
    assert line_text(None, 1) == ""


@pytest.mark.parametrize(
    ("names", "text"),
    [([], "nothing"), (["a", "b", "a"], "a, b"), (list("abcde"), "a, b, c and 2 more")],
)
def test_a_list_of_names_is_short(names: list[str], text: str) -> None:
    """Each name once, and how many more there are."""
    assert listed(names) == text


def test_bytes_are_counted() -> None:
    """In thousands where there are many."""
    assert [byte_count(n) for n in (1, 32, 9999, 31_360)] == [
        "1 byte",
        "32 bytes",
        "9999 bytes",
        "31 kB",
    ]


def test_code_keeps_its_indent() -> None:
    """With the spaces it is copied with, or with those that HTML does not swallow."""
    assert code_line("    y = x") == "    y = x"
