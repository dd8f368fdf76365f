"""Trigonometric and hyperbolic functions, and their inverses."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..operation import Operation
from ..register import register
from ..unary import Floating, only_for
from .elementwise import Quotient
from .elementwise_power import rsqrt
from .elementwise_select import TensorPair, where


class Sin(Floating):
    """Return the sine."""

    node = "SinBackward0"
    derivative = dict(self=("grad · cos(self)", lambda grad, self: grad * cos(self)))

    @staticmethod
    def forward(self: Any) -> Any:
        return np.sin(self)


sin = register(Sin)


class Cos(Floating):
    """Return the cosine."""

    node = "CosBackward0"
    derivative = dict(self=("−grad · sin(self)", lambda grad, self: grad * -sin(self)))

    @staticmethod
    def forward(self: Any) -> Any:
        return np.cos(self)


cos: Operation = register(Cos)


class Tan(Floating):
    """Return the tangent."""

    node = "TanBackward0"
    derivative = dict(
        self=("grad · (1 + result²)", lambda grad, result: grad * (1 + result * result))
    )

    @staticmethod
    def forward(self: Any) -> Any:
        return np.tan(self)


tan = register(Tan)


class Asin(Floating):
    """Return the angle whose sine is `self`."""

    node = "AsinBackward0"
    aliases = ("arcsin",)
    derivative = dict(
        self=("grad / √(1 − self²)", lambda grad, self: grad * rsqrt(1 - self * self))
    )

    @staticmethod
    def forward(self: Any) -> Any:
        return np.arcsin(self)


asin = register(Asin)


class Acos(Floating):
    """Return the angle whose cosine is `self`."""

    node = "AcosBackward0"
    aliases = ("arccos",)
    derivative = dict(
        self=("−grad / √(1 − self²)", lambda grad, self: grad * -rsqrt(1 - self * self))
    )

    @staticmethod
    def forward(self: Any) -> Any:
        return np.arccos(self)


acos = register(Acos)


class Atan(Floating):
    """Return the angle whose tangent is `self`."""

    node = "AtanBackward0"
    aliases = ("arctan",)
    derivative = dict(self=("grad / (1 + self²)", lambda grad, self: grad / (self * self + 1)))

    @staticmethod
    def forward(self: Any) -> Any:
        return np.arctan(self)


atan = register(Atan)


def over_square(part: Any, self: Any, other: Any) -> Any:
    """Return `part / (self² + other²)`, and 0 at the origin."""
    square = self * self + other * other
    return where(square == 0, 0, part / square)


class Atan2(TensorPair, Quotient):
    """Return the angle of the point (`other`, `self`)."""

    node = "Atan2Backward0"
    aliases = ("arctan2",)
    derivative = dict(
        self=(
            "grad · other / (self² + other²)",
            lambda grad, self, other: grad * over_square(other, self, other),
        ),
        other=(
            "−grad · self / (self² + other²)",
            lambda grad, self, other: grad * -over_square(self, self, other),
        ),
    )

    @staticmethod
    def forward(self: Any, other: Any) -> Any:
        return np.arctan2(self, other)


atan2 = register(Atan2)


class Hypot(TensorPair):
    """Return `√(self² + other²)`."""

    node = "HypotBackward0"
    derivative = dict(
        self=("grad · self / result", lambda grad, self, result: grad * (self / result)),
        other=("grad · other / result", lambda grad, other, result: grad * (other / result)),
    )

    @staticmethod
    def forward(self: Any, other: Any) -> Any:
        only_for("f", "hypot_cpu", self)
        return np.hypot(self, other)


hypot = register(Hypot)


class Sinh(Floating):
    """Return the hyperbolic sine."""

    node = "SinhBackward0"
    derivative = dict(self=("grad · cosh(self)", lambda grad, self: grad * cosh(self)))

    @staticmethod
    def forward(self: Any) -> Any:
        return np.sinh(self)


sinh: Operation = register(Sinh)


class Cosh(Floating):
    """Return the hyperbolic cosine."""

    node = "CoshBackward0"
    derivative = dict(self=("grad · sinh(self)", lambda grad, self: grad * sinh(self)))

    @staticmethod
    def forward(self: Any) -> Any:
        return np.cosh(self)


cosh: Operation = register(Cosh)


class Tanh(Floating):
    """Return the hyperbolic tangent."""

    node = "TanhBackward0"
    derivative = dict(
        self=("grad · (1 − result²)", lambda grad, result: grad * (1 - result * result))
    )

    @staticmethod
    def forward(self: Any) -> Any:
        return np.tanh(self)


tanh = register(Tanh)


class Asinh(Floating):
    """Return the number whose hyperbolic sine is `self`."""

    node = "AsinhBackward0"
    aliases = ("arcsinh",)
    derivative = dict(
        self=("grad / √(self² + 1)", lambda grad, self: grad * rsqrt(self * self + 1))
    )

    @staticmethod
    def forward(self: Any) -> Any:
        return np.arcsinh(self)


asinh = register(Asinh)


class Acosh(Floating):
    """Return the positive number whose hyperbolic cosine is `self`."""

    node = "AcoshBackward0"
    aliases = ("arccosh",)
    derivative = dict(
        self=("grad / √(self² − 1)", lambda grad, self: grad * rsqrt(self * self - 1))
    )

    @staticmethod
    def forward(self: Any) -> Any:
        return np.arccosh(self)


acosh = register(Acosh)


class Atanh(Floating):
    """Return the number whose hyperbolic tangent is `self`."""

    node = "AtanhBackward0"
    aliases = ("arctanh",)
    derivative = dict(self=("grad / (1 − self²)", lambda grad, self: grad / (1 - self * self)))

    @staticmethod
    def forward(self: Any) -> Any:
        return np.arctanh(self)


atanh = register(Atanh)
