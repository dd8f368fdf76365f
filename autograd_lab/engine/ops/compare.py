"""Comparisons: results are bool and have no gradient."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..binary import Binary
from ..operation import Operation
from ..register import register


def _comparison(name: str, ufunc: Callable[[Any, Any], Any], operator: str, *aliases: str) -> None:
    def forward(self: Any, other: Any) -> Any:
        return ufunc(self, other)

    members: dict[str, Any] = {
        "name": name,
        "__doc__": f"Return where `self {operator} other`, as bool.",
        "aliases": aliases,
        "forward": staticmethod(forward),
    }
    register(type(name.title(), (Binary,), members))


_comparison("eq", np.equal, "==", "__eq__")
_comparison("ne", np.not_equal, "!=", "not_equal", "__ne__")
_comparison("lt", np.less, "<", "less", "__lt__")
_comparison("le", np.less_equal, "<=", "less_equal", "__le__")
_comparison("gt", np.greater, ">", "greater", "__gt__")
_comparison("ge", np.greater_equal, ">=", "greater_equal", "__ge__")


class AllTrue(Operation):
    """Return whether every element is true."""

    name = "all"

    @staticmethod
    def forward(self: Any) -> Any:
        return np.all(self)


all = register(AllTrue)


class AnyTrue(Operation):
    """Return whether some element is true."""

    name = "any"

    @staticmethod
    def forward(self: Any) -> Any:
        return np.any(self)


any = register(AnyTrue)
