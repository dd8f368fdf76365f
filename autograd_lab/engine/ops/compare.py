"""Comparisons: results are bool and have no gradient."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..binary import Binary
from ..register import register
from ..tensor import Tensor
from .elementwise import zeros


class Comparison(Binary):
    """The result is bool, unless written in place into floats: only then is there a node."""

    def record(self, output: Tensor, *rest: Any) -> None:
        """Record what has floats for a result."""
        if output.is_floating_point():
            super().record(output, *rest)


def _comparison(name: str, ufunc: Callable[[Any, Any], Any], operator: str, *aliases: str) -> None:
    def forward(self: Any, other: Any) -> Any:
        return ufunc(self, other)

    members: dict[str, Any] = {
        "name": name,
        "__doc__": f"Return where `self {operator} other`, as bool.",
        "aliases": aliases,
        "node": f"{name.title()}Backward0",
        "derivative": dict(
            self=("0", lambda grad: zeros(grad)), other=("0", lambda grad: zeros(grad))
        ),
        "forward": staticmethod(forward),
    }
    register(type(name.title(), (Comparison,), members))


_comparison("eq", np.equal, "==", "__eq__")
_comparison("ne", np.not_equal, "!=", "not_equal", "__ne__")
_comparison("lt", np.less, "<", "less", "__lt__")
_comparison("le", np.less_equal, "<=", "less_equal", "__le__")
_comparison("gt", np.greater, ">", "greater", "__gt__")
_comparison("ge", np.greater_equal, ">=", "greater_equal", "__ge__")
