"""Sums and means: many elements in, fewer out; the gradient is spread back over what was summed."""

from __future__ import annotations

from typing import Any

import numpy as np

from .. import dtypes, messages
from ..grad_mode import state
from ..operation import Operation
from ..register import method, register
from ..tensor import Tensor, wrap
from .copying import cast
from .dims import as_ints, flag, in_rows, ints, wrap_distinct
from .shape import expand, view
from .spelling import public
from .squeezing import unsqueeze

total: Any = np.add.reduce
"""Half the cost of `np.sum` on small arrays."""
largest: Any = np.maximum.reduce
smallest: Any = np.minimum.reduce
product: Any = np.multiply.reduce


def dims_of(dim: Any, ndim: int) -> tuple[int, ...]:
    """Return `dim` (an int or several) as a tuple, negative ones still negative, all in range."""
    dims = as_ints(dim)
    wrap_distinct(dims, ndim)
    return dims


def axis_of(dim: Any, ndim: int) -> tuple[int, ...] | None:
    """Return what NumPy calls `axis`; None, all of them, for None, for () and for a 0-d array."""
    if dim is None or not ndim:
        return None
    return ((dim,) if isinstance(dim, int) else tuple(dim)) or None


def stretch(value: Any, sizes: tuple[int, ...], dim: Any, keepdim: bool) -> Any:
    """Give what a reduction returned its reduced dimensions back, as size 1: ready to broadcast."""
    axes = axis_of(dim, len(sizes))
    if keepdim or axes is None:
        return value
    for d in sorted(d % len(sizes) for d in axes):
        value = unsqueeze(value, d)
    return value


def spread(grad: Any, sizes: tuple[int, ...], dim: Any, keepdim: bool) -> Any:
    """Give every element that was reduced into one its gradient: the way back through a sum."""
    return expand(stretch(grad, sizes, dim, keepdim), sizes)


def count_of(sizes: tuple[int, ...], dim: Any) -> int:
    """Return how many elements are reduced into one."""
    axes = axis_of(dim, len(sizes))
    count = 1
    for i, n in enumerate(sizes):
        if axes is None or i in axes or i - len(sizes) in axes:
            count *= n
    return count


def in_dtype(op: Operation, self: Tensor, dtype: Any, *rest: Any) -> Any:
    """Run `op` on the numbers of `self` in another dtype; the gradient comes back in its own."""
    data = op.compute((self._data.astype(dtype.numpy), *rest))
    if self._requires_grad and state.enabled and not dtype.is_floating_point:
        raise RuntimeError(messages.NO_GRADIENT_FOR.format(kind=dtype.class_name))
    targets = [(tuple(self._data.shape), self._data.dtype)]
    return op.finish(wrap(data), (self, *rest), self._requires_grad, targets)


def reduce_with(op: Operation, self: Tensor, dtype: Any, *rest: Any) -> Any:
    """Run `op` on `self`, in `dtype` unless that is None or what it has."""
    if dtype is None or dtype is self.dtype:
        return op.apply(self, *rest)
    return in_dtype(op, self, dtype, *rest)


class SumAll(Operation):
    """Return the sum of all elements."""

    linear = True
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
sum_of = sum_all.of_one()


class SumDims(Operation):
    """Return the sum over some dimensions."""

    linear = True
    public = False
    node = "SumBackward1"
    derivative = dict(
        self=(
            "grad for each element",
            lambda grad, self_sym_sizes, dim, keepdim: spread(grad, self_sym_sizes, dim, keepdim),
        )
    )

    @staticmethod
    def forward(self: Any, dim: Any, keepdim: bool) -> Any:
        axes = axis_of(dim, self.ndim)
        return in_rows(total(self, axis=axes, dtype=_sum_dtype(self), keepdims=keepdim))


sum_dims = register(SumDims)


def _sum_dtype(array: Any) -> Any:
    """Integers and bools are summed as int64."""
    return None if array.dtype.kind == "f" else np.int64


@public("sum")
def sum(self: Any, dim: Any = None, keepdim: bool = False, *, dtype: Any = None) -> Any:
    """Return the sum of all elements, or over `dim` (an int or several), computed in `dtype`."""
    if dim is None and keepdim is False:
        return sum_of(self) if dtype is None else reduce_with(sum_all, self, dtype)
    return reduce_with(sum_dims, self, dtype, _dims_or_none(dim, self), flag(keepdim))


def _dims_or_none(dim: Any, self: Tensor) -> Any:
    return None if dim is None else dims_of(dim, self._data.ndim)


class MeanAll(Operation):
    """Return the mean of all elements."""

    linear = True
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
mean_of = mean_all.of_one()


