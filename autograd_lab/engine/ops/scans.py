"""Running totals: `cumsum`, `cumprod`, `logcumsumexp`; and `prod`, whose gradient needs them."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..operation import Operation
from ..register import register
from ..tensor import Tensor, raw
from ..unary import only_for
from .dims import flag, in_rows, wrap_dim
from .elementwise_exp import exp
from .reduce import like, product, reduce_with, stretch
from .shape import reshape
from .spelling import public
from .strided import put_flat, take_flat


def flipped(self: Any, dim: int) -> Any:
    """Return the elements in reverse order along `dim`."""
    return take_flat(self, np.flip(_counted(tuple(self.shape)), dim))


def shifted(self: Any, dim: int, first: float, step: int = 1) -> Any:
    """Return the elements one place further along `dim` (one place back for step −1), `first` coming in."""
    sizes = tuple(self.shape)
    places = np.full(sizes, -1)  # which stands for 0
    target, source = (np.moveaxis(each, dim, 0) for each in (places, _counted(sizes)))
    if step > 0:
        target[1:] = source[:-1]
    else:
        target[:-1] = source[1:]
    moved = take_flat(self, places)
    if not first:
        return moved
    start = np.full(sizes, -0.0, raw(self).dtype)  # which adds nothing, not even to −0.0
    np.moveaxis(start, dim, 0)[:1] = first
    return moved + like(self, start)


def _counted(sizes: tuple[int, ...]) -> Any:
    return np.arange(int(np.prod(sizes))).reshape(sizes)


class Recurrence(Operation):
    """Return s with s[i] = self[i] + factor[i] · s[i − 1] along `dim`: sums that fade on their way.

    The gradient of a running product is such a sum, taken from the end; so is this one's own.
    """

    public = False
    node = "RecurrenceBackward0"
    derivative = dict(
        self=(
            "the same sum of grad, from the end",
            lambda grad, factor, dim: from_the_end(grad, shifted(factor, dim, 0, -1), dim),
        ),
        factor=(
            "that sum · the result one place before",
            lambda grad, factor, result, dim: (
                from_the_end(grad, shifted(factor, dim, 0, -1), dim) * shifted(result, dim, 0)
            ),
        ),
    )

    @staticmethod
    def forward(self: Any, factor: Any, dim: int) -> Any:
        out = np.array(self)
        terms, factors = np.moveaxis(out, dim, 0), np.moveaxis(factor, dim, 0)
        for i in range(1, len(terms)):
            terms[i] += factors[i] * terms[i - 1]
        return out


recurrence: Operation = register(Recurrence)


def from_the_end(self: Any, factor: Any, dim: int) -> Any:
    """Return s with s[i] = self[i] + factor[i] · s[i + 1] along `dim`."""
    return flipped(recurrence(flipped(self, dim), flipped(factor, dim), dim), dim)


def _accumulate(ufunc: Any, self: Any, dim: int) -> Any:
    wrap_dim(dim, self.ndim)
    kind = self.dtype if self.dtype.kind == "f" else np.dtype(np.int64)
    if not self.ndim:
        return np.array(self, kind)
    made = np.asarray(ufunc.accumulate(self, dim, kind), order="C")
    if ufunc is np.add:
        made += 0  # torch's sums start there: −0.0 is none
    return made


class Cumsum(Operation):
    """Return the running sum along `dim`."""

    public = False
    node = "CumsumBackward0"
    derivative = dict(
        self=(
            "the running sum of grad from the end",
            lambda grad, dim: (
                flipped(running_sum(flipped(grad, dim), dim), dim) if grad.ndim else grad
            ),
        )
    )

    @staticmethod
    def forward(self: Any, dim: int) -> Any:
        return _accumulate(np.add, self, dim)


running_sum: Operation = register(Cumsum)


@public("cumsum")
def cumsum(self: Any, dim: int, *, dtype: Any = None) -> Any:
    """Return the running sum along `dim`, computed in `dtype`."""
    return reduce_with(running_sum, self, dtype, dim)


def product_gradient(grad: Any, self: Any, result: Any, dim: int) -> Any:
    """Return the gradient of a running product; exact where factors are 0."""
    if raw(self).size <= 1:
        return grad
    if np.all(raw(self)):
        return _divided(grad, self, result, dim)
    if isinstance(self, Tensor):
        return from_the_end(grad, shifted(self, dim, 0, -1), dim) * shifted(result, dim, 1)
    zeros = np.cumsum(self == 0, dim)
    # As torch: nothing comes from behind a second 0, nothing goes to what is behind the first.
    later = from_the_end(grad, shifted(np.where(zeros > 1, 0, self), dim, 0, -1), dim)
    at_zero = np.where(self == 0, later * shifted(result, dim, 1), 0)
    return np.where(zeros == 0, _divided(grad, self, result, dim), np.where(zeros == 1, at_zero, 0))


def _divided(grad: Any, self: Any, result: Any, dim: int) -> Any:
    return flipped(running_sum(flipped(grad * result, dim), dim), dim) / self


class Cumprod(Operation):
    """Return the running product along `dim`."""

    public = False
    node = "CumprodBackward0"
    derivative = dict(
        self=(
            "the sum of grad · result from the end / self",
            lambda grad, self, result, dim: product_gradient(grad, self, result, dim),
        )
    )

    @staticmethod
    def forward(self: Any, dim: int) -> Any:
        return _accumulate(np.multiply, self, dim)


running_product = register(Cumprod)


@public("cumprod")
def cumprod(self: Any, dim: int, *, dtype: Any = None) -> Any:
    """Return the running product along `dim`, computed in `dtype`."""
    return reduce_with(running_product, self, dtype, dim)


def product_of_others(self: Any, dim: int) -> Any:
    """Return for each element the product of all others along `dim`; nothing is divided by."""
    before = shifted(running_product(self, dim), dim, 1)
    after = flipped(shifted(running_product(flipped(self, dim), dim), dim, 1), dim)
    return before * after


class ProdAll(Operation):
    """Return the product of all elements."""

    public = False
    node = "ProdBackward0"
    derivative = dict(
        self=(
            "grad · result / self",
            lambda grad, self, result: _of_product(grad, self, result),
        )
    )

    @staticmethod
    def forward(self: Any) -> Any:
        return product(self, axis=None, dtype=_product_dtype(self))


class ProdDim(Operation):
    """Return the product over a dimension."""

    public = False
    node = "ProdBackward1"
    derivative = dict(
        self=(
            "grad · result / self",
            lambda grad, self, result, dim, keepdim: _of_product_along(
                grad, self, result, dim, keepdim
            ),
        )
    )

    @staticmethod
    def forward(self: Any, dim: int, keepdim: bool) -> Any:
        wrap_dim(dim, self.ndim)
        axis = dim if self.ndim else None
        return in_rows(product(self, axis=axis, dtype=_product_dtype(self), keepdims=keepdim))


def _product_dtype(array: Any) -> Any:
    return None if array.dtype.kind == "f" else np.int64


def _of_product(grad: Any, self: Any, result: Any) -> Any:
    if not self.ndim:
        return grad
    if np.all(raw(self)):
        return grad * result / self
    if raw(self).size == 1:
        return reshape(grad, tuple(self.shape))
    if not isinstance(self, Tensor) and np.count_nonzero(self == 0) > 1:
        return np.zeros_like(self)  # whatever the others are
    others = product_of_others(reshape(self, (-1,)), 0)
    return grad * reshape(others, tuple(self.shape))


def _of_product_along(grad: Any, self: Any, result: Any, dim: int, keepdim: bool) -> Any:
    if not self.ndim:
        return grad
    grad, result = (stretch(v, tuple(self.shape), (dim,), keepdim) for v in (grad, result))
    if np.all(raw(self)):
        return grad * result / self
    if self.shape[dim] == 1:
        return grad
    return grad * product_of_others(self, dim)


prod_all, prod_dim = register(ProdAll), register(ProdDim)


@public("prod")
def prod(self: Any, dim: int | None = None, keepdim: bool = False, *, dtype: Any = None) -> Any:
    """Return the product of all elements, or over `dim`, computed in `dtype`."""
    if dim is None:
        return reduce_with(prod_all, self, dtype)
    return reduce_with(prod_dim, self, dtype, dim, flag(keepdim))


class Logcumsumexp(Operation):
    """Return the logarithm of the running sum of exponentials along `dim`, without overflow."""

    node = "LogcumsumexpBackward0"
    derivative = dict(
        self=(
            "the sum of grad · exp(self − result) from the end",
            lambda grad, self, result, dim: _of_logcumsumexp(grad, self, result, dim),
        )
    )

    @staticmethod
    def forward(self: Any, dim: int) -> Any:
        wrap_dim(dim, self.ndim)
        only_for("f", "logcumsumexp_out_cpu", self)
        return np.logaddexp.accumulate(self, dim) if self.ndim else np.array(self)


logcumsumexp = register(Logcumsumexp)


def _of_logcumsumexp(grad: Any, self: Any, result: Any, dim: int) -> Any:
    if not self.ndim or not raw(self).size:
        return grad
    counted = np.moveaxis(_counted(tuple(self.shape)), dim, 0)
    drops = take_flat(result, counted[:-1]) - take_flat(result, counted[1:])
    fading = exp(put_flat(drops, counted[:-1], tuple(self.shape)))
    return exp(self - result) * from_the_end(grad, fading, dim)
