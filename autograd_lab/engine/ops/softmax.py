"""Exponentials that sum to one: `softmax`, `log_softmax`, `logsumexp`."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..operation import Operation
from ..register import register
from ..tensor import Tensor
from ..unary import only_for
from .copying import cast
from .dims import flag, wrap_dim
from .elementwise_exp import exp
from .reduce import axis_of, dims_of, floats, largest, stretch, sum_dims, total
from .spelling import public


def _shifted(name: str, self: Any, dim: int) -> tuple[Any, int | None]:
    """Return `self` minus its largest element along `dim`, so that no exponential overflows."""
    wrap_dim(dim, self.ndim)
    axis = dim if self.ndim else None
    if not self.size:
        return self, axis
    last = "_lastdim" if axis in (None, -1, self.ndim - 1) else ""
    only_for("f", f"{name}{last}_kernel_impl", self)
    return np.asarray(self - largest(self, axis=axis, keepdims=True), order="C"), axis


class Softmax(Operation):
    """Return exponentials along `dim`, divided by their sum."""

    public = False
    node = "SoftmaxBackward0"
    derivative = dict(
        self=(
            "result · (grad − Σ grad · result)",
            lambda grad, result, dim: result * (grad - sum_dims(grad * result, (dim,), True)),
        )
    )

    @staticmethod
    def forward(self: Any, dim: int) -> Any:
        shifted, axis = _shifted("softmax", self, dim)
        powers = np.exp(shifted)
        return (powers / total(powers, axis=axis, keepdims=True)).astype(self.dtype, copy=False)


class LogSoftmax(Operation):
    """Return the logarithm of `softmax`, computed without overflow."""

    public = False
    node = "LogSoftmaxBackward0"
    derivative = dict(
        self=(
            "grad − exp(result) · Σ grad",
            lambda grad, result, dim: grad - exp(result) * sum_dims(grad, (dim,), True),
        )
    )

    @staticmethod
    def forward(self: Any, dim: int) -> Any:
        shifted, axis = _shifted("log_softmax", self, dim)
        sums = total(np.exp(shifted), axis=axis, keepdims=True)
        return (shifted - np.log(sums)).astype(self.dtype, copy=False)


softmax_along, log_softmax_along = register(Softmax), register(LogSoftmax)


def _in(self: Tensor, dtype: Any) -> Any:
    return self if dtype is None or dtype is self.dtype else cast.apply(self, dtype.numpy)


@public("softmax")
def softmax(self: Any, dim: int, dtype: Any = None) -> Any:
    """Return exponentials along `dim`, divided by their sum; computed in `dtype`."""
    return softmax_along.apply(_in(self, dtype), dim)


@public("log_softmax")
def log_softmax(self: Any, dim: int, dtype: Any = None) -> Any:
    """Return the logarithm of `softmax` along `dim`, without overflow; computed in `dtype`."""
    return log_softmax_along.apply(_in(self, dtype), dim)


class Logsumexp(Operation):
    """Return the logarithm of the sum of exponentials over some dimensions, without overflow."""

    public = False
    node = "LogsumexpBackward0"
    derivative = dict(
        self=(
            "grad · exp(self − result)",
            lambda grad, self, result, dim, keepdim: (
                stretch(grad, tuple(self.shape), dim, keepdim)
                * exp(self - stretch(result, tuple(self.shape), dim, keepdim))
            ),
        )
    )

    @staticmethod
    def forward(self: Any, dim: tuple[int, ...], keepdim: bool) -> Any:
        axis, self = axis_of(dim, self.ndim), floats(self)
        if not self.size:
            return np.log(total(self, axis=axis, keepdims=keepdim))
        top = largest(self, axis=axis, keepdims=True)
        top = np.where(np.isinf(top), self.dtype.type(0), top)
        sums = np.log(total(np.exp(self - top), axis=axis, keepdims=True)) + top
        return sums if keepdim or not self.ndim else np.squeeze(sums, axis)


logsumexp_over = register(Logsumexp)


@public("logsumexp")
def logsumexp(self: Any, dim: Any, keepdim: bool = False) -> Any:
    """Return the logarithm of the sum of exponentials over `dim`, an int or several."""
    return logsumexp_over.apply(self, dims_of(dim, self.ndim), flag(keepdim))
