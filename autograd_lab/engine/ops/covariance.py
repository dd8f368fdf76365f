"""How variables go together: `cov` and `corrcoef`."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np

from ..tensor import Tensor, wrap
from .matmul import mm
from .spelling import public


def _weights(fweights: Any, aweights: Any) -> Any:
    """Return the weight of each observation, None if all count the same."""
    if fweights is None or aweights is None:
        return aweights if fweights is None else fweights
    return fweights * aweights


@public("cov")
def cov(self: Any, *, correction: int = 1, fweights: Any = None, aweights: Any = None) -> Any:
    """Return the covariances of the rows of `self`, whose columns are observations.

    An observation counts `fweights` times, and is `aweights` important.
    """
    if self.ndim > 2:
        raise RuntimeError(
            "cov(): expected input to have two or fewer dimensions but got an input with "
            f"{self.ndim} dimensions"
        )
    if self._data.dtype == bool:
        raise RuntimeError("cov(): bool dtype is not supported for input")
    rows = self.view(1, -1) if self.ndim < 2 else self
    for name, each in (("fweights", fweights), ("aweights", aweights)):
        if each is not None and each.numel() != rows.shape[1]:
            raise RuntimeError(
                f"cov(): expected {name} to have the same numel as there are observations in the "
                f"input but got {each.numel()} != {rows.shape[1]}"
            )
    weights = _weights(fweights, aweights)
    total: Any = wrap(np.int64(rows.shape[1])) if weights is None else weights.sum()
    average = (rows if weights is None else rows * weights).sum(1) / total
    freedom = total - correction
    if weights is not None and aweights is not None and correction != 0:
        freedom = total - correction * (weights * aweights).sum() / total
    if freedom.item() <= 0:
        warnings.warn(
            "cov(): degrees of freedom is <= 0. Correction should be strictly less than the number of "
            "observations.",
            UserWarning,
            stacklevel=3,
        )
        freedom = freedom * 0
    off = rows - average.unsqueeze(1)
    return (mm.apply(off, (off if weights is None else off * weights).t()) / freedom).squeeze()


@public("corrcoef")
def corrcoef(self: Tensor) -> Any:
    """Return the correlations of the rows of `self`, whose columns are observations."""
    if self.ndim > 2:
        raise RuntimeError(
            "corrcoef(): expected input to have two or fewer dimensions but got an input with "
            f"{self.ndim} dimensions"
        )
    covariances = cov(self)
    if not covariances.ndim:
        return covariances / covariances
    deviations = covariances.diagonal().sqrt()
    return (covariances / deviations.view(-1, 1) / deviations.view(1, -1)).clip(-1, 1)
