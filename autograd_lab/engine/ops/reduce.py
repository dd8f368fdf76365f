"""Reductions: many elements in, fewer out; the gradient is spread back over what was summed."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..operation import Operation
from ..register import expose, register
from ..tensor import Tensor
from .shape import cast, expand, unsqueeze, view

total: Any = np.add.reduce
"""Half the cost of `np.sum` on small arrays."""


def dims_of(dim: Any, ndim: int) -> tuple[int, ...]:
    """Return `dim` (an int or several) as a tuple, negative ones still negative, all in range."""
    dims = (dim,) if isinstance(dim, int) else tuple(dim)
    limit = max(ndim, 1)
    for d in dims:
        if not -limit <= d < limit:
            raise IndexError(
                f"Dimension out of range (expected to be in range of [{-limit}, {limit - 1}], but got {d})"
            )
    return dims


def spread(grad: Any, sizes: tuple[int, ...], dim: tuple[int, ...], keepdim: bool) -> Any:
    """Give every element that was reduced into one its gradient: the way back through a sum."""
    if not keepdim and sizes:
        for d in sorted(d % len(sizes) for d in dim):
            grad = unsqueeze(grad, d)
    return expand(grad, sizes)


class SumAll(Operation):
    """Return the sum of all elements."""

    public = False
    node = "SumBackward0"
    derivative = dict(
        self=(
            "grad for each element",
            lambda grad, self_sym_sizes: expand(grad, self_sym_sizes),
        )
    )

    @staticmethod
    def forward(self: Any) -> Any:
        return total(self, axis=None, dtype=_sum_dtype(self))


sum_all = register(SumAll)


class SumDims(Operation):
    """Return the sum over some dimensions."""

    public = False
    node = "SumBackward1"
    derivative = dict(
        self=(
            "grad for each element",
            lambda grad, self_sym_sizes, dim, keepdim: spread(grad, self_sym_sizes, dim, keepdim),
        )
    )

    @staticmethod
    def forward(self: Any, dim: tuple[int, ...], keepdim: bool) -> Any:
        return total(self, axis=dim or None, dtype=_sum_dtype(self), keepdims=keepdim)


sum_dims = register(SumDims)


def _sum_dtype(array: Any) -> Any:
    """Integers and bools are summed as int64."""
    return None if array.dtype.kind == "f" else np.int64


def sum(self: Any, dim: Any = None, keepdim: bool = False, dtype: Any = None) -> Any:
    """Return the sum of all elements, or over `dim` (an int or several)."""
    if dtype is not None:
        self = self.to(dtype)
    if dim is None:
        return sum_all.apply(self)
    return sum_dims.apply(self, dims_of(dim, self.ndim), keepdim)


expose("sum", sum)


class MeanAll(Operation):
    """Return the mean of all elements."""

    public = False
    node = "MeanBackward0"
    derivative = dict(
        self=(
            "grad / number of elements",
            lambda grad, self_sym_sizes, self_sym_numel: (
                expand(grad, self_sym_sizes) / self_sym_numel
            ),
        )
    )

    @staticmethod
    def forward(self: Any) -> Any:
        return total(self, axis=None) / self.dtype.type(self.size)


mean_all = register(MeanAll)


def mean(self: Any) -> Any:
    """Return the mean of all elements; floating point only, as in torch."""
    if not self.dtype.is_floating_point:
        raise RuntimeError(
            "mean(): could not infer output dtype. Input dtype must be either a floating point or "
            f"complex dtype. Got: {self.dtype.class_name}"
        )
    return mean_all.apply(self)


expose("mean", mean)


class VectorNorm(Operation):
    """Return the Euclidean norm: the root of the sum of squares."""

    public = False
    node = "LinalgVectorNormBackward0"
    derivative = dict(
        self=(
            "grad · self / result",
            lambda grad, self, result: norm_gradient(grad, self, result),
        )
    )

    @staticmethod
    def forward(self: Any, ord: Any, dim: Any, keepdim: bool) -> Any:
        return np.sqrt(total(self * self, axis=dim, keepdims=keepdim))


vector_norm = register(VectorNorm)


def norm_gradient(grad: Any, self: Any, result: Any) -> Any:
    """Return `grad · self / result`, and 0 where the norm is 0, torch's choice of subgradient."""
    from .elementwise import where

    return self * (grad / where(result == 0, 1, result))


def norm(self: Any, p: Any = "fro", dim: Any = None, keepdim: bool = False) -> Any:
    """Return the Euclidean norm of all elements."""
    if p not in ("fro", 2) or dim is not None:
        raise NotImplementedError("norm() knows the Euclidean norm over all elements only")
    return vector_norm.apply(self, 2, None, keepdim)


expose("norm", norm)


def sum_to_size(grad: Any, sizes: tuple[int, ...]) -> Any:
    """Undo broadcasting: sum over the axes that `sizes` does not have, or has as 1."""
    extra = grad.ndim - len(sizes)
    stretched = [i + extra for i, n in enumerate(sizes) if n == 1 and grad.shape[i + extra] != 1]
    dims = (*range(extra), *stretched)
    if dims:
        grad = sum_dims(grad, dims, True)
    return view(grad, sizes) if extra else grad


def fit(grad: Any, shape: tuple[int, ...], kind: np.dtype[Any]) -> Any:
    """Sum `grad` over the axes that broadcasting added, and give it the input's dtype."""
    if tuple(grad.shape) != shape:
        grad = sum_to_size(grad, shape)
    data = grad._data if isinstance(grad, Tensor) else grad
    return grad if data.dtype == kind else cast(grad, kind)
