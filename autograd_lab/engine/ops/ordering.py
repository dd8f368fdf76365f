"""Order: `sort`, `argsort`, `topk`."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..named import Named
from ..observe import told
from ..register import register
from ..tensor import wrap
from .dims import window, wrap_dim
from .extremes import at_indices
from .spelling import public


def order(array: Any, dim: int, descending: bool) -> Any:
    """Return the indices that sort `array` along `dim`, equal ones in their old order; NaN is largest."""
    if not array.ndim:
        return np.zeros((), np.int64)
    if not descending:
        return np.argsort(array, dim, kind="stable")
    backwards = np.argsort(np.flip(array, dim), dim, kind="stable")
    return array.shape[dim] - 1 - np.flip(backwards, dim)


def taken(array: Any, indices: Any, dim: int) -> tuple[Any, Any]:
    """Return the elements at `indices` along `dim`, and `indices`."""
    return (np.take_along_axis(array, indices, dim) if array.ndim else np.array(array)), indices


class Sort(Named):
    """Return the elements in order along `dim`, and where they were."""

    public = False
    returns = "sort"
    node = "SortBackward0"
    derivative = dict(
        self=(
            "grad, each element back where it was",
            lambda grad, self_sym_sizes, indices, dim: at_indices(
                grad, indices, self_sym_sizes, dim, True
            ),
        )
    )

    @staticmethod
    def forward(self: Any, dim: int, descending: bool) -> Any:
        wrap_dim(dim, self.ndim)
        return taken(self, order(self, dim, descending), dim)


class SortStable(Sort):
    """Do what sorting does anyway: keep equal elements in their old order."""

    node = "SortBackward1"


sort_along, sort_stable = register(Sort), register(SortStable)


@public("sort")
def sort(self: Any, dim: int = -1, descending: bool = False, stable: bool | None = None) -> Any:
    """Return values and indices in order along `dim`; equal elements keep their order."""
    return (sort_along if stable is None else sort_stable).apply(self, dim, descending)


@public("argsort")
def argsort(self: Any, dim: int = -1, descending: bool = False, stable: bool = False) -> Any:
    """Return the indices that sort the elements along `dim`."""
    wrap_dim(dim, self.ndim)
    return told("argsort", (self,), wrap(order(self._data, dim, descending)))


@public("msort")
def msort(self: Any) -> Any:
    """Return the elements in order along the first dimension."""
    return sort_along.apply(self, 0, False)[0]


class Topk(Named):
    """Return the `k` largest (or smallest) elements along `dim` in order, and where they are."""

    node = "TopkBackward0"
    derivative = Sort.derivative

    @staticmethod
    def forward(self: Any, k: int, dim: int = -1, largest: bool = True, sorted: bool = True) -> Any:
        wrap_dim(dim, self.ndim)
        if not 0 <= k <= (self.shape[dim] if self.ndim else 1):
            raise RuntimeError("selected index k out of range")
        if not self.ndim:
            return taken(self, order(self, dim, largest), dim)
        first = window(self.ndim, dim % self.ndim, slice(k))
        return taken(self, order(self, dim, largest)[first].copy(), dim)


topk = register(Topk)
