"""Differences of neighbours, and areas under samples: `diff`, `trapezoid`, `cumulative_trapezoid`."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..register import functions
from ..tensor import Tensor, wrap
from .by_number import div_number, mul_number
from .dims import some_dims, wrap_dim
from .joining import concatenate
from .spelling import public


@public("diff")
def diff(self: Any, n: int = 1, dim: int = -1, prepend: Any = None, append: Any = None) -> Any:
    """Return the differences of neighbours along `dim`, `n` times over.

    `prepend` and `append` are put before and behind first.
    """
    if not self.ndim:
        raise RuntimeError("diff expects input to be at least one-dimensional")
    wrap_dim(dim, self.ndim)
    if n < 0:
        raise RuntimeError(f"order must be non-negative but got {n}")
    if n == 0:
        return functions["zeros_like"](self).copy_(self)
    parts = [each for each in (prepend, self, append) if each is not None]
    whole = concatenate(parts, dim) if len(parts) > 1 else self
    for _ in range(min(n, whole.shape[dim])):
        count = whole.shape[dim] - 1
        right, left = whole.narrow(dim, 1, count), whole.narrow(dim, 0, count)
        whole = right.logical_xor(left) if whole._data.dtype == bool else right - left
    return whole


def _sides(y: Any, dim: int) -> tuple[Any, Any]:
    """Return all but the last and all but the first slices along `dim`."""
    count = max(y.shape[dim] - 1, 0)
    return y.narrow(dim, 0, count), y.narrow(dim, min(y.shape[dim], 1), count)


def _widths(name: str, y: Any, x: Any, dim: int) -> Any:
    """Return the distances of the sample points `x`, so that they broadcast to `y`."""
    if x.ndim == 1:
        if x.shape[0] != y.shape[dim]:
            raise RuntimeError(f"{name}: There must be one `x` value for each sample point")
        x = x.view([-1 if d == dim % y.ndim else 1 for d in range(y.ndim)])
    elif x.ndim < y.ndim:
        x = x.view([1] * (y.ndim - x.ndim) + list(x.shape))
    left, right = _sides(x, dim)
    return right - left


def _check(name: str, y: Any, x: Any) -> None:
    for argument, each in (("y", y), ("x", x)):
        if isinstance(each, Tensor) and each._data.dtype == bool:
            raise RuntimeError(
                f"{name}: received a bool input for `{argument}`, but bool is not supported"
            )


@public("trapezoid", "trapz", as_method=False)
def trapezoid(y: Any, x: Any = None, *, dx: Any = None, dim: int = -1) -> Any:
    """Return the area under the samples `y` along `dim`, by the trapezoid rule.

    The samples lie at `x`, or `dx` (1 by default) apart.
    """
    some_dims(y, dim if x is None else 0)
    wrap_dim(dim, y.ndim)
    _check("trapezoid", y, x)
    if not y.shape[dim]:
        return wrap(
            np.zeros([n for d, n in enumerate(y.shape) if d != dim % y.ndim], y._data.dtype)
        )
    if x is not None:
        left, right = _sides(y, dim)
        return div_number.apply(((left + right) * _widths("trapezoid", y, x, dim)).sum(dim), 2.0)
    ends = mul_number.apply(y.select(dim, 0) + y.select(dim, -1), 0.5)
    return mul_number.apply(y.sum(dim) - ends, 1.0 if dx is None else float(dx))


@public("cumulative_trapezoid", as_method=False)
def cumulative_trapezoid(y: Any, x: Any = None, *, dx: Any = None, dim: int = -1) -> Any:
    """Return the areas under the samples `y` up to each of them; see `trapezoid`."""
    _check("cumulative_trapezoid", y, x)
    if not y.ndim:
        raise IndexError("slice() cannot be applied to a 0-dim tensor.")
    left, right = _sides(y, dim)
    if x is not None:
        widths = _widths("cumulative_trapezoid", y, x, dim)
        return div_number.apply((widths * (left + right)).cumsum(dim), 2.0)
    return mul_number.apply(left + right, (1.0 if dx is None else float(dx)) / 2).cumsum(dim)
