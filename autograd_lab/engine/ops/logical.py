"""Logic: on truth values (`logical_and`), and bit by bit (`&`, `|`, `^`, `~`)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..binary import Binary
from ..operation import Operation
from ..register import method, reflected, register
from ..unary import only_for
from .elementwise_select import TensorPair


def _logical(name: str, ufunc: Callable[[Any, Any], Any], sentence: str) -> None:
    def forward(self: Any, other: Any) -> Any:
        return ufunc(self, other)

    members: dict[str, Any] = {
        "name": f"logical_{name}",
        "__doc__": f"Return where {sentence}; everything but 0 counts as true.",
        "forward": staticmethod(forward),
    }
    register(type(f"Logical{name.title()}", (TensorPair,), members))


_logical("and", np.logical_and, "both are true")
_logical("or", np.logical_or, "one or both are true")
_logical("xor", np.logical_xor, "just one is true")


class LogicalNot(Operation):
    """Return where `self` is 0."""

    @staticmethod
    def forward(self: Any) -> Any:
        return np.logical_not(self)


logical_not = register(LogicalNot)


def _bitwise(name: str, ufunc: Callable[[Any, Any], Any], operator: str) -> None:
    def forward(self: Any, other: Any) -> Any:
        only_for("biu", f"bitwise_{name}_cpu", self if hasattr(self, "dtype") else other)
        return ufunc(self, other)

    members: dict[str, Any] = {
        "name": f"bitwise_{name}",
        "__doc__": f"Return `self {operator} other`, bit by bit; bools and integers only.",
        "aliases": (f"__{name}__",),
        "number_first": True,
        "forward": staticmethod(forward),
    }
    op = register(type(f"Bitwise{name.title()}", (Binary,), members))
    reflected(f"__r{name}__", lambda self, other: op.apply(other, self))


_bitwise("and", np.bitwise_and, "&")
_bitwise("or", np.bitwise_or, "|")
_bitwise("xor", np.bitwise_xor, "^")


class BitwiseNot(Operation):
    """Return `self` with every bit inverted; bools and integers only."""

    @staticmethod
    def forward(self: Any) -> Any:
        only_for("biu", "bitwise_not_cpu", self)
        return np.invert(self)


bitwise_not = register(BitwiseNot)


def _invert(self: Any) -> Any:
    """Return `~self`."""
    if self.is_floating_point():
        raise TypeError(
            "~ (operator.invert) is only implemented on integer and Boolean-type tensors"
        )
    return bitwise_not.apply(self)


method("__invert__", _invert)
