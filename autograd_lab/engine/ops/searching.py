"""Where numbers belong among sorted ones, and whether they occur: `searchsorted`, `isin`, `histc`."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..register import functions
from ..tensor import Tensor, raw, wrap
from .spelling import public


def _places(sorted_rows: Any, values: Any, right: bool) -> Any:
    side: Any = "right" if right else "left"
    if sorted_rows.ndim == 1:
        return np.searchsorted(sorted_rows, values, side)
    rows = sorted_rows.reshape(-1, sorted_rows.shape[-1])
    wanted = values.reshape(-1, values.shape[-1])
    found = [np.searchsorted(row, each, side) for row, each in zip(rows, wanted, strict=True)]
    return np.reshape(found, values.shape)


def searchsorted(
    sorted_sequence: Any,
    input: Any,
    *,
    out_int32: bool = False,
    right: bool = False,
    side: str | None = None,
    sorter: Any = None,
) -> Any:
    """Return before which element of the sorted rows each number of `input` belongs.

    Before equal ones, or behind them with `right` (or `side="right"`).
    """
    rows = sorted_sequence._data
    if sorter is not None:
        rows = np.take_along_axis(rows, sorter._data, -1)
    values = np.asarray(raw(input))
    if rows.ndim != 1 and not values.ndim:
        raise RuntimeError(
            "torch.searchsorted(): input value can be a scalar only when boundaries tensor dimension "
            f"is 1, but we got boundaries tensor dim({rows.ndim}) and input value's dim(0) numel(1)"
        )
    if rows.ndim != 1 and rows.shape[:-1] != values.shape[:-1]:
        raise RuntimeError(
            "torch.searchsorted(): boundaries tensor should be 1 dimension or the first N-1 dimensions "
            "of boundaries tensor and input value tensor must match, but we got boundaries tensor "
            f"{list(rows.shape)} and input value tensor {list(values.shape)}"
        )
    if side is not None and right and side != "right":
        raise RuntimeError(
            "torch.searchsorted(): side and right can't be set to opposites, got side of left while "
            "right was True"
        )
    found = _places(rows, values, right or side == "right")
    return wrap(np.asarray(found, np.int32 if out_int32 else np.int64)[()])


def bucketize(
    input: Any, boundaries: Tensor, *, out_int32: bool = False, right: bool = False
) -> Any:
    """Return between which of the sorted `boundaries` each number of `input` lies."""
    if boundaries.ndim != 1:
        raise RuntimeError(f"boundaries tensor must be 1 dimension, but got dim({boundaries.ndim})")
    return searchsorted(boundaries, input, out_int32=out_int32, right=right)


def isin(
    elements: Any, test_elements: Any, *, assume_unique: bool = False, invert: bool = False
) -> Any:
    """Return where an element is among `test_elements`, or with `invert`, where it is not."""
    return wrap(np.isin(raw(elements), raw(test_elements), invert=invert))


@public("histc")
def histc(self: Tensor, bins: int = 100, min: float = 0, max: float = 0) -> Any:
    """Return how many elements lie in each of `bins` equal parts between `min` and `max`.

    If both are the same, between the smallest and the largest element.
    """
    if not self.is_floating_point():
        raise NotImplementedError(
            f"\"histogram_cpu\" not implemented for '{self.dtype.class_name}'"
        )
    if bins <= 0:
        raise RuntimeError(f"torch.histogram(): bins must be > 0, but got {bins} for dimension 0")
    array = self._data
    if min == max and array.size:
        min, max = float(array.min()), float(array.max())
    if min == max:
        min, max = min - 1, max + 1
    if min > max:
        raise RuntimeError("torch.histc: max must be larger than min")
    counts, _ = np.histogram(array, bins, (min, max))
    return wrap(counts.astype(array.dtype))


functions |= {f.__name__: f for f in (searchsorted, bucketize, isin)}
