"""An end to loops that have none: count the lines that a piece of code runs.

Lines and not seconds, so that a verdict does not depend on the machine.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import FrameType
from typing import Any, TypeVar

Result = TypeVar("Result")


class TooLong(BaseException):
    """A function ran more lines than it was given. No `except Exception` swallows it."""


def within(lines: int, function: Callable[..., Result], /, *arguments: object) -> Result:
    """Return `function(*arguments)`, or raise TooLong once more than `lines` lines were run.

    Every line of Python counts, also those of the libraries called. A single call into compiled
    code is one line, however long it takes; so is `while True: pass` when it stands on one line.

    >>> def forever():
    ...     while True:
    ...         pass
    >>> within(1000, forever)
    Traceback (most recent call last):
    autograd_lab.grading.limit.TooLong: more than 1000 lines were run
    """
    left = lines

    def count(frame: FrameType, event: str, _value: Any) -> Any:
        nonlocal left
        left -= event == "line"
        if left < 0:
            raise TooLong(f"more than {lines} lines were run")
        return count

    before = sys.gettrace()
    sys.settrace(count)
    try:
        return function(*arguments)
    finally:
        sys.settrace(before)


__all__ = ["TooLong", "within"]
