"""Code that every operation has to itself.

CPython remembers in a function's code which class an attribute was last read from; the next time, with an
object of the same class, that takes 3 ns instead of 25. Code that all operations share meets another class
of node each time and never profits.
"""

from __future__ import annotations

from types import FunctionType
from typing import Any


def with_code_of_its_own(function: Any) -> Any:
    """Return a function that does the same, with a copy of the code."""
    return FunctionType(
        function.__code__.replace(),
        function.__globals__,
        function.__name__,
        function.__defaults__,
        function.__closure__,
    )
