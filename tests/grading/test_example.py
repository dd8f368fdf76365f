"""A call that everybody may see, in words."""

import pytest

from autograd_lab.grading.example import LONGEST, example
from autograd_lab.grading.student import LocalStudent
from autograd_lab.i18n import set_language


@pytest.fixture(autouse=True)
def _english() -> object:
    """Speak English."""
    set_language("en")
    yield
    set_language(None)


def said(source: str, expected: object = 4.0) -> str:
    """Return the words on f(2.0), for a student who wrote `source`."""
    names: dict[str, object] = {}
    exec(source, names)
    return example(LocalStudent(names), "f(2.0)", expected, "the slope of x² is 2x")


EXPECTED = "; expected was 4.0, because the slope of x² is 2x."


@pytest.mark.parametrize(
    ("source", "reply"),
    [
        ("def f(x): return x / 3", "returned 0.66667"),
        ("def f(x): return 196608.0", "returned 196608.0"),
        ("def f(x): return float('inf')", "returned inf"),
        ("def f(x): pass", "returned None"),
        ("def f(x): return [x, (1,), 'a']", "returned [2.0, (1,), 'a']"),
        ("import numpy as np\ndef f(x): return [np.ones(2)]", "returned [tensor([1.0, 1.0])]"),
        ("def f(x): 1 / 0", "stopped with ZeroDivisionError: division by zero"),
        ("", "stopped with NameError: name 'f' is not defined"),
    ],
)
def test_it_says_what_came_back(source: str, reply: str) -> None:
    """The call, the reply or the error, what was expected, and why."""
    assert said(source) == f"f(2.0) {reply}{EXPECTED}"


def test_a_right_example_is_said_to_be_one() -> None:
    """A function that is right here alone is told so."""
    assert said("def f(x): return 4") == "f(2.0) is right, but not so for other inputs."


def test_a_long_reply_is_cut() -> None:
    """What a student returns cannot flood the page."""
    words = said("def f(x): return 'x' * 10_000")
    assert "xx…; expected" in words
    assert len(words) < LONGEST + 100


def test_a_call_that_never_ends_is_ended() -> None:
    """A loop without end is said in words, like an error."""
    words = said("def f(x):\n    while x > 1: x = x + 1")
    assert words.startswith("f(2.0) stopped with TooLong: more than 100000 lines were run;")
