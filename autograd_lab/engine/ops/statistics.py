"""Spread: `var`, `std`, `var_mean`, `std_mean`."""

from __future__ import annotations

import math
import warnings
from typing import Any

import numpy as np

from ..operation import Operation
from ..register import register
from ..tensor import Tensor, raw
from .dims import flag
from .elementwise_select import where
from .reduce import axis_of, count_of, dims_of, like, mean_all, mean_dims, spread, stretch, total
from .spelling import public


def divisor(sizes: tuple[int, ...], dim: Any, correction: Any) -> float:
    """Return what the sum of squares is divided by: the elements counted, less `correction`."""
    return count_of(sizes, dim) - (1 if correction is None else correction)


def variance(array: Any, dim: Any, correction: Any, keepdim: bool, root: bool = False) -> Any:
    """Return the variance of an array over `dim`, None for all, or its `root`; computed in float64."""
    axis = axis_of(dim, array.ndim)
    count = np.float64(count_of(array.shape, dim))
    wide = array.astype(np.float64)
    off = wide - total(wide, axis=axis, keepdims=True) / count
    squares = total(off * off, axis=axis, keepdims=keepdim)
    found = squares / np.float64(max(divisor(array.shape, dim, correction), 0))
    return (np.sqrt(found) if root else found).astype(array.dtype)


def of_variance(grad: Any, self: Any, dim: Any, correction: Any, keepdim: bool) -> Any:
    """Return the gradient of the variance: 2 · grad · (self − mean) / divisor."""
    sizes = tuple(self.shape)
    left = divisor(sizes, dim, correction)
    whole = dim is None or not sizes
    mean = mean_all(self) if whole else mean_dims(self, dim, True)
    grad = stretch(grad, sizes, dim, keepdim)
    if left <= 0 and whole:
        same = raw(self) == raw(mean)
        return grad * like(self, np.where(same, np.nan, np.inf).astype(raw(self).dtype))
    return (2 / left if left else math.inf) * grad * (self - mean)


def of_deviation(
    grad: Any, self: Any, result: Any, dim: Any, correction: Any, keepdim: bool
) -> Any:
    """Return the gradient of the standard deviation, 0 where that is 0."""
    halved = where(result == 0, 0, grad / (result * 2))
    return of_variance(halved, self, dim, correction, keepdim)


class Var(Operation):
    """Return the variance over some dimensions."""

    public = False
    node = "VarBackward0"
    derivative = dict(
        self=(
            "2 · grad · (self − mean) / (number of elements − correction)",
            lambda grad, self, dim, correction, keepdim: of_variance(
                grad, self, dim, correction, keepdim
            ),
        )
    )

    @staticmethod
    def forward(self: Any, dim: Any, correction: Any, keepdim: bool) -> Any:
        return variance(self, dim, correction, keepdim)


class Std(Operation):
    """Return the standard deviation over some dimensions."""

    public = False
    node = "StdBackward0"
    derivative = dict(
        self=(
            "grad · (self − mean) / (result · (number of elements − correction))",
            lambda grad, self, result, dim, correction, keepdim: of_deviation(
                grad, self, result, dim, correction, keepdim
            ),
        )
    )

    @staticmethod
    def forward(self: Any, dim: Any, correction: Any, keepdim: bool) -> Any:
        return variance(self, dim, correction, keepdim, root=True)


def _mean(array: Any, dim: Any, keepdim: bool) -> Any:
    sums = total(array, axis=axis_of(dim, array.ndim), keepdims=keepdim)
    return sums / array.dtype.type(count_of(array.shape, dim))


def _sum_of(grads: Any, first: Any, self: Any, dim: Any, keepdim: bool) -> Any:
    """Return the gradient through the mean, added to `first`, that through the spread."""
    if grads[1] is None:
        return first()
    sizes = tuple(self.shape)
    second = spread(grads[1], sizes, dim, keepdim) / count_of(sizes, dim)
    return second if grads[0] is None else first() + second


class VarMean(Operation):
    """Return variance and mean over some dimensions."""

    public = False
    outputs = 2
    node = "VarMeanBackward0"
    derivative = dict(
        self=(
            "the gradient through the variance + that through the mean",
            lambda grads, self, dim, correction, keepdim: _sum_of(
                grads,
                lambda: of_variance(grads[0], self, dim, correction, keepdim),
                self,
                dim,
                keepdim,
            ),
        )
    )

    @staticmethod
    def forward(self: Any, dim: Any, correction: Any, keepdim: bool) -> Any:
        return variance(self, dim, correction, keepdim), _mean(self, dim, keepdim)


class StdMean(Operation):
    """Return standard deviation and mean over some dimensions."""

    public = False
    outputs = 2
    node = "StdMeanBackward0"
    derivative = dict(
        self=(
            "the gradient through the deviation + that through the mean",
            lambda grads, self, result0, dim, correction, keepdim: _sum_of(
                grads,
                lambda: of_deviation(grads[0], self, result0, dim, correction, keepdim),
                self,
                dim,
                keepdim,
            ),
        )
    )

    @staticmethod
    def forward(self: Any, dim: Any, correction: Any, keepdim: bool) -> Any:
        deviation = variance(self, dim, correction, keepdim, root=True)
        return deviation, _mean(self, dim, keepdim)


var_over, std_over = register(Var), register(Std)
var_mean_over, std_mean_over = register(VarMean), register(StdMean)

_NOT_GIVEN: Any = object()


def _run(
    op: Operation, name: str, self: Tensor, dim: Any, unbiased: Any, keepdim: bool, correction: Any
) -> Any:
    """Bring torch's two signatures, `unbiased` and `correction`, together; warn of a divisor below 1."""
    if isinstance(dim, bool):
        dim, unbiased = None, dim
    if not self.is_floating_point():
        raise RuntimeError(f"{name} only support floating point and complex dtypes")
    if dim is not None:
        dim = dims_of(dim, self.ndim)
    if correction is _NOT_GIVEN:
        correction = None if dim is None and unbiased is None else int(unbiased is not False)
    if divisor(tuple(self._data.shape), dim, correction) <= 0:
        warnings.warn(
            f"{op.name}(): degrees of freedom is <= 0. Correction should be strictly less than the "
            "reduction factor (input numel divided by output numel).",
            UserWarning,
            stacklevel=4,
        )
    return op.apply(self, dim, correction, flag(keepdim))


def _public(op: Operation, name: str, refused: str, what: str) -> None:
    """Make `op` the public function `name`; `refused` is what it says its name is to integers."""

    def function(
        self: Any,
        dim: Any = None,
        unbiased: bool | None = None,
        keepdim: bool = False,
        *,
        correction: Any = _NOT_GIVEN,
    ) -> Any:
        return _run(op, refused, self, dim, unbiased, keepdim, correction)

    function.__name__ = function.__qualname__ = name
    function.__doc__ = (
        f"Return {what} of all elements, or over `dim`; the variance divides by how many there are − "
        "`correction`."
    )
    public(name, as_method="_" not in name)(function)


_public(var_over, "var", "std and var", "the variance")
_public(std_over, "std", "std and var", "the standard deviation")
_public(var_mean_over, "var_mean", "var_mean", "variance and mean")
_public(std_mean_over, "std_mean", "std_mean", "standard deviation and mean")
