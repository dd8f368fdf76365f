"""Quantiles: `quantile` and `nanquantile`."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..tensor import Tensor, wrap
from .dims import flag, wrap_dim
from .spelling import public

INTERPOLATIONS = ("linear", "lower", "higher", "midpoint", "nearest")


def _checked(self: Tensor, q: Any, interpolation: str) -> Any:
    """Return `q` as an array; raise what torch raises about arguments that make no sense."""
    if not isinstance(q, Tensor) and not 0 <= float(q) <= 1:
        raise RuntimeError(f"quantile() q must be in the range [0, 1] but got {q:g}")
    if interpolation not in INTERPOLATIONS:
        raise RuntimeError(
            "quantile() interpolation must be one of linear, lower, higher, midpoint or nearest, but "
            f"got {interpolation}"
        )
    if not self._data.size:
        raise RuntimeError("quantile() input tensor must be non-empty")
    if self._data.dtype not in (np.float32, np.float64):
        raise RuntimeError("quantile() input tensor must be either float or double dtype")
    if isinstance(q, Tensor):
        if q.ndim > 1:
            raise RuntimeError("quantile() q must be a scalar or 1D tensor")
        if q.dtype is not self.dtype:
            raise RuntimeError("quantile() q tensor must be same dtype as the input tensor")
    chosen = np.asarray(q._data if isinstance(q, Tensor) else q, self._data.dtype)
    if not ((chosen >= 0) & (chosen <= 1)).all():
        raise RuntimeError("quantile() q values must be in the range [0, 1]")
    return chosen


def _result_shape(self: Tensor, q: Any, dim: int | None, keepdim: bool) -> list[int]:
    """Return the shape of the result, with a place for `q` first."""
    shape = [1] * self.ndim if keepdim else []
    if dim is not None and self.ndim:
        shape = list(self.shape)
        shape[dim : dim + 1] = [1] if keepdim else []
    return [q.size, *shape]


def _ranks(ordered: Any, q: Any, skip_nan: bool) -> Any:
    """Return where in the sorted rows the quantiles lie, as arrays of fractions."""
    missing = np.isnan(ordered)
    if skip_nan:
        ranks = q * ((~missing).sum(-1, keepdims=True) - 1).astype(ordered.dtype)
        return np.maximum(ranks, 0)
    last = ordered.shape[-1] - 1
    return np.where(missing.any(-1, keepdims=True), last, q * last).astype(ordered.dtype)


def _quantile(
    self: Tensor, q: Any, dim: Any, keepdim: bool, interpolation: str, skip_nan: bool
) -> Any:
    chosen = _checked(self, q, interpolation)
    if dim is not None:
        dim = wrap_dim(dim, self.ndim)
    source: Any = self
    if dim is None:
        ordered = source.flatten().sort()[0]
    elif dim >= self.ndim - 1:
        ordered = source.sort()[0]
    else:
        ordered = source.unsqueeze(-1).transpose(dim, -1).sort()[0]
    shape = _result_shape(self, chosen, dim, flag(keepdim))
    ordered = ordered.view(*shape[1:], ordered.shape[-1] if ordered.ndim else 1)
    ranks = _ranks(ordered._data, chosen, skip_nan)
    whole = {"lower": np.floor, "higher": np.ceil, "nearest": np.rint}.get(interpolation)
    ranks = whole(ranks) if whole else ranks
    below = ranks.astype(np.int64)
    found = ordered.gather(-1, wrap(below))
    if whole is None:
        half = ranks.dtype.type(0.5)
        weights = np.full_like(ranks, half) if interpolation == "midpoint" else ranks - below
        above = ordered.gather(-1, wrap(np.ceil(ranks).astype(np.int64)))
        found = found.lerp_(above, wrap(weights.astype(ranks.dtype)))
    if not chosen.ndim:
        return found.squeeze_(-1)
    return found.unsqueeze_(0).transpose_(0, -1).squeeze_(-1)


@public("quantile")
def quantile(
    self: Any,
    q: Any,
    dim: int | None = None,
    keepdim: bool = False,
    *,
    interpolation: str = "linear",
) -> Any:
    """Return the quantiles `q` (a number, or a tensor of them) of all elements or along `dim`."""
    return _quantile(self, q, dim, keepdim, interpolation, False)


@public("nanquantile")
def nanquantile(
    self: Any,
    q: Any,
    dim: int | None = None,
    keepdim: bool = False,
    *,
    interpolation: str = "linear",
) -> Any:
    """Return the quantiles of what is not NaN; see `quantile`."""
    return _quantile(self, q, dim, keepdim, interpolation, True)
