"""Numbers written to the positions that a tensor of indices names: scatter."""

from __future__ import annotations

from typing import Any

import numpy as np

from .. import dtypes
from ..operation import Operation, size_mismatch
from ..register import expose, method, register
from ..tensor import Tensor, raw, wrap
from .elementwise_select import where
from .gathering import check_source, checked, gathered, places
from .inplace import in_place, write
from .picking import masked_select
from .strided import put_flat


class ScatterTensor(Operation):
    """Return `self` with `src` written to the positions `index` along dimension `dim`."""

    public = False
    node = "ScatterBackward0"
    derivative = dict(
        self=(
            "grad, 0 at those positions",
            lambda grad, dim, index: scatter_number(grad, dim, index, 0),
        ),
        src=(
            "grad at those positions",
            lambda grad, dim, index, src_sym_sizes: gathered(
                "ScatterBackward0", grad, dim, index, src_sym_sizes
            ),
        ),
    )

    @staticmethod
    def forward(self: Any, dim: int, index: Any, src: Any) -> Any:
        dim = checked("scatter", self, dim, index, src)
        check_source("scatter", self, dim, index, src)
        return scattered(self, dim, index, src)


scatter_tensor = register(ScatterTensor)


class ScatterNumber(Operation):
    """Return `self` with a number written to the positions `index` along dimension `dim`."""

    public = False
    node = "ScatterBackward1"
    derivative = dict(
        self=(
            "grad, 0 at those positions",
            lambda grad, dim, index: scatter_number(grad, dim, index, 0),
        )
    )

    @staticmethod
    def forward(self: Any, dim: int, index: Any, value: Any) -> Any:
        dim = checked("scatter", self, dim, index)
        return scattered(self, dim, index, np.broadcast_to(self.dtype.type(value), index.shape))


scatter_number: Operation = register(ScatterNumber)


def scattered(self: Any, dim: int, index: Any, src: Any) -> Any:
    """Return a copy of `self` with `src` written to the positions `index`."""
    if not index.size:
        return np.array(self)
    out = np.array(self).reshape(self.shape or (1,))
    index, src = (np.reshape(a, a.shape or (1,)) for a in (index, src))
    out[places(index, dim)] = src[tuple(slice(n) for n in index.shape)]
    return out.reshape(self.shape)


class MaskedScatter(Operation):
    """Return `self` with the elements of `source`, in order, where the mask is true."""

    node = "MaskedScatterBackward0"
    derivative = dict(
        self=("grad where the mask is False", lambda grad, mask: where(mask, 0, grad)),
        source=(
            "the grads where the mask is true, in order, then 0",
            lambda grad, mask, source_sym_sizes: put_flat(
                masked_select(grad, mask),
                np.arange(np.broadcast_to(raw(mask), tuple(grad.shape)).sum()),
                source_sym_sizes,
            ),
        ),
    )

    @staticmethod
    def forward(self: Any, mask: Any, source: Any) -> Any:
        if self.dtype != source.dtype:
            kinds = [dtypes.of_numpy(a.dtype).class_name for a in (self, source)]
            raise RuntimeError(
                "masked_scatter: expected self and source to have same dtypes but got"
                f"{kinds[0]} and {kinds[1]}"
            )
        if mask.dtype.kind != "b":
            raise RuntimeError(
                "masked_scatter_ only supports boolean masks, but got mask with dtype "
                f"{dtypes.of_numpy(mask.dtype).class_name}"
            )
        try:
            out, mask = (np.array(a) for a in np.broadcast_arrays(self, mask))
        except ValueError:
            raise RuntimeError(size_mismatch(mask, self)) from None
        if mask.sum() > source.size:
            raise RuntimeError("Number of elements of source < number of ones in mask")
        out[mask] = np.reshape(source, -1)[: mask.sum()]
        return out

    def changed(self, arrays: Any, data: Any) -> Any:
        """Return shape and dtype of `self`, if the mask made it larger."""
        own = arrays[0]
        return [(own.shape, own.dtype), None] if own.shape != data.shape else None

    def apply(self, *args: Any) -> Any:
        """Run as any operation does, and note if the mask made the result larger."""
        arrays = [raw(a) for a in args]
        data = self.compute(arrays)
        tracked = any(isinstance(a, Tensor) and a._requires_grad for a in args)
        return self.finish(wrap(data), args, tracked, self.changed(arrays, data))


masked_scatter = register(MaskedScatter)
in_place("masked_scatter")


def _scatter_arguments(src: Any, value: Any) -> tuple[Operation, Any]:
    given = src if value is None else value
    return (scatter_tensor if isinstance(given, Tensor) else scatter_number), given


def scatter(self: Tensor, dim: int, index: Tensor, src: Any = None, value: Any = None) -> Any:
    """Return `self` with `src` (a tensor or a number) written to the positions `index` along `dim`."""
    op, given = _scatter_arguments(src, value)
    return op.apply(self, dim, index, given)


def scatter_(self: Tensor, dim: int, index: Tensor, src: Any = None, value: Any = None) -> Any:
    """Write `src` (a tensor or a number) to the positions `index` along `dim` of this tensor."""
    op, given = _scatter_arguments(src, value)
    return write(op, self, dim, index, given)


expose("scatter", scatter)
method("scatter_", scatter_)
