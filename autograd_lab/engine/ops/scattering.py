"""Numbers written to the positions that a tensor of indices names: scatter."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..operation import Operation
from ..register import expose, method, register
from ..tensor import Tensor
from .gathering import check_source, checked, gathered, places
from .inplace import write


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
