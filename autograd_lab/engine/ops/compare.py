"""Comparisons: results are bool and have no gradient."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from .. import dtypes
from ..binary import Binary
from ..choice import CHOICES, Chosen
from ..register import expose, register
from ..tensor import Tensor
from ..unary import Unary
from .elementwise import zeros
from .elementwise_select import TensorPair, check_is_tensor


def _comparison(name: str, ufunc: Callable[[Any, Any], Any], operator: str, *aliases: str) -> None:
    """Register a comparison; written in place into floats, it has a node, and gradients of 0."""

    def forward(self: Any, other: Any) -> Any:
        return ufunc(self, other)

    def made(title: str, **members: Any) -> type[Binary]:
        common = {"name": name, "forward": staticmethod(forward), "__doc__": text}
        return type(title, (Binary,), common | members)

    text = f"Return where `self {operator} other`, as bool."
    title = name.title()
    zero = ("0", lambda grad: zeros(grad))
    register(made(title, aliases=aliases))
    by_number = made(f"{title}Number", node=f"{title}Backward0", derivative={"self": zero})()
    by_tensor = made(
        f"{title}Tensor", node=f"{title}Backward1", derivative={"self": zero, "other": zero}
    )()

    def choose(self: Any, other: Any) -> Chosen:
        return by_tensor if isinstance(other, Tensor) else by_number, (self, other)

    CHOICES.update(dict.fromkeys((name, *aliases), choose))


_comparison("eq", np.equal, "==", "__eq__")
_comparison("ne", np.not_equal, "!=", "not_equal", "__ne__")
_comparison("lt", np.less, "<", "less", "__lt__")
_comparison("le", np.less_equal, "<=", "less_equal", "__le__")
_comparison("gt", np.greater, ">", "greater", "__gt__")
_comparison("ge", np.greater_equal, ">=", "greater_equal", "__ge__")


class Isnan(Unary):
    """Return where `self` is not a number."""

    @staticmethod
    def forward(self: Any) -> Any:
        return np.not_equal(self, self)


class Isinf(Unary):
    """Return where `self` is infinite, of either sign."""

    @staticmethod
    def forward(self: Any) -> Any:
        return np.isinf(self)


class Isfinite(Unary):
    """Return where `self` is neither infinite nor NaN."""

    @staticmethod
    def forward(self: Any) -> Any:
        return np.isfinite(self)


isnan, isinf, isfinite = register(Isnan), register(Isinf), register(Isfinite)


class Isclose(TensorPair):
    """Return where `|self − other| ≤ atol + rtol · |other|`; both of one dtype."""

    @staticmethod
    def forward(
        self: Any, other: Any, rtol: float = 1e-05, atol: float = 1e-08, equal_nan: bool = False
    ) -> Any:
        for name, value in (("rtol", rtol), ("atol", atol)):
            if value < 0:
                raise RuntimeError(f"{name} must be greater than or equal to zero, but got {value}")
        return np.isclose(self, other, rtol, atol, equal_nan)

    def compute(self, arrays: Sequence[Any]) -> Any:
        """Compare like with like only."""
        kinds = [dtypes.of_numpy(a.dtype).class_name for a in arrays[:2]]
        if kinds[0] != kinds[1]:
            raise RuntimeError(f"{kinds[0]} did not match {kinds[1]}")
        return super().compute(arrays)


isclose = register(Isclose)


def allclose(
    input: Any, other: Any, rtol: float = 1e-05, atol: float = 1e-08, equal_nan: bool = False
) -> bool:
    """Return whether `|input − other| ≤ atol + rtol · |other|` everywhere."""
    return bool(np.all(isclose.apply(input, other, rtol, atol, equal_nan)._data))


def equal(input: Any, other: Any) -> bool:
    """Return whether two tensors have one shape and the same elements."""
    check_is_tensor("equal", other)
    return np.array_equal(input._data, other._data)


expose("allclose", allclose)
expose("equal", equal)
