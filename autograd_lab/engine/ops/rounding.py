"""Rounding, and what is left over when dividing."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..binary import Binary
from ..choice import CHOICES, Chosen, choice
from ..node import Node
from ..register import OPERANDS, method, reflected, register
from ..tensor import Tensor
from ..unary import Unary, only_for
from . import elementwise
from .elementwise import zeros


class Floor(Unary):
    """Return the largest integer that is not above `self`."""

    node = "FloorBackward0"
    derivative = dict(self=("0", lambda grad: zeros(grad)))

    @staticmethod
    def forward(self: Any) -> Any:
        only_for("fiu", "floor_vml_cpu", self)
        return np.floor(self)


class Ceil(Unary):
    """Return the smallest integer that is not below `self`."""

    node = "CeilBackward0"
    derivative = dict(self=("0", lambda grad: zeros(grad)))

    @staticmethod
    def forward(self: Any) -> Any:
        only_for("fiu", "ceil_vml_cpu", self)
        return np.ceil(self)


class Trunc(Unary):
    """Return `self` without its fraction."""

    node = "TruncBackward0"
    aliases = ("fix",)
    derivative = dict(self=("0", lambda grad: zeros(grad)))

    @staticmethod
    def forward(self: Any) -> Any:
        only_for("fiu", "trunc_vml_cpu", self)
        return np.trunc(self)


class Frac(Unary):
    """Return the fraction of `self`, with its sign."""

    node = "FracBackward0"
    derivative = dict(self=("grad", lambda grad: grad))

    @staticmethod
    def forward(self: Any) -> Any:
        only_for("f", "frac_cpu", self)
        return self - np.trunc(self)


class RoundInteger(Unary):
    """Return the nearest integer, the even one of two."""

    public = False
    node = "RoundBackward0"
    derivative = dict(self=("0", lambda grad: zeros(grad)))

    @staticmethod
    def forward(self: Any) -> Any:
        only_for("fiu", "round_vml_cpu", self)
        return np.rint(self) if self.dtype.kind == "f" else self.copy()


class RoundDecimals(Unary):
    """Return `self` rounded to a number of decimals."""

    public = False
    node = "RoundBackward1"
    derivative = dict(self=("0", lambda grad: zeros(grad)))

    @staticmethod
    def forward(self: Any, decimals: int) -> Any:
        only_for("f", "round_cpu", self)
        factor = 10.0 ** abs(decimals)
        return np.rint(self * factor) / factor if decimals > 0 else np.rint(self / factor) * factor


floor, ceil, trunc, frac = register(Floor), register(Ceil), register(Trunc), register(Frac)
round_integer, round_decimals = register(RoundInteger), register(RoundDecimals)


@choice
def round(self: Any, decimals: int | None = None) -> Chosen:
    """Return `self` rounded to the nearest integer (the even one of two), or to `decimals`."""
    if decimals is None:
        return round_integer, (self,)
    return round_decimals, (self, decimals)


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


def remaining(self: Any, other: Any) -> Any:
    """Return what is left of `self` after dividing by `other`; it has the sign of `other`."""
    like = self if hasattr(self, "dtype") else other
    only_for("fiu", "remainder_cpu", like)
    if like.dtype.kind != "f":
        no_zero(other)
    rest = np.fmod(self, other)
    return np.where((rest != 0) & (np.less(other, 0) != (rest < 0)), rest + other, rest)


class RemainderScalar(Binary):
    """Return what is left of `self` after dividing by a plain number; it has the divisor's sign."""

    public = False
    node = "RemainderBackward0"
    derivative = dict(self=("grad", lambda grad: grad))

    @staticmethod
    def forward(self: Any, other: Any) -> Any:
        return remaining(self, other)


class RemainderTensor(Binary):
    """Return what is left of `self` after dividing by `other`; it has the divisor's sign."""

    public = False
    node = "RemainderBackward1"
    derivative = dict(
        self=("grad", lambda grad: grad),
        other=(
            "−grad · ⌊self / other⌋",
            lambda grad, self, other: -grad * div_rounded(self, other, "floor"),
        ),
    )
    forward = staticmethod(RemainderScalar.forward)


class Rremainder(Binary):
    """Return what is left of the plain number `other` after dividing by `self`."""

    public = False
    node, kind = "NotImplemented", Unimplemented
    derivative = dict(self=("not implemented", refuse("remainder")))

    @staticmethod
    def forward(self: Any, other: Any) -> Any:
        return remaining(other, self)


class FmodScalar(Binary):
    """Return what is left of `self` after dividing by a plain number; it has the sign of `self`."""

    public = False
    node = "FmodBackward0"
    derivative = dict(self=("grad", lambda grad: grad))

    @staticmethod
    def forward(self: Any, other: Any) -> Any:
        only_for("fiu", "fmod_cpu", self)
        if self.dtype.kind != "f":
            no_zero(other)
        return np.fmod(self, other)


class FmodTensor(Binary):
    """Return what is left of `self` after dividing by `other`; it has the sign of `self`."""

    public = False
    node = "FmodBackward1"
    derivative = dict(
        self=("grad", lambda grad: grad),
        other=(
            "−grad · (self / other, towards 0)",
            lambda grad, self, other: -grad * div_rounded(self, other, "trunc"),
        ),
    )
    forward = staticmethod(FmodScalar.forward)


remainder_scalar, remainder_tensor = register(RemainderScalar), register(RemainderTensor)
fmod_scalar, fmod_tensor = register(FmodScalar), register(FmodTensor)
rremainder = register(Rremainder)


@choice
def remainder(self: Any, other: Any) -> Chosen:
    """Return what is left of `self` after dividing by `other`; it has the divisor's sign."""
    if not isinstance(self, Tensor):
        return rremainder, (other, self)
    return (remainder_tensor if isinstance(other, Tensor) else remainder_scalar), (self, other)


@choice
def fmod(self: Any, other: Any) -> Chosen:
    """Return what is left of `self` after dividing by `other`; it has the sign of `self`."""
    return (fmod_tensor if isinstance(other, Tensor) else fmod_scalar), (self, other)


def _floordiv(self: Any, other: Any) -> Any:
    return floor_divide(self, other) if isinstance(other, OPERANDS) else NotImplemented


method("__floordiv__", _floordiv)


def _mod(self: Any, other: Any) -> Any:
    return remainder(self, other) if isinstance(other, OPERANDS) else NotImplemented


method("__mod__", _mod)
reflected("__rmod__", lambda self, other: remainder(other, self))
