"""Order: `sort`, `topk`, `kthvalue`, `median`, `mode`, and what is different: `unique`."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..named import Named
from ..observe import told
from ..operation import Operation
from ..register import register
from ..tensor import raw, wrap
from .dims import window, wrap_dim
from .extremes import at_indices, check_not_empty, chosen, places, share
from .spelling import public
from .strided import put_flat


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
        return taken(self, order(self, dim, largest)[first], dim)


topk = register(Topk)

AT_ONE_INDEX = dict(
    self=(
        "grad at the index that was found, 0 elsewhere",
        lambda grad, self_sym_sizes, indices, dim, keepdim: at_indices(
            grad, indices, self_sym_sizes, dim, keepdim
        ),
    )
)


def ranked(self: Any, rank: Any, dim: int, keepdim: bool) -> tuple[Any, Any]:
    """Return values and indices of the elements that come `rank`-th (from 0) along `dim`."""
    if not self.ndim:
        return chosen(self, 0, dim, keepdim)
    sorted_indices = order(self, dim, False)
    if isinstance(rank, int):
        rank = np.full((1,) * self.ndim, rank)
    shape = [1 if i == dim % self.ndim else n for i, n in enumerate(self.shape)]
    index = np.take_along_axis(sorted_indices, np.broadcast_to(rank, shape), dim)
    return chosen(self, index, dim, keepdim)


class Kthvalue(Named):
    """Return the `k`-th smallest element along `dim`, and where it is."""

    node = "KthvalueBackward0"
    derivative = AT_ONE_INDEX

    @staticmethod
    def forward(self: Any, k: int, dim: int = -1, keepdim: bool = False) -> Any:
        d = wrap_dim(dim, self.ndim)
        check_not_empty("kthvalue", self, dim)
        if not 1 <= k <= (self.shape[dim] if self.ndim else 1):
            raise RuntimeError(f"kthvalue(): selected number k out of range for dimension {d}")
        return ranked(self, k - 1, dim, keepdim)


kthvalue = register(Kthvalue)


def middle_rank(self: Any, dim: Any, skip_nan: bool) -> Any:
    """Return the rank of the lower median along `dim`: that of a NaN where there is one, or without."""
    missing = np.add.reduce(np.isnan(self), axis=dim, keepdims=True) if self.ndim else 0
    count = self.size if dim is None else self.shape[dim]
    if skip_nan:
        return np.maximum(count - missing - 1, 0) // 2
    return np.where(missing, count - missing, (count - 1) // 2)


def _median_of_all(name: str, skip_nan: bool) -> Operation:
    class MedianOfAll(Operation):
        public = False
        node = f"{name.title()}Backward0"
        derivative = dict(
            self=(
                "grad, shared by the elements equal to the result",
                lambda grad, self, result: share(grad, self, result),
            )
        )

        @staticmethod
        def forward(self: Any) -> Any:
            flat = np.sort(np.reshape(self, -1))
            if not flat.size:
                return self.dtype.type(
                    np.nan if self.dtype.kind == "f" else np.iinfo(self.dtype).min
                )
            return flat[middle_rank(flat, 0, skip_nan)].reshape(())[()]

    MedianOfAll.__doc__ = f"Return the {name} of all elements, the lower of two middle ones."
    MedianOfAll.name = f"{name}_of_all"
    return register(MedianOfAll)


def _median_along(title: str, skip_nan: bool) -> Operation:
    class MedianAlong(Named):
        public = False
        returns = title
        node = f"{title.title()}Backward1"
        derivative = AT_ONE_INDEX

        @staticmethod
        def forward(self: Any, dim: int, keepdim: bool) -> Any:
            wrap_dim(dim, self.ndim)
            check_not_empty("median", self, dim)
            rank = middle_rank(self, dim, skip_nan) if self.ndim else 0
            return ranked(self, rank, dim, keepdim)

    MedianAlong.__doc__ = (
        f"Return the {title} along `dim`, the lower of two middle ones, and its index."
    )
    MedianAlong.name = f"{title}_along"
    return register(MedianAlong)


median_of_all, nanmedian_of_all = _median_of_all("median", False), _median_of_all("nanmedian", True)
median_along, nanmedian_along = _median_along("median", False), _median_along("nanmedian", True)


@public("median")
def median(self: Any, dim: int | None = None, keepdim: bool = False) -> Any:
    """Return the median, the lower of two middle ones; with `dim`, values and indices."""
    return median_of_all.apply(self) if dim is None else median_along.apply(self, dim, keepdim)


@public("nanmedian")
def nanmedian(self: Any, dim: int | None = None, keepdim: bool = False) -> Any:
    """Return the median of what is not NaN; with `dim`, values and indices."""
    if dim is None:
        return nanmedian_of_all.apply(self)
    return nanmedian_along.apply(self, dim, keepdim)


class Mode(Named):
    """Return the most frequent element along `dim`, the smallest of several, and its last index."""

    node = "ModeBackward0"
    derivative = AT_ONE_INDEX

    @staticmethod
    def forward(self: Any, dim: int = -1, keepdim: bool = False) -> Any:
        wrap_dim(dim, self.ndim)
        check_not_empty("mode", self, dim)
        if not self.size or not self.ndim:
            return ranked(self, 0, dim, keepdim)
        index = np.apply_along_axis(_last_of_most_frequent, dim, self)
        return chosen(self, np.expand_dims(index, dim), dim, keepdim)


mode = register(Mode)


def _last_of_most_frequent(row: Any) -> int:
    values, counts = np.unique(row, return_counts=True)
    return int(np.flatnonzero(row == values[np.argmax(counts)])[-1])


class Unique2(Operation):
    """Return the different elements in order, without a gradient; with them, if asked for, more."""

    public = False
    node = "Unique2Backward0"
    derivative = dict(self=("not known", lambda grad: _refuse()))

    @staticmethod
    def forward(self: Any, inverse: bool, counts: bool) -> Any:
        found = np.unique(self, return_inverse=True, return_counts=True)
        return found[0], found[1].reshape(self.shape), found[2]


def _refuse() -> Any:
    raise NotImplementedError("the derivative for '_unique2' is not implemented.")


unique_of = register(Unique2)


@public("unique")
def unique(
    self: Any,
    sorted: bool = True,
    return_inverse: bool = False,
    return_counts: bool = False,
    dim: int | None = None,
) -> Any:
    """Return the different elements in order; if asked for, where each went, and how often it occurs."""
    if dim is not None:
        raise NotImplementedError("unique() over one dimension is not part of autograd_lab")
    values, inverse, counts = unique_of.apply(self, return_inverse, return_counts)
    more = [v for v, wanted in ((inverse, return_inverse), (counts, return_counts)) if wanted]
    return (values, *more) if more else values


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
