"""What is different: `unique`, `unique_consecutive`."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..operation import Operation
from ..register import register
from .spelling import public


class Unique2(Operation):
    """Return the different elements in order, without a gradient; with them, if asked for, more."""

    public = False
    node = "Unique2Backward0"
    derivative = dict(self=("not known", lambda grad: _refuse("_unique2")))

    @staticmethod
    def forward(self: Any, inverse: bool, counts: bool) -> Any:
        found = np.unique(self, return_inverse=True, return_counts=True)
        return found[0], found[1].reshape(self.shape), found[2]


def _refuse(name: str) -> Any:
    raise NotImplementedError(f"the derivative for '{name}' is not implemented.")


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


class UniqueConsecutive(Operation):
    """Return the elements without repeats in a row, where each went, and how often it came."""

    public = False
    node = "UniqueConsecutiveBackward0"
    derivative = dict(self=("not known", lambda grad: _refuse("unique_consecutive")))

    @staticmethod
    def forward(self: Any) -> Any:
        flat = np.reshape(self, -1)
        first = np.ones(flat.shape, bool)
        first[1:] = flat[1:] != flat[:-1]
        places = np.flatnonzero(first)
        inverse = (np.cumsum(first) - 1).reshape(self.shape)
        return flat[first], inverse, np.diff(np.append(places, flat.size))


consecutive_of = register(UniqueConsecutive)


@public("unique_consecutive")
def unique_consecutive(
    self: Any, return_inverse: bool = False, return_counts: bool = False, dim: int | None = None
) -> Any:
    """Return the elements without repeats in a row; if asked for, where each went, and its count."""
    if dim is not None:
        raise NotImplementedError(
            "unique_consecutive() over one dimension is not part of autograd_lab"
        )
    values, inverse, counts = consecutive_of.apply(self)
    more = [v for v, wanted in ((inverse, return_inverse), (counts, return_counts)) if wanted]
    return (values, *more) if more else values
