"""Elements picked by their place in row order, by a mask, or for not being 0."""

from __future__ import annotations

from typing import Any

import numpy as np

from .. import dtypes
from ..observe import told
from ..operation import Operation, size_mismatch
from ..register import expose, register
from ..tensor import Tensor, raw, wrap
from .strided import put_flat


class Take(Operation):
    """Return the elements of `self`, counted in row order, at `index`."""

    node = "TakeBackward0"
    derivative = dict(
        self=(
            "grad added at those places, 0 elsewhere",
            lambda grad, self, index: put_flat(
                grad, numbers(index) % raw(self).size, tuple(self.shape)
            ),
        )
    )

    @staticmethod
    def forward(self: Any, index: Any) -> Any:
        if index.dtype != np.int64:
            kind = dtypes.of_numpy(index.dtype).class_name
            raise RuntimeError(f"take(): Expected a long tensor for index, but got {kind}")
        if not self.size and index.size:
            raise IndexError("take(): tried to take from an empty tensor")
        for wrong in np.reshape(index, -1)[
            np.reshape((index < -self.size) | (index >= self.size), -1)
        ]:
            raise IndexError(
                f"out of range: tried to access index {wrong} on a tensor of {self.size} elements."
            )
        return np.reshape(self, -1)[index]


take = register(Take)


def numbers(index: Any) -> Any:
    """Return an index as an array, whether it comes as a tensor or as an array."""
    return index._data if isinstance(index, Tensor) else index


class MaskedSelect(Operation):
    """Return, in one dimension, the elements of `self` where the mask is true."""

    node = "MaskedSelectBackward0"
    derivative = dict(
        self=(
            "grad where the mask is true, 0 elsewhere",
            lambda grad, self, mask: put_flat(
                grad, masked_places(tuple(self.shape), numbers(mask)), tuple(self.shape)
            ),
        )
    )

    @staticmethod
    def forward(self: Any, mask: Any) -> Any:
        if mask.dtype != bool:
            raise RuntimeError("masked_select: expected BoolTensor for mask")
        try:
            values, mask = np.broadcast_arrays(self, mask)
        except ValueError:
            raise RuntimeError(size_mismatch(mask, self)) from None
        return values[mask]


masked_select = register(MaskedSelect)


def masked_places(sizes: tuple[int, ...], mask: Any) -> Any:
    """Return where in a tensor of shape `sizes`, in row order, the selected elements lie."""
    counted = np.arange(np.prod(sizes, dtype=int)).reshape(sizes)
    counted, mask = np.broadcast_arrays(counted, mask)
    return counted[mask]


def nonzero(self: Tensor, *, as_tuple: bool = False) -> Any:
    """Return the positions of the elements that are not 0: one row each, or one vector per dimension."""
    found = np.argwhere(self._data)
    if not as_tuple:
        return told("nonzero", (self,), wrap(found.astype(np.int64)))
    rows = found if self.ndim else np.zeros((len(np.atleast_1d(self._data).nonzero()[0]), 1))
    columns = tuple(wrap(column.astype(np.int64)) for column in rows.T)
    return told("nonzero", (self,), columns)


def argwhere(self: Tensor) -> Any:
    """Return the positions of the elements that are not 0, one row each."""
    return nonzero(self)


expose("nonzero", nonzero)
expose("argwhere", argwhere)
