"""How many, and whether any: `all`, `any`, `count_nonzero`, `bincount`; nothing here has a gradient."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..operation import Operation
from ..register import register
from ..unary import only_for
from .dims import as_ints, flag, wrap_distinct
from .reduce import axis_of
from .spelling import public


def _truth(name: str, ufunc: Any, sentence: str) -> Any:
    def forward(self: Any, dim: Any, keepdim: bool) -> Any:
        found = ufunc.reduce(self, axis=axis_of(dim, self.ndim), dtype=bool, keepdims=keepdim)
        return found.astype(self.dtype) if self.dtype == np.uint8 else found

    members: dict[str, Any] = {
        "name": f"{name}_over",
        "__doc__": sentence,
        "public": False,
        "forward": staticmethod(forward),
    }
    op = register(type(name.title(), (Operation,), members))

    def function(self: Any, dim: Any = None, keepdim: bool = False) -> Any:
        if dim is not None:
            dim = as_ints(dim)
            wrap_distinct(dim, self.ndim)
        return op.apply(self, dim, flag(keepdim))

    function.__name__, function.__doc__ = name, sentence
    return public(name)(function)


all = _truth(
    "all", np.logical_and, "Return whether every element is true, or every one over `dim`."
)
any = _truth("any", np.logical_or, "Return whether some element is true, or some over `dim`.")


class CountNonzero(Operation):
    """Return how many elements are not 0."""

    @staticmethod
    def forward(self: Any, dim: Any = None) -> Any:
        if dim is not None:
            dim = as_ints(dim)
            wrap_distinct(dim, self.ndim)
        return np.add.reduce(self != 0, axis=axis_of(dim, self.ndim), dtype=np.int64)


count_nonzero = register(CountNonzero)


class Bincount(Operation):
    """Return how often each number from 0 on occurs, each time counted as its `weights`."""

    @staticmethod
    def forward(self: Any, weights: Any = None, minlength: int = 0) -> Any:
        only_for("iu", "bincount_cpu", self)
        if self.ndim != 1 or (self < 0).any():
            raise RuntimeError("bincount only supports 1-d non-negative integral inputs.")
        if minlength < 0:
            raise RuntimeError("minlength should be >= 0")
        return np.bincount(self, weights, minlength)


bincount = register(Bincount)
