"""The error function, and the inverse of the sigmoid."""

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
