"""Drawing from a distribution over a few outcomes: `multinomial`."""

from __future__ import annotations

from typing import Any

import numpy as np

from .ops.drawing import in_memory_order
from .ops.spelling import public
from .random import Generator, default_generator
from .tensor import Tensor, wrap


def _check(self: Tensor, num_samples: int, replacement: bool) -> None:
    """Raise what torch raises about chances that are none, or too many samples."""
    if not 1 <= self.ndim <= 2:
        raise RuntimeError("prob_dist must be 1 or 2 dim")
    if not self.is_floating_point():
        raise RuntimeError(
            "multinomial only supports floating-point dtypes for input, got: "
            f"{self.dtype.class_name}"
        )
    if num_samples <= 0:
        raise RuntimeError("cannot sample n_sample <= 0 samples")
    if not replacement and num_samples > self.shape[-1]:
        raise RuntimeError(
            "cannot sample n_sample > prob_dist.size(-1) samples without replacement"
        )
    chances = self._data
    if not (np.isfinite(chances) & (chances >= 0)).all():
        raise RuntimeError("probability tensor contains either `inf`, `nan` or element < 0")
    if not (chances.sum(-1) > 0).all():
        raise RuntimeError("invalid multinomial distribution (sum of probabilities <= 0)")


@public("multinomial")
def multinomial(
    self: Any, num_samples: int, replacement: bool = False, *, generator: Generator | None = None
) -> Any:
    """Return `num_samples` outcomes drawn with the chances in `self`, one row of chances or several.

    The chances of a row need not sum to 1. Without `replacement` no outcome comes twice.
    """
    _check(self, num_samples, replacement)
    source, chances = generator or default_generator, self._data
    if not replacement or num_samples == 1:
        # The outcome whose exponential waiting time, at its rate, is over first; then the next.
        waits = in_memory_order(source.exponential(chances.size), chances).astype(chances.dtype)
        order = np.argsort(-(chances / waits), -1, kind="stable")
        return wrap(order[..., :num_samples].astype(np.int64))
    rows = chances.reshape(-1, chances.shape[-1])
    sums = np.cumsum(rows, -1)
    draws = source.uniform(len(rows) * num_samples, True).reshape(len(rows), num_samples)
    found = [np.searchsorted(row / row[-1], draw) for row, draw in zip(sums, draws, strict=True)]
    return wrap(np.reshape(found, (*chances.shape[:-1], num_samples)).astype(np.int64))
