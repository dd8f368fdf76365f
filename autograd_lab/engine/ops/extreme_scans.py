"""The largest and the smallest so far: `cummax`, `cummin`."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..named import Named
from ..operation import Operation
from ..register import register
from ..tensor import raw
from .dims import wrap_dim
from .extremes import places
from .strided import put_flat


def _of_cumulative(grad: Any, self: Any, indices: Any, dim: int) -> Any:
    if not raw(self).size:
        return self
    return put_flat(grad, places(raw(indices), tuple(self.shape), dim), tuple(self.shape))


def _cumulative_extreme(name: str, better: Any) -> Operation:
    class Cumulative(Named):
        node = f"{name.title()}Backward0"
        derivative = dict(
            self=(
                "grad, summed over all places where the element was the one",
                lambda grad, self, indices, dim: _of_cumulative(grad, self, indices, dim),
            )
        )

        @staticmethod
        def forward(self: Any, dim: int) -> Any:
            if not self.ndim and dim not in (-1, 0):
                raise IndexError(
                    f"{name}(): Expected reduction dim -1 or 0 for scalar but got {dim}"
                )
            if not self.ndim or not self.size:
                return np.array(self), np.zeros(self.shape, np.int64)
            wrap_dim(dim, self.ndim)
            values = better.accumulate(self, axis=dim)
            new = (self == values) | (self != self)
            steps = np.indices(self.shape, sparse=True)[dim]
            return values, np.maximum.accumulate(np.where(new, steps, 0), axis=dim)

    Cumulative.__doc__ = f"Return the {name[3:]}imum so far along `dim`, and its latest index."
    Cumulative.name = name
    return register(Cumulative)


cummax = _cumulative_extreme("cummax", np.maximum)
cummin = _cumulative_extreme("cummin", np.minimum)
