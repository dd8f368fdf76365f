"""What the checks of many questions do alike: judge a table of predictions, and calls of a function.

    yield from predictions(student, "q1_prediction", {"dot": [0.0, 4.0]}, 0.5, thoughts, hints)
    codes = [judged(student.call("f", v), 2 * v, [(v, "forgot-the-2")], "f") for v in values]
    yield attempts("f()", 2, codes, words)

A thought is a pair: what a learner with it would answer, and the misconception's code.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ..i18n import _
from .check import Finding, Mistaken, near
from .codec import Error, TensorData
from .student import Student

Thoughts = Sequence[tuple[object, str]]
"""Wrong answers and the code of the misconception behind each; the first that fits counts."""
Words = Mapping[str, tuple[str, Any]]
"""Per code what came back instead of what was expected, and the hint (or hints)."""


def same(reply: object, expected: object) -> bool:
    """Tell whether a reply means what is expected.

    Numbers and nested lists of them as `near` has it; strings, booleans, NaN and infinities as a
    person would write them (`"Error"`, `"nan"`); an `Error` by its type and a part of its text.
    """
    if type(reply) is TensorData:
        reply = reply.tolist()
    match expected:
        case None:
            return reply is None
        case Error(kind, text):
            return isinstance(reply, Error) and reply.type == kind and text in reply.text
        case list():
            return (
                isinstance(reply, list | tuple)
                and len(reply) == len(expected)
                and all(map(same, reply, expected))
            )
        case str() | bool():
            plain = type(reply) in (str, bool, float)
            return plain and str(reply).strip().lower() == str(expected).lower()
        case _:
            return near(reply, expected)


def predictions(
    student: Student,
    variable: str,
    truth: Mapping[str, object],
    points: float,
    thoughts: Mapping[str, Thoughts],
    hints: Mapping[str, Any],
) -> Iterator[Finding]:
    """Compare the dict `variable` with what happens, `points` for each program.

    Raises Mistaken if it is no dict.
    """
    answer = student.run(variable)
    if not isinstance(answer, dict):
        what = _("the variable {name} should be a dict with one entry per program.")
        hint = _("take the cell as it was, and put your answers in place of None.")
        total = points * len(truth)
        raise Mistaken(Finding(variable, 0, total, "no-dict", what.format(name=variable), hint))
    for name, outcome in truth.items():
        predicted = answer.get(name)
        if same(predicted, outcome):
            yield Finding(name, points, points)
        elif predicted is None:
            what = _("there is no prediction yet.")
            hint = _("write down what you expect, in place of None; a wrong guess costs nothing.")
            yield Finding(name, 0, points, "not-answered", what, hint)
        else:
            what = _("that is not what this program gives. You may run it and see.")
            code = _code(predicted, thoughts.get(name, ())) or "other-value"
            other = _("go through the program line by line, on paper.")
            yield Finding(name, 0, points, code, what, hints.get(code, other))


def judged(reply: object, right: object, thoughts: Thoughts, name: str) -> str:
    """Return "" for the right reply of the function `name`, else the code of what went wrong."""
    if same(reply, right):
        return ""
    return _code(reply, thoughts) or _unusable(reply, name) or "other-value"


def attempts(part: str, points: float, codes: Sequence[str], words: Words) -> Finding:
    """Return the finding on a function that was called several times; the hardest call speaks.

    `words` says what there is to say per code; "not-answered", "raises" and "other-value" have
    words already.
    """
    code = next(filter(None, reversed(codes)), "")
    if not code:
        return Finding(part, points, points)
    what, hint = {**_common_words(), **words}[code]
    return Finding(part, 0, points, code, what, hint)


def _code(reply: object, thoughts: Thoughts) -> str:
    """Return the code of the first thought that leads to this reply, empty if none does."""
    return next((code for seen, code in thoughts if same(reply, seen)), "")


def _unusable(reply: object, name: str) -> str:
    """Return the code for a reply that is no value at all, empty for others."""
    match reply:
        case None | Error("NotImplementedError"):
            return "not-answered"
        case Error("NameError", text) if f"'{name}'" in text:
            return "not-answered"
        case Error():
            return "raises"
        case _:
            return ""


def _common_words() -> dict[str, tuple[str, Any]]:
    """Return the words for what can happen to any function."""
    return {
        "not-answered": (
            _("it returns nothing yet."),
            _("write the body of the function; the text above says what it should return."),
        ),
        "raises": (
            _("it stops with an error."),
            _("call it yourself with two or three small numbers, and read the last line."),
        ),
        "other-value": (
            _("it returns something other than what was expected."),
            _("call it with two or three small numbers, and compare with a result by hand."),
        ),
    }


__all__ = ["Thoughts", "Words", "attempts", "judged", "predictions", "same"]
