"""A call that everybody may see: what was called, what came back, what was expected, and why.

The inputs that decide about points stay hidden. What a function does with one that is public says
more than words about it. A check makes this call first, before the student's code has met any hidden
input that it could give back.
"""

from __future__ import annotations

from ..i18n import _
from .check import near
from .codec import Error, TensorData
from .student import Student

LONGEST = 200
"""So many characters of a reply are shown."""
LIMIT = 100_000
"""So many lines a call may run; with inputs as small as these, more means that it never ends."""


def example(student: Student, call: str, expected: object, because: str) -> str:
    """Run `call`, the source of a call with public inputs; return in words how it went.

    `expected` is a number or nested lists of them, `because` half a sentence.
    """
    source = f"from autograd_lab.grading.limit import within\nwithin({LIMIT}, lambda: {call})"
    reply = student.run(source)
    if near(reply, expected):
        return _("{call} is right, but not so for other inputs.").format(call=call)
    if isinstance(reply, Error):
        words = _("{call} stopped with {reply}; expected was {expected}, because {because}.")
    else:
        words = _("{call} returned {reply}; expected was {expected}, because {because}.")
    return words.format(call=call, reply=_shown(reply), expected=_shown(expected), because=because)


def _shown(value: object) -> str:
    """Return a value as a student would write it, cut where it grows too long."""
    text = f"{value.type}: {value.text}" if isinstance(value, Error) else _written(value)
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"


def _written(value: object) -> str:
    """Return a value as source, with numbers as short as they can be compared by eye."""
    match value:
        case float() if value.is_integer() and abs(value) < 1e7:
            return repr(value)
        case float():
            return repr(float(f"{value:.5g}"))
        case list():
            return f"[{', '.join(map(_written, value))}]"
        case TensorData():
            return f"tensor({_written(value.tolist())})"
        case _:
            return repr(value)


__all__ = ["example"]