class MeanDims(Operation):
    """Return the mean over some dimensions."""

    linear = True
    public = False
    node = "MeanBackward1"
    derivative = dict(
        self=(
            "grad / number of elements per mean",
            lambda grad, self_sym_sizes, self_sym_numel, dim, keepdim: (
                spread(grad, self_sym_sizes, dim, keepdim) / count_of(self_sym_sizes, dim)
            ),
        )
    )

    @staticmethod
    def forward(self: Any, dim: Any, keepdim: bool) -> Any:
        axes = axis_of(dim, self.ndim)
        sums = in_rows(total(self, axis=axes, keepdims=keepdim))
        return sums / self.dtype.type(count_of(self.shape, dim))


mean_dims = register(MeanDims)


@public("mean")
def mean(self: Any, dim: Any = None, keepdim: bool = False, *, dtype: Any = None) -> Any:
    """Return the mean of all elements, or over `dim`; floating point only, or computed in `dtype`."""
    if not (dtype or self.dtype).is_floating_point:
        given = "Input dtype" if dtype is None else "Optional dtype"
        raise RuntimeError(
            f"mean(): could not infer output dtype. {given} must be either a floating point or "
            f"complex dtype. Got: {(dtype or self.dtype).class_name}"
        )
    if dim is None and keepdim is False:
        return mean_of(self) if dtype is None else reduce_with(mean_all, self, dtype)
    return reduce_with(mean_dims, self, dtype, _dims_or_none(dim, self), flag(keepdim))


class Nansum(Operation):
    """Return the sum of the elements that are not NaN."""

    public = False
    node = "NansumBackward0"
    derivative = dict(
        self=(
            "grad for each element that is not NaN",
            lambda grad, self, dim, keepdim: (
                spread(grad, tuple(self.shape), dim, keepdim) * ~(self != self)
            ),
        )
    )

    @staticmethod
    def forward(self: Any, dim: Any, keepdim: bool) -> Any:
        return SumDims.forward(np.where(np.isnan(self), 0, self).astype(self.dtype), dim, keepdim)


nansum_dims = register(Nansum)


@public("nansum")
def nansum(self: Any, dim: Any = None, keepdim: bool = False, *, dtype: Any = None) -> Any:
    """Return the sum of the elements that are not NaN, or over `dim`."""
    if not self.dtype.is_floating_point:
        return sum(self, dim, keepdim, dtype=dtype)
    return reduce_with(nansum_dims, self, dtype, _dims_or_none(dim, self), flag(keepdim))


@public("nanmean")
def nanmean(self: Any, dim: Any = None, keepdim: bool = False, *, dtype: Any = None) -> Any:
    """Return the mean of the elements that are not NaN, or over `dim`; floating point only."""
    if not self.dtype.is_floating_point:
        raise RuntimeError(
            "nanmean(): expected input to have floating point or complex dtype but got "
            f"{self.dtype.class_name}"
        )
    numbers = wrap(~np.isnan(self._data))
    return nansum(self, dim, keepdim, dtype=dtype) / sum(numbers, dim, keepdim)


def sum_to_size(grad: Any, sizes: tuple[int, ...]) -> Any:
    """Undo broadcasting: sum over the axes that `sizes` does not have, or has as 1."""
    extra = grad.ndim - len(sizes)
    stretched = [i + extra for i, n in enumerate(sizes) if n == 1 and grad.shape[i + extra] != 1]
    dims = (*range(extra), *stretched)
    if dims:
        grad = sum_dims(grad, dims, True)
    return view(grad, sizes) if extra else grad


def summed_to_size(self: Tensor, *size: Any) -> Any:
    """Return the sums over what broadcasting added to `size`; RuntimeError if it could not have."""
    sizes = ints(size, "sum_to_size", "size")
    have = tuple(self._data.shape)
    extra = len(have) - len(sizes)
    if extra < 0 or any(n not in (1, m) for n, m in zip(sizes, have[extra:], strict=True)):
        raise RuntimeError(f"size {{{list(sizes)}}} is not expandable to size {{{list(have)}}}.")
    return sum_to_size(self, sizes)


method("sum_to_size", summed_to_size)


def fit(grad: Any, shape: tuple[int, ...], kind: np.dtype[Any]) -> Any:
    """Sum `grad` over the axes that broadcasting added, and give it the input's dtype."""
    if tuple(grad.shape) != shape:
        grad = sum_to_size(grad, shape)
    data = grad._data if isinstance(grad, Tensor) else grad
    return grad if data.dtype == kind else cast(grad, kind)


def like(value: Any, array: Any) -> Any:
    """Return a constant as `value` is: a tensor where derivatives are being recorded."""
    return wrap(array) if isinstance(value, Tensor) else array


def floats(array: Any) -> Any:
    """Return bools and integers as floats of the default dtype."""
    return array if array.dtype.kind == "f" else array.astype(dtypes.get_default_dtype().numpy)
