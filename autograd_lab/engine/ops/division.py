"""Division that is rounded: `div(rounding_mode=…)`, `floor_divide`, `//`."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..binary import Binary
from ..choice import CHOICES, Chosen, alias, choice
from ..node import Node
from ..operation import tensors_in
from ..register import method, reflected, register
from ..short import OPERANDS
from ..tensor import Tensor
from ..unary import only_for
from . import elementwise
from .elementwise import zeros

ZERO_DIVISION = "ZeroDivisionError"
"""All that torch says about an integer divided by 0."""


def no_zero(divisor: Any) -> None:
    """Raise torch's error if an integer would be divided by 0."""
    if not np.all(divisor):
        raise RuntimeError(ZERO_DIVISION)


def quotient(self: Any, other: Any, rounding_mode: str | None) -> Any:
    """Return `self / other`, rounded down (`"floor"`), towards 0 (`"trunc"`) or not at all."""
    if rounding_mode is None:
        return np.true_divide(self, other)
    only_for("fiu", f"div_{rounding_mode}_cpu", self if hasattr(self, "dtype") else other)
    result = np.floor_divide(self, other)
    if result.dtype.kind != "f":
        no_zero(other)
        if rounding_mode == "trunc":
            result = result + ((result < 0) & (result * other != self))
        return result
    return np.trunc(np.true_divide(self, other)) if rounding_mode == "trunc" else result


class DivRounded(Binary):
    """Return `self / other`, rounded down (`"floor"`), towards 0 (`"trunc"`) or not at all (None)."""

    public = False
    node = "DivBackward2"
    derivative = dict(
        self=(
            "0 if rounded, else grad / other",
            lambda grad, other, rounding_mode: zeros(grad) if rounding_mode else grad / other,
        ),
        other=(
            "0 if rounded, else −grad · self / other²",
            lambda grad, self, other, rounding_mode: (
                zeros(grad) if rounding_mode else -grad * (self / other) / other
            ),
        ),
    )

    @staticmethod
    def forward(self: Any, other: Any, rounding_mode: str | None) -> Any:
        return quotient(self, other, rounding_mode)


div_rounded = register(DivRounded)
NOT_GIVEN: Any = object()


@choice
def div(self: Any, other: Any, *, rounding_mode: str | None = NOT_GIVEN) -> Chosen:
    """Return `self / other`; `rounding_mode` may be `"floor"`, `"trunc"` or None."""
    if rounding_mode is NOT_GIVEN:
        return elementwise.div, (self, other)
    if rounding_mode not in (None, "trunc", "floor"):
        raise RuntimeError(
            "div expected rounding_mode to be one of None, 'trunc', or 'floor' but found "
            f"'{rounding_mode}'"
        )
    return div_rounded, (self, other, rounding_mode)


alias("div", "divide")


class Unimplemented(Node):
    """The node of an operation that torch has no derivative for."""

    __slots__ = ()

    def name(self) -> str:
        """Return `"torch::autograd::NotImplemented"`."""
        return "torch::autograd::NotImplemented"


def refuse(name: str) -> Any:
    """Return a rule that raises what torch raises where it has no derivative."""

    def rule(grad: Any) -> Any:
        raise RuntimeError(f"derivative for aten::{name} is not implemented")

    return rule


class FloorDivide(Binary):
    """Return `self / other` rounded down."""

    public = False
    node, kind = "NotImplemented", Unimplemented
    derivative = dict(
        self=("not implemented", refuse("floor_divide")),
        other=("not implemented", refuse("floor_divide")),
    )

    @staticmethod
    def forward(self: Any, other: Any) -> Any:
        return quotient(self, other, "floor")

    def recordable(self, args: Any) -> bool:
        """Leave integers out."""
        return super().recordable(args) and any(t.is_floating_point() for t in tensors_in(args))


class FloorDivideNumber(FloorDivide):
    """Return `self / other` rounded down, for a plain number `other`."""

    public = False
    derivative = dict(self=("not implemented", refuse("floor_divide")))


class FloorDivideInPlace(FloorDivide):
    """The same in place: torch refuses under another name."""

    name = "floor_divide"
    derivative = dict(
        self=("not implemented", refuse("floor_divide_")),
        other=("not implemented", refuse("floor_divide_")),
    )


class FloorDivideNumberInPlace(FloorDivideNumber):
    """The same in place: torch refuses under another name."""

    name = "floor_divide"
    derivative = dict(self=("not implemented", refuse("floor_divide_")))


floor_divide_tensor, floor_divide_number = register(FloorDivide), register(FloorDivideNumber)
in_place = FloorDivideInPlace(), FloorDivideNumberInPlace()


@choice
def floor_divide(self: Any, other: Any) -> Chosen:
    """Return `self / other` rounded down; each may be a tensor or a number."""
    if not isinstance(self, Tensor):
        return rfloor_divide, (other, self)
    return (floor_divide_tensor if isinstance(other, Tensor) else floor_divide_number), (
        self,
        other,
    )


CHOICES["floor_divide"] = lambda self, other: (
    in_place[not isinstance(other, Tensor)],
    (self, other),
)


class RfloorDivide(Binary):
    """Return `other / self` rounded down, for a plain number `other`."""

    public = False
    node, kind = "NotImplemented", Unimplemented
    derivative = dict(self=("not implemented", refuse("floor_divide")))

    @staticmethod
    def forward(self: Any, other: Any) -> Any:
        return quotient(other, self, "floor")


rfloor_divide = register(RfloorDivide)
reflected("__rfloordiv__", lambda self, other: rfloor_divide.apply(self, other))


def _floordiv(self: Any, other: Any) -> Any:
    return floor_divide(self, other) if isinstance(other, OPERANDS) else NotImplemented


method("__floordiv__", _floordiv)
