"""Lengths of vectors: `norm`, `dist`, and what `linalg` has of them."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ..binary import Binary
from ..operation import Operation
from ..register import functions, register
from ..tensor import Tensor, raw
from .dims import as_ints, flag
from .elementwise import abs, sgn
from .elementwise_select import where
from .extremes import amax_over, amin_over
from .reduce import (
    axis_of,
    dims_of,
    largest,
    like,
    reduce_with,
    smallest,
    stretch,
    total,
)
from .spelling import public

INF = math.inf


class VectorNorm(Operation):
    """Return the norm of order `ord` over some dimensions: the `ord`-th root of Σ |self|^ord."""

    public = False
    node = "LinalgVectorNormBackward0"
    derivative = dict(
        self=(
            "grad · sgn(self) · (|self| / result)^(ord − 1)",
            lambda grad, self, result, ord, dim, keepdim: norm_gradient(
                stretch(grad, tuple(self.shape), dim, keepdim),
                stretch(result, tuple(self.shape), dim, keepdim),
                self,
                ord,
                dim,
            ),
        )
    )

    @staticmethod
    def forward(self: Any, ord: Any, dim: Any, keepdim: bool) -> Any:
        return norm_of(self, ord, axis_of(dim, self.ndim), keepdim)


vector_norm = register(VectorNorm)


def norm_of(array: Any, ord: Any, axis: Any, keepdim: bool) -> Any:
    """Return the norm of an array along `axis`."""
    if ord == 2:
        return np.sqrt(total(array * array, axis=axis, keepdims=keepdim))
    if ord == 0:
        return total(array != 0, axis=axis, dtype=array.dtype, keepdims=keepdim)
    sizes = np.abs(array)
    if ord in (INF, -INF):
        return (largest if ord > 0 else smallest)(sizes, axis=axis, keepdims=keepdim)
    if ord == 1:
        return total(sizes, axis=axis, keepdims=keepdim)
    return total(sizes**ord, axis=axis, keepdims=keepdim) ** (1 / ord)


def norm_gradient(grad: Any, result: Any, self: Any, ord: Any, dim: Any = None) -> Any:
    """Return the gradient of the norm; 0 where the norm is 0, torch's choice of subgradient.

    `grad` and `result` have the reduced dimensions as size 1.
    """
    if ord == 0:
        return None  # a number of elements does not change a little
    if ord == 1:
        return grad * sgn(self)
    if ord == 2:
        return grad * where(result == 0, 0, self / result)
    if ord in (INF, -INF):
        extreme = np.abs(raw(self)) == raw(result)
        count = total(extreme, axis=axis_of(dim, self.ndim), dtype=raw(self).dtype, keepdims=True)
        return sgn(self) * like(self, extreme / count) * grad
    if ord < 1:
        scaled = where(self == 0, 0, sgn(self) * abs(self) ** (ord - 1))
        return scaled * grad * result ** (1 - ord)
    if ord < 2:
        return sgn(self) * abs(self) ** (ord - 1) * _over_power(grad, result, ord)
    return self * abs(self) ** (ord - 2) * _over_power(grad, result, ord)


def _over_power(grad: Any, result: Any, ord: Any) -> Any:
    return where(result == 0, 0, grad / result ** (ord - 1))


def check_norm(self: Tensor, ord: Any, dim: Any) -> None:
    """Raise where there is no such norm: of integers, or of nothing."""
    if not self.is_floating_point():
        raise RuntimeError(
            "linalg.vector_norm: Expected a floating point or complex tensor as input. Got "
            f"{self.dtype.class_name}"
        )
    if self.numel() or not (ord < 0 or ord == INF):
        return
    shown = f"{ord:g}"
    if not dim:
        raise RuntimeError(
            f"linalg.vector_norm cannot compute the {shown} norm on an empty tensor because the "
            "operation does not have an identity"
        )
    for d in dim:
        if not self.shape[d]:
            raise RuntimeError(
                f"linalg.vector_norm cannot compute the {shown} norm on the dimension {d}because this "
                "dimension is empty and the operation does not have an identity"
            )


def vector_norm_over(
    self: Tensor, ord: Any = 2, dim: Any = None, keepdim: bool = False, dtype: Any = None
) -> Any:
    """Return the norm of order `ord` over `dim`, None for all dimensions."""
    if dim is not None:
        dim = dims_of(dim, self.ndim)
    check_norm(self, ord, dim)
    said = "linalg_vector_norm(): argument 'keepdim' (position 4) must be bool, not "
    flag(keepdim, said + type(keepdim).__name__)
    return reduce_with(vector_norm, self, dtype, ord, dim, keepdim)


@public("norm")
def norm(
    self: Any, p: Any = "fro", dim: Any = None, keepdim: bool = False, dtype: Any = None
) -> Any:
    """Return the norm of order `p` of all elements, or over `dim`; `"fro"` is order 2."""
    if p == "fro" or p is None:
        p = 2
    if isinstance(p, str):
        raise RuntimeError(f"linalg.matrix_norm: Order {p} not supported.")
    return vector_norm_over(self, p, dim, keepdim, dtype)


_norm = functions["norm"]


def _norm_of_input(input: Any, *args: Any, **kwargs: Any) -> Any:
    """Return the norm of order `p` of all elements, or over `dim`; `"fro"` is order 2."""
    if not isinstance(input, Tensor):  # such as the `.grad` of before a backward pass
        raise AttributeError(f"'{type(input).__name__}' object has no attribute 'layout'")
    return _norm(input, *args, **kwargs)


_norm_of_input.__qualname__ = "norm"  # as errors about its arguments name it
functions["norm"] = _norm_of_input


class Dist(Binary):
    """Return the norm of order `p` of `self − other`."""

    node = "DistBackward0"
    elementwise = False
    derivative = dict(
        self=(
            "the gradient of the norm at self − other",
            lambda grad, self, other, p, result: norm_gradient(grad, result, self - other, p),
        ),
        other=(
            "minus that",
            lambda grad, self, other, p, result: -norm_gradient(grad, result, self - other, p),
        ),
    )

    @staticmethod
    def forward(self: Any, other: Any, p: Any = 2) -> Any:
        return norm_of(self - other, p, None, False)


dist = register(Dist)


def linalg_norm(
    self: Tensor, ord: Any = None, dim: Any = None, keepdim: bool = False, dtype: Any = None
) -> Any:
    """Return a norm of the vectors along `dim`, or of the matrices in two dimensions `dim`.

    Without `ord`, the root of the sum of squares of all elements.
    """
    if not isinstance(self, Tensor):
        kind = type(self).__name__
        raise TypeError(f"linalg_norm(): argument 'input' (position 1) must be Tensor, not {kind}")
    dims = None if dim is None else as_ints(dim)
    if dims is None and ord is not None and self.ndim not in (1, 2):
        raise RuntimeError(
            "linalg.norm: If dim is not specified but ord is, the input must be 1D or 2D. "
            f"Got {self.ndim}D."
        )
    if dims is not None and len(dims) not in (1, 2):
        raise RuntimeError(
            f"linalg.norm: If dim is specified, it must be of length 1 or 2. Got {list(dims)}"
        )
    if ord is None:
        return vector_norm_over(self, 2.0, dims, keepdim, dtype)
    if isinstance(ord, str) or len(dims or (0,) * self.ndim) == 2:
        return matrix_norm(self, ord, dims or (0, 1), keepdim, dtype)
    return vector_norm_over(self, ord, dims, keepdim, dtype)


def matrix_norm(
    self: Tensor, ord: Any = "fro", dim: Any = (-2, -1), keepdim: bool = False, dtype: Any = None
) -> Any:
    """Return a norm of matrices: `"fro"`, the root of the sum of squares; or a sum of absolute values.

    That of the column with the largest one for order 1, the smallest for −1; of a row for ±inf.
    """
    if ord != "fro" and (isinstance(ord, str) or math.fabs(ord) not in (1, INF)):
        raise RuntimeError(f"linalg.matrix_norm: Order {ord} not supported.")
    if self.ndim < 2:
        raise RuntimeError(
            "linalg.matrix_norm: The input tensor A must have at least 2 dimensions."
        )
    rows, columns = (d % self.ndim for d in dims_of(dim, self.ndim))
    if ord == "fro":
        return vector_norm_over(self, 2, dim, keepdim, dtype)
    summed, kept = (rows, columns) if math.fabs(ord) == 1 else (columns, rows)
    if not keepdim and kept > summed:
        kept -= 1
    sums = vector_norm_over(self, 1, summed, keepdim, dtype)
    return (amax_over if ord > 0 else amin_over).apply(sums, (kept,), keepdim)
