"""Dimensions made one, and one made several: flatten, ravel, unflatten."""

from __future__ import annotations

import math
from typing import Any

from ..register import expose
from ..tensor import Tensor
from .copying import contiguous
from .dims import ints, some_dims, wrap_dim
from .shape import filled_in, reshape, viewed


def flatten(self: Tensor, start_dim: int = 0, end_dim: int = -1) -> Any:
    """Return the tensor with the dimensions from `start_dim` to `end_dim` made one."""
    first, last = wrap_dim(start_dim, self.ndim), wrap_dim(end_dim, self.ndim)
    if first > last:
        raise RuntimeError("flatten() has invalid args: start_dim cannot come after end_dim")
    shape = tuple(self.shape)
    if not shape:
        return reshape(self, 1)
    if first == last:
        return self
    middle = math.prod(shape[first : last + 1])
    return reshape(self, (*shape[:first], middle, *shape[last + 1 :]))


def unflatten(self: Tensor, dim: int, sizes: Any) -> Any:
    """Return a view with dimension `dim` split into several of `sizes`; one may be −1."""
    if not isinstance(sizes, (tuple, list)):
        raise TypeError("unflatten() needs a tuple")
    dim, sizes = wrap_dim(dim, self.ndim), ints(sizes)
    if not sizes:
        raise RuntimeError("unflatten: sizes must be non-empty")
    some_dims(self, dim)
    whole = self.shape[dim]
    try:
        parts = filled_in(sizes, whole)
    except RuntimeError:
        raise RuntimeError(
            f"unflatten: Provided sizes {list(sizes)} don't multiply up to the size of dim {dim} "
            f"({whole}) in the input tensor"
        ) from None
    return viewed(self, (*self.shape[:dim], *parts, *self.shape[dim + 1 :]))


def ravel(self: Tensor) -> Any:
    """Return the elements in one dimension."""
    return viewed(contiguous(self), -1)


expose("flatten", flatten)
expose("unflatten", unflatten)
expose("ravel", ravel)
