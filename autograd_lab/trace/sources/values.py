"""What a tensor looks like, at a cost that does not grow with it."""

from __future__ import annotations

from functools import cache, lru_cache
from typing import Any

import numpy as np

from ..model import EDGE, SHOWN, Value


def value_of(array: Any) -> Value:
    """Return the value of an array or a NumPy scalar."""
    shape = array.shape
    if array.size > SHOWN:
        array = array.take(_places(shape)) if array.flags.c_contiguous else array[_ends(shape)]
    return Value(shape, dtype_name(array.dtype), array.tobytes())


@lru_cache(256, typed=True)
def value_of_number(number: Any) -> Value:
    """Return the value of a number of Python's."""
    return Value((), type(number).__name__, repr(number))


@lru_cache(256)
def _ends(shape: tuple[int, ...]) -> tuple[Any, ...]:
    """Return the index of the first and last elements along each dimension."""
    ends = (*range(EDGE), *range(-EDGE, 0))
    return np.ix_(*(ends if n > 2 * EDGE else range(n) for n in shape))


@lru_cache(256)
def _places(shape: tuple[int, ...]) -> Any:
    """Return where these elements lie in contiguous memory: taking them there is the fastest."""
    return np.ravel_multi_index(_ends(shape), shape, mode="wrap").ravel()


@cache
def dtype_name(dtype: Any) -> str:
    """Return the name of a NumPy dtype."""
    return str(dtype)


__all__ = ["dtype_name", "value_of", "value_of_number"]
