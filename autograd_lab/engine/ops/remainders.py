"""What is left over when dividing: `remainder`, `fmod`, `%`."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..binary import Binary
from ..choice import Chosen, choice
from ..register import method, reflected, register
from ..short import OPERANDS
from ..tensor import Tensor
from ..unary import only_for
from .division import Unimplemented, div_rounded, no_zero, refuse


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


def _mod(self: Any, other: Any) -> Any:
    return remainder(self, other) if isinstance(other, OPERANDS) else NotImplemented


method("__mod__", _mod)
reflected("__rmod__", lambda self, other: remainder(other, self))
