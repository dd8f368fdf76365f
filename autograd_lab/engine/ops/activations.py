"""Smooth activation functions."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ..register import register
from ..unary import Floating, Unary, only_for
from .division import Unimplemented, refuse
from .elementwise_exp import exp
from .elementwise_select import where
from .elementwise_special import erf
from .elementwise_trig import tanh


class Sigmoid(Floating):
    """Return `1 / (1 + e^−self)`."""

    node = "SigmoidBackward0"
    derivative = dict(
        self=("grad · result · (1 − result)", lambda grad, result: grad * (1 - result) * result)
    )

    @staticmethod
    def forward(self: Any) -> Any:
        return 1 / (1 + np.exp(-self))


sigmoid = register(Sigmoid)


def normal_density(self: Any) -> Any:
    """Return the density of the standard normal distribution."""
    return exp(self * self * -0.5) * (1 / math.sqrt(2 * math.pi))


def gelu_slope(self: Any, approximate: str) -> Any:
    """Return the derivative of `gelu`."""
    if approximate == "none":
        below = (erf(self * math.sqrt(0.5)) + 1) * 0.5
        return below + self * normal_density(self)
    square = self * self
    bend = tanh((self + square * self * 0.044715) * math.sqrt(2 / math.pi))
    steepness = (square * (3 * 0.044715) + 1) * math.sqrt(2 / math.pi)
    return (bend + 1) * 0.5 + self * 0.5 * (1 - bend * bend) * steepness


class Gelu(Unary):
    """Return `self` times the share of a normal distribution that lies below it."""

    public = False
    node = "GeluBackward0"
    derivative = dict(
        self=(
            "grad · (Φ(self) + self · φ(self))",
            lambda grad, self, approximate: grad * gelu_slope(self, approximate),
        )
    )

    @staticmethod
    def forward(self: Any, approximate: str) -> Any:
        if approximate not in ("none", "tanh"):
            raise RuntimeError("approximate argument must be either none or tanh.")
        only_for("f", "GeluKernelImpl", self)
        if approximate == "none":
            return self * 0.5 * (1 + erf(self * math.sqrt(0.5)))
        inner = (self + self * self * self * 0.044715) * math.sqrt(2 / math.pi)
        return self * 0.5 * (1 + np.tanh(inner))


gelu = register(Gelu)


def silu_slope(self: Any) -> Any:
    """Return the derivative of `silu`."""
    share = sigmoid(self)
    return share * (self * (1 - share) + 1)


class Silu(Unary):
    """Return `self · sigmoid(self)`."""

    public = False
    node = "SiluBackward0"
    derivative = dict(
        self=("grad · σ · (1 + self · (1 − σ))", lambda grad, self: grad * silu_slope(self))
    )

    @staticmethod
    def forward(self: Any) -> Any:
        only_for("f", "silu_cpu", self)
        return self / (1 + np.exp(-self))


silu = register(Silu)


class Softplus(Unary):
    """Return `ln(1 + e^(beta · self)) / beta`, and `self` where that is above the threshold."""

    public = False
    node = "SoftplusBackward0"
    derivative = dict(
        self=(
            "grad · sigmoid(beta · self)",
            lambda grad, self, beta, threshold: where(
                self * beta > threshold, grad, grad * sigmoid(self * beta)
            ),
        )
    )

    @staticmethod
    def forward(self: Any, beta: Any, threshold: Any) -> Any:
        only_for("f", "softplus_cpu", self)
        scaled = self * beta
        return np.where(scaled > threshold, self, np.log1p(np.exp(scaled)) / beta)


softplus = register(Softplus)


class LogSigmoid(Unary):
    """Return `ln(sigmoid(self))`, without overflow, and e^−|self| on the way to it."""

    public = False
    node = "LogSigmoidBackward0"
    derivative = dict(
        self=("grad · sigmoid(−self)", lambda grad, self: grad * sigmoid(-self)),
    )
    results = {"result": 0, "buffer": 1}
    keeps = ("buffer",)

    @staticmethod
    def forward(self: Any) -> Any:
        only_for("f", "log_sigmoid_cpu", self)
        buffer = np.exp(-np.absolute(self))
        return np.minimum(self, 0) - np.log1p(buffer), buffer


log_sigmoid = register(LogSigmoid)


def mish_slope(self: Any) -> Any:
    """Return the derivative of `mish`."""
    bent = tanh(softplus(self, 1, 20))
    return bent + self * (1 - bent * bent) * sigmoid(self)


class Mish(Unary):
    """Return `self · tanh(ln(1 + e^self))`."""

    public = False
    node = "MishBackward0"
    derivative = dict(
        self=("grad · (t + self · (1 − t²) · σ)", lambda grad, self: grad * mish_slope(self))
    )

    @staticmethod
    def forward(self: Any) -> Any:
        only_for("f", "mish_cpu", self)
        return self * np.tanh(np.log1p(np.exp(self)))


SIXTH = float(np.float32(1 / 6))
"""As torch has it, for float64 too."""


class HardsigmoidBackward(Unary):
    """Return `grad_output / 6` between −3 and 3, else 0; torch has no derivative for it."""

    public = False
    node, kind = "NotImplemented", Unimplemented
    derivative = dict(
        grad_output=("not implemented", refuse("hardsigmoid_backward")),
        self=("not implemented", refuse("hardsigmoid_backward")),
    )

    @staticmethod
    def forward(grad_output: Any, self: Any) -> Any:
        return np.where((self > -3) & (self < 3), grad_output * SIXTH, 0)


hardsigmoid_backward = register(HardsigmoidBackward)


class Hardsigmoid(Unary):
    """Return `self / 6 + ½`, but at least 0 and at most 1."""

    public = False
    node = "HardsigmoidBackward0"
    derivative = dict(
        self=(
            "grad / 6 between −3 and 3, else 0",
            lambda grad, self: hardsigmoid_backward(grad, self),
        )
    )

    @staticmethod
    def forward(self: Any) -> Any:
        only_for("f", "hardsigmoid_cpu", self)
        return np.minimum(np.maximum(self + 3, 0), 6) / 6


class Hardswish(Unary):
    """Return `self · hardsigmoid(self)`."""

    public = False
    node = "HardswishBackward0"
    derivative = dict(
        self=(
            "grad · (self / 3 + ½) between −3 and 3; below 0, above grad",
            lambda grad, self: where(self <= -3, 0, where(self < 3, grad * (self / 3 + 0.5), grad)),
        )
    )

    @staticmethod
    def forward(self: Any) -> Any:
        only_for("f", "hardswish_cpu", self)
        return self * np.minimum(np.maximum(self + 3, 0), 6) / 6


mish, hardsigmoid, hardswish = register(Mish), register(Hardsigmoid), register(Hardswish)
