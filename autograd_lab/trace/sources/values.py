"""What a tensor looks like, at a cost that does not grow with it."""

from __future__ import annotations

import math
from functools import cache, lru_cache
from typing import Any

import numpy as np

from ..model import EDGE, LONGEST, SHOWN, Value, kept


def value_of(array: Any) -> Value:
    """Return the value of an array or a NumPy scalar."""
    shape, in_rows, in_columns = _layout(array.shape)
    if in_rows is not None:
        flags = array.flags
        if flags.c_contiguous:
            array = array.take(in_rows)
        elif flags.f_contiguous:
            array = array.T.take(in_columns)
        else:
            array = array[_ends(shape)]
    if array.dtype.kind == "c":  # no numbers that rules could compute with
        text = np.array2string(array.reshape(kept(shape)), precision=4, separator=", ")
        return Value(shape, dtype_name(array.dtype), text[:LONGEST])
    return Value(shape, dtype_name(array.dtype), array.tobytes())


def value_of_number(number: Any) -> Value:
    """Return the value of a number of Python's."""
    return _written(type(number).__name__, repr(number))  # 0.0 and -0.0 are equal, their texts not


@lru_cache(256)
def _written(kind: str, text: str) -> Value:
    return Value((), kind, text)


@lru_cache(256)
def _ends(shape: tuple[int, ...]) -> tuple[Any, ...]:
    """Return the index of the first and last elements along each dimension."""
    ends = (*range(EDGE), *range(-EDGE, 0))
    return np.ix_(*(ends if n > 2 * EDGE else range(n) for n in shape))


@lru_cache(1024)
def _layout(shape: tuple[int, ...]) -> tuple[tuple[int, ...], Any, Any]:
    """Return the shape itself, one tuple for all that have it, and where those elements lie in memory.

    Taking them from there is the fastest; the second is where rows, the third where columns lie in one
    piece. None if all elements are wanted.
    """
    if math.prod(shape) <= SHOWN:
        return shape, None, None
    by_order = (np.ravel_multi_index(_ends(shape), shape, "wrap", order) for order in ("C", "F"))
    return shape, *(places.ravel() for places in by_order)


@cache
def dtype_name(dtype: Any) -> str:
    """Return the name of a NumPy dtype."""
    return str(dtype)


__all__ = ["dtype_name", "value_of", "value_of_number"]
