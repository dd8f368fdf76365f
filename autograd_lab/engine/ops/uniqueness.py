"""What is different: `unique`."""

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
