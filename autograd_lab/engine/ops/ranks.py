"""Elements by their rank: `kthvalue`, `median`, `mode`."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..named import Named
from ..operation import Operation
from ..register import register
from .dims import flag, wrap_dim
from .extremes import at_indices, check_not_empty, chosen, share
from .ordering import order
from .spelling import public

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
        return ranked(self, k - 1, dim, flag(keepdim))


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
    return (
        median_of_all.apply(self) if dim is None else median_along.apply(self, dim, flag(keepdim))
    )


@public("nanmedian")
def nanmedian(self: Any, dim: int | None = None, keepdim: bool = False) -> Any:
    """Return the median of what is not NaN; with `dim`, values and indices."""
    if dim is None:
        return nanmedian_of_all.apply(self)
    return nanmedian_along.apply(self, dim, flag(keepdim))


class Mode(Named):
    """Return the most frequent element along `dim`, the smallest of several, and its last index."""

    node = "ModeBackward0"
    derivative = AT_ONE_INDEX

    @staticmethod
    def forward(self: Any, dim: int = -1, keepdim: bool = False) -> Any:
        wrap_dim(dim, self.ndim)
        flag(keepdim)
        check_not_empty("mode", self, dim)
        if not self.size or not self.ndim:
            return ranked(self, 0, dim, keepdim)
        index = np.apply_along_axis(_last_of_most_frequent, dim, self)
        return chosen(self, np.expand_dims(index, dim), dim, keepdim)


mode = register(Mode)


def _last_of_most_frequent(row: Any) -> int:
    values, counts = np.unique(row, return_counts=True)
    return int(np.flatnonzero(row == values[np.argmax(counts)])[-1])
