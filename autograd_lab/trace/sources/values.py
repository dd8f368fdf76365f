"""What a tensor looks like, at a cost that does not grow with it."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np

from ..model import Value

SHOWN = 64
"""Of tensors with more elements than this only the ends of each dimension are kept."""
EDGE = 2
"""How many elements at either end."""


def value_of(array: Any) -> Value:
    """Return the value of an array or a NumPy scalar."""
    shape = array.shape
    content = array.tolist() if array.size <= SHOWN else array[_ends(shape)].tolist()
    return Value(shape, _name(array.dtype), content)


def value_of_number(number: Any) -> Value:
    """Return the value of a number of Python's."""
    return Value((), type(number).__name__, repr(number))


@cache
def _ends(shape: tuple[int, ...]) -> tuple[Any, ...]:
    """Return the index of the first and last elements along each dimension."""
    ends = (*range(EDGE), *range(-EDGE, 0))
    return np.ix_(*(ends if n > 2 * EDGE else range(n) for n in shape))


@cache
def _name(dtype: Any) -> str:
    return str(dtype)


__all__ = ["value_of", "value_of_number"]
