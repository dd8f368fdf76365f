"""What checks of many questions say alike about a function that they call a few times.

    seen = example(student, "f(3.0)", 6.0, _("…"))
    codes = [judged(student.call("f", v), 2 * v, [(v, "forgot-the-2")], "f") for v in values]
    yield attempts("f()", 2, codes, words, seen)

with `words = {"forgot-the-2": (_("it returns the half."), _("…"))}`.

A thought is a pair: what a learner with it would answer, and the misconception's code.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ..i18n import _
from .check import Finding
from .codec import Error
from .predictions import agrees

Thoughts = Sequence[tuple[object, str]]
"""Wrong answers and the code of the misconception behind each; the first that fits counts."""
Words = Mapping[str, tuple[str, str | tuple[str, ...]]]
"""Per code what came back instead of what was expected, and the hint (or hints)."""


def judged(reply: object, right: object, thoughts: Thoughts, name: str) -> str:
    """Return "" for the right reply of the function `name`, else the code of what went wrong."""
    if agrees(reply, right):
        return ""
    seen = (code for value, code in thoughts if _fits(reply, value))
    return next(seen, "") or _unusable(reply, name) or "other-value"


def attempts(
    part: str, points: float, codes: Sequence[str], words: Words, example: str = ""
) -> Finding:
    """Return the finding on a function called once or more; the last, hardest call speaks.

    `words` says what there is to say per code; "not-answered", "raises" and "other-value" have
    words already. `example` tells of a call that may be seen, for a function that returns something.
    """
    code = next(filter(None, reversed(codes)), "")
    if not code:
        return Finding(part, points, points)
    what, hint = {**_common_words(), **words}[code]
    seen = "" if code == "not-answered" else example
    return Finding(part, 0, points, code, what, hint, seen)


def _fits(reply: object, thought: object) -> bool:
    """Tell whether a reply is this value; an `Error` is known by its type and a part of its text."""
    if isinstance(thought, Error):
        return (
            isinstance(reply, Error) and reply.type == thought.type and thought.text in reply.text
        )
    return agrees(reply, thought)


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


def _common_words() -> dict[str, tuple[str, str | tuple[str, ...]]]:
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


__all__ = ["Thoughts", "Words", "attempts", "judged"]
