"""Activation functions with a part of their own below a threshold: `softshrink`, `celu`, `prelu`, …"""

from __future__ import annotations

from typing import Any

import numpy as np

from .. import dtypes
from ..broadcasting import Broadcasting
from ..operation import Operation
from ..register import functions, guarded, register
from ..unary import Unary, only_for
from .elementwise import zeros
from .elementwise_exp import exp
from .elementwise_select import where
from .rectifiers import threshold_backward


class HardshrinkBackward(Unary):
    """Return `grad_output` where the size of `self` is above `lambd`, else 0."""

    public = False
    node = "HardshrinkBackwardBackward0"
    derivative = dict(
        grad_output=(
            "grad where |self| > lambd, else 0",
            lambda grad, self, lambd: shrink_backward(grad, self, lambd),
        ),
        self=("0", lambda grad: zeros(grad)),
    )

    @staticmethod
    def forward(grad_output: Any, self: Any, lambd: float) -> Any:
        return np.where(np.abs(self) > lambd, grad_output, 0)


shrink_backward: Operation = register(HardshrinkBackward)


class Hardshrink(Unary):
    """Return `self`, but 0 between −`lambd` and `lambd`."""

    node = "HardshrinkBackward0"
    derivative = dict(
        self=(
            "grad where |self| > lambd, else 0",
            lambda grad, self, lambd: shrink_backward(grad, self, lambd),
        )
    )

    @staticmethod
    def forward(self: Any, lambd: float = 0.5) -> Any:
        only_for("f", "hardshrink_cpu", self)
        return np.where(np.abs(self) <= lambd, 0, self).astype(self.dtype)


class Softshrink(Hardshrink):
    """Return `self` moved `lambd` towards 0, and 0 for what would go beyond."""

    public = False
    node = "SoftshrinkBackward0"

    @staticmethod
    def forward(self: Any, lambd: float = 0.5) -> Any:
        if lambd < 0:
            kind = dtypes.of_numpy(self.dtype)
            raise RuntimeError(
                f"lambda must be in range [0, {np.finfo(self.dtype).max:g}] for input dtype "
                f"{kind.class_name}, but found {lambd:g}"
            )
        only_for("f", "softshrink_check", self)
        near = np.abs(self) <= lambd
        return np.where(near, 0, self - np.copysign(lambd, self)).astype(self.dtype)


class Threshold(Unary):
    """Return `self` where it is above the threshold, else `value`."""

    public = False
    node = "ThresholdBackward0"
    derivative = dict(
        self=(
            "grad where self > threshold, else 0",
            lambda grad, self, threshold: threshold_backward(grad, self, threshold),
        )
    )

    @staticmethod
    def forward(self: Any, threshold: float, value: float) -> Any:
        return np.where(self <= threshold, self.dtype.type(value), self)


class Celu(Unary):
    """Return `self` where positive, else `alpha · (e^(self/alpha) − 1)`."""

    public = False
    node = "CeluBackward0"
    derivative = dict(
        self=(
            "grad · e^(self/alpha) where self ≤ 0, else grad",
            lambda grad, self, alpha: where(
                self <= 0, grad * exp(where(self <= 0, self / alpha, 0)), grad
            ),
        )
    )

    @staticmethod
    def forward(self: Any, alpha: float = 1.0) -> Any:
        if alpha == 0:
            raise RuntimeError("ZeroDivisionError: alpha cannot be 0 for CELU")
        only_for("f", "elu_cpu", self)
        kind = self.dtype.type
        return np.where(self > 0, self, np.expm1(self / kind(alpha)) * kind(alpha))


class CeluInPlace(Celu):
    """The same, as torch records it in place: by its result."""

    public = False
    node = "CeluBackward1"
    derivative = dict(
        self=(
            "grad · (result / alpha + 1) where result ≤ 0, else grad",
            lambda grad, result, alpha: where(result <= 0, grad * (result / alpha + 1), grad),
        )
    )


class PreluKernel(Broadcasting):
    """Return `self` where positive, else `weight · self`."""

    public = False
    node = "PreluKernelBackward0"
    derivative = dict(
        self=(
            "grad where self > 0, else grad · weight",
            lambda grad, self, weight: where(self > 0, grad, grad * weight),
        ),
        weight=(
            "0 where self > 0, else grad · self",
            lambda grad, self: where(self > 0, 0, grad * self),
        ),
    )

    @staticmethod
    def forward(self: Any, weight: Any) -> Any:
        return np.where(self > 0, self, weight * self)


hardshrink, softshrink, threshold_of = (
    register(Hardshrink),
    register(Softshrink),
    register(Threshold),
)
celu_of, celu_in_place, prelu_kernel = [register(c) for c in (Celu, CeluInPlace, PreluKernel)]


def threshold(input: Any, threshold: float, value: float) -> Any:
    """Return `input` where it is above the threshold, else `value`."""
    return threshold_of.apply(input, threshold, value)


def celu(input: Any, alpha: float = 1.0) -> Any:
    """Return `input` where positive, else `alpha · (e^(input/alpha) − 1)`."""
    return celu_of.apply(input, alpha)


functions |= {
    "threshold": guarded("threshold", threshold, False),
    "celu": guarded("celu", celu, False),
}
