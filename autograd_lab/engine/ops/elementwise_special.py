"""The error function and what belongs to it, and the inverse of the sigmoid."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ..operation import Operation
from ..register import register
from ..unary import Floating
from .elementwise_exp import exp
from .elementwise_select import where

_erf = np.frompyfunc(math.erf, 1, 1)


class Erf(Floating):
    """Return the error function."""

    node = "ErfBackward0"
    derivative = dict(
        self=(
            "grad · 2/√π · e^(−self²)",
            lambda grad, self: grad * (exp(-(self * self)) * (2 / math.sqrt(math.pi))),
        )
    )

    @staticmethod
    def forward(self: Any) -> Any:
        return np.asarray(_erf(self), self.dtype)[()]


erf: Operation = register(Erf)


_erfc = np.frompyfunc(math.erfc, 1, 1)


class Erfc(Floating):
    """Return 1 − the error function."""

    node = "ErfcBackward0"
    derivative = dict(
        self=(
            "−grad · 2/√π · e^(−self²)",
            lambda grad, self: grad * (exp(-(self * self)) * (-2 / math.sqrt(math.pi))),
        )
    )

    @staticmethod
    def forward(self: Any) -> Any:
        return np.asarray(_erfc(self), self.dtype)[()]


erfc: Operation = register(Erfc)


def inverse_erf(y: float) -> float:
    """Return the number whose error function is `y`, by Newton's method from a close guess."""
    if not -1 < y < 1:
        return math.copysign(math.inf, y) if abs(y) == 1 else math.nan
    logarithm = math.log1p(-y * y)
    half = 2 / (math.pi * 0.147) + logarithm / 2
    x = math.copysign(math.sqrt(math.sqrt(half * half - logarithm / 0.147) - half), y)
    for _ in range(3):
        far = math.copysign(1, y) * (1 - abs(y) - math.erfc(abs(x)))
        off = math.erf(x) - y if abs(x) < 1 else far
        x -= off * math.exp(x * x) * math.sqrt(math.pi) / 2
    return x


_erfinv = np.frompyfunc(inverse_erf, 1, 1)


class Erfinv(Floating):
    """Return the inverse of the error function."""

    node = "ErfinvBackward0"
    derivative = dict(
        self=(
            "grad · √π/2 · e^(result²)",
            lambda grad, self: grad * (exp(erfinv(self) ** 2) * (math.sqrt(math.pi) / 2)),
        )
    )

    @staticmethod
    def forward(self: Any) -> Any:
        return np.asarray(_erfinv(self), self.dtype)[()]


erfinv: Operation = register(Erfinv)


def logit_slope(grad: Any, self: Any, eps: float | None) -> Any:
    """Return `grad / (self · (1 − self))`; beyond 0 and 1 NaN, beyond `eps` and 1 − `eps` 0."""
    slope = grad / (self * (1 - self))
    if eps is None:
        return where((self < 0) | (self > 1), math.nan, slope)
    return where((self < eps) | (self > 1 - eps), 0, slope)


class Logit(Floating):
    """Return `ln(self / (1 − self))`; with `eps`, of `self` kept between `eps` and 1 − `eps`."""

    node = "LogitBackward0"
    derivative = dict(self=("grad / (self · (1 − self))", logit_slope))

    @staticmethod
    def forward(self: Any, eps: float | None = None) -> Any:
        inside = self if eps is None else np.minimum(np.maximum(self, eps), 1 - eps)
        return np.log(inside / (1 - inside))


logit = register(Logit)
