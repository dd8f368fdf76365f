"""What the checks of many questions say alike about a function."""

import pytest

from autograd_lab.grading.check import Finding
from autograd_lab.grading.codec import Error, TensorData
from autograd_lab.grading.words import attempts, judged

WORDS = {"factor-lost": ("it returns the half.", ("first", "second"))}
NAN = float("nan")


@pytest.mark.parametrize(
    ("reply", "right"),
    [
        (2, 2.0),
        ((1.0, 2.0), [1.0, 2.0]),
        (TensorData("float32", (2,), (1.0, 2.0)), [1.0, 2.0]),
        ([None, [1.0]], [None, [1.0]]),
        (NAN, NAN),
        ([" NaN "], [NAN]),
        ("error", "Error"),
        (True, True),
        ("false", False),
    ],
)
def test_the_right_reply_has_no_code(reply: object, right: object) -> None:
    """Numbers, lists, tensors, None, NaN, words and flags are compared by what they mean."""
    assert judged(reply, right, [], "f") == ""


@pytest.mark.parametrize(
    ("reply", "code"),
    [
        (1.0, "factor-lost"),
        (Error("RuntimeError", "Mismatch in shape: …"), "shape-lost"),
        (Error("TypeError", "Mismatch in shape: …"), "raises"),
        (None, "not-answered"),
        (Error("NotImplementedError", ""), "not-answered"),
        (Error("NameError", "name 'f' is not defined"), "not-answered"),
        (Error("NameError", "name 'g' is not defined"), "raises"),
        (1.0 + 1e-9, "factor-lost"),
        (NAN, "other-value"),
        ("2.0", "other-value"),
        (True, "other-value"),
    ],
)
def test_a_wrong_reply_is_known_by_its_thought(reply: object, code: str) -> None:
    """A misconception is told by the value it leads to, an error by its type and text."""
    thoughts = [(1.0, "factor-lost"), (Error("RuntimeError", "Mismatch in shape"), "shape-lost")]
    assert judged(reply, 2.0, thoughts, "f") == code


def test_the_last_call_that_went_wrong_speaks() -> None:
    """One finding per function: all its points, or none and the words of one call."""
    assert attempts("f()", 2, ["", ""], WORDS) == Finding("f()", 2, 2)
    found = attempts("f()", 2, ["raises", "factor-lost", ""], WORDS, "f(1) returned 2")
    assert (found.points, found.max_points, found.code) == (0, 2, "factor-lost")
    assert (found.what, found.hints) == WORDS["factor-lost"]
    assert found.example == "f(1) returned 2"


def test_common_codes_have_words_that_a_question_may_replace() -> None:
    """A function that returns nothing has no example to show."""
    empty = attempts("f()", 1, ["not-answered"], {}, "f(1) returned None")
    assert empty.what
    assert empty.hints
    assert not empty.example
    own = attempts("f()", 1, ["raises"], {"raises": ("it stops.", "look at the shapes.")})
    assert own.what == "it stops."
