"""Dimensions and sizes as users write them: negative, alone or several, as one tuple or many arguments."""

from __future__ import annotations

from collections.abc import Sequence
from operator import index
from typing import Any

import numpy as np


def wrap_dim(dim: int, ndim: int) -> int:
    """Return `dim` counted from the front; IndexError if a tensor of `ndim` dimensions has none such."""
    limit = max(ndim, 1)
    if not -limit <= dim < limit:
        raise IndexError(
            f"Dimension out of range (expected to be in range of [{-limit}, {limit - 1}], but got {dim})"
        )
    return dim % limit


def wrap_distinct(dims: Sequence[int], ndim: int) -> tuple[int, ...]:
    """Return all `dims` counted from the front; RuntimeError if one occurs twice."""
    wrapped = tuple([wrap_dim(d, ndim) for d in dims])
    for d in wrapped:
        if wrapped.count(d) > 1:
            raise RuntimeError(f"dim {d} appears multiple times in the list of dims")
    return wrapped


def some_dims(tensor: Any, dim: int = 0) -> None:
    """Raise IndexError for a 0-d tensor, which has no dimension `dim`."""
    if not tensor.ndim:
        raise IndexError(f"Dimension specified as {dim} but tensor has no dimensions")


def ints(values: Sequence[Any], name: str = "", parameter: str = "") -> tuple[int, ...]:
    """Return the integers of `f(2, 3)` and of `f((2, 3))` alike; TypeError if `f` needs some."""
    if not values and name:
        raise TypeError(f'{name}() missing 1 required positional arguments: "{parameter}"')
    if len(values) == 1 and isinstance(values[0], (tuple, list)):
        values = values[0]
    return tuple([index(v) for v in values])


def as_ints(value: Any) -> tuple[int, ...]:
    """Return one integer, or several, as a tuple."""
    return ints(value) if isinstance(value, (tuple, list)) else (index(value),)


def flag(value: Any, said: str = "keepdim must be True or False") -> bool:
    """Return a bool; TypeError for a number, which would be the second of two dimensions."""
    if value is True or value is False:
        return value
    raise TypeError(said)


def window(ndim: int, dim: int, part: Any) -> tuple[Any, ...]:
    """Return the NumPy index that takes `part` of dimension `dim`; never a scalar, always a view."""
    return (*(slice(None),) * (dim % ndim if ndim else 0), part, ...)


def expands_to(shape: tuple[int, ...], larger: tuple[int, ...]) -> bool:
    """Return whether a tensor of `shape` can be expanded to `larger`."""
    if len(shape) > len(larger):
        return False
    tail = larger[len(larger) - len(shape) :]
    return all(n in (1, m) for n, m in zip(shape, tail, strict=True))


def in_rows(array: Any) -> Any:
    """Return an array or scalar in row order, which is how torch lays out what it reduces to."""
    return array if array.flags.c_contiguous else np.ascontiguousarray(array)


def filled_like(array: Any, values: Any, kind: Any = None) -> Any:
    """Return `values` (an array, or a number) in the shape of `array`, and in its order in memory.

    Where `array` repeats elements, dimensions keep the order in which they are named.
    """
    if 0 in array.strides and array.size > 1:
        both = np.nditer(
            [array, None], [], [["readonly"], ["writeonly", "allocate"]], [array.dtype, kind]
        )
        made = both.operands[1]
    else:
        made = np.empty_like(array, kind)
    made[...] = values
    return made
