"""An end to loops that have none: count the lines that a piece of code runs.

Lines and not seconds, so that a verdict does not depend on the machine.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any, TypeVar

Result = TypeVar("Result")
ENGINE = str(Path(__file__).parents[1] / "engine") + os.sep
"""How the files of the engine's modules begin."""


class TooLong(BaseException):
    """A function ran more lines than it was given. No `except Exception` swallows it."""


def within(lines: int, function: Callable[..., Result], /, *arguments: object) -> Result:
    """Return `function(*arguments)`, or raise TooLong once more than `lines` lines were run.

    Every line of Python counts, those of libraries too, but not those of the engine. A call into
    compiled code is one line, however long it takes; so is `while True: pass` on one line.

    >>> def forever():
    ...     while True:
    ...         pass
    >>> within(1000, forever)
    Traceback (most recent call last):
    autograd_lab.grading.limit.TooLong: more than 1000 lines were run
    """
    left = lines

    def called(frame: FrameType, _event: str, _value: Any) -> Any:
        # Not following an operation into the engine makes it run three times as fast.
        return None if frame.f_code.co_filename.startswith(ENGINE) else count

    def count(_frame: FrameType, event: str, _value: Any) -> Any:
        nonlocal left
        if event == "line":
            left -= 1
            if left < 0:
                raise TooLong(f"more than {lines} lines were run")
        return count

    before = sys.gettrace()
    sys.settrace(called)
    try:
        return function(*arguments)
    finally:
        sys.settrace(before)


__all__ = ["TooLong", "within"]
