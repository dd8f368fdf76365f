"""Short texts: one line, a bounded width, nothing that cannot be shown."""

import pytest

from autograd_lab.trace.model import Node, Value
from autograd_lab.views.wording import block, clip, columns, node_name, one_line, value_line


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


def test_a_matrix_keeps_its_lines_without_the_indent_of_tensor() -> None:
    """The second row stands right below the first."""
    matrix = Value((2, 2), "float32", "[[1., 2.],\n        [3., 4.]]")
    assert block(matrix) == "[[1., 2.],\n [3., 4.]]"
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
