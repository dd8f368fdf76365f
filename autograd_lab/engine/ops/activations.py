"""Activation functions."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ..operation import Operation
from ..register import register
from ..unary import Floating, Unary, only_for
from .elementwise import zeros
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


class ThresholdBackward(Unary):
    """Return `grad_output` where `self` is above the threshold, else 0."""

    public = False
    node = "ThresholdBackwardBackward0"
    derivative = dict(
        grad_output=(
            "grad where self > threshold, else 0",
            lambda grad, self, threshold: threshold_backward(grad, self, threshold),
        ),
        self=("0", lambda grad: zeros(grad)),
    )

    @staticmethod
    def forward(grad_output: Any, self: Any, threshold: Any) -> Any:
        return np.where(self <= threshold, 0, grad_output)

    def _tensor_arguments(self) -> set[str]:
        return {"self"}


threshold_backward: Operation = register(ThresholdBackward)


class Relu(Unary):
    """Return `self` where positive, else 0."""

    node = "ReluBackward0"
    derivative = dict(
        self=(
            "grad where result > 0, else 0",
            lambda grad, result: threshold_backward(grad, result, 0),
        )
    )

    @staticmethod
    def forward(self: Any) -> Any:
        if self.dtype.kind == "b":
            raise RuntimeError("Boolean inputs not supported for relu")
        return np.maximum(self, 0)


relu = register(Relu)


class LeakyReluBackward(Unary):
    """Return `grad_output` where `self` is positive, else `grad_output · negative_slope`."""

    public = False
    node = "LeakyReluBackwardBackward0"
    derivative = dict(
        grad_output=(
            "grad where self > 0, else grad · negative_slope",
            lambda grad, self, negative_slope: leaky_relu_backward(grad, self, negative_slope),
        ),
        self=("0", lambda grad: zeros(grad)),
    )

    @staticmethod
    def forward(grad_output: Any, self: Any, negative_slope: Any) -> Any:
        return np.where(self > 0, grad_output, grad_output * negative_slope)


leaky_relu_backward: Operation = register(LeakyReluBackward)


class LeakyRelu(Unary):
    """Return `self` where positive, else `self · negative_slope`."""

    public = False
    node = "LeakyReluBackward0"
    derivative = dict(
        self=(
            "grad where self > 0, else grad · negative_slope",
            lambda grad, self, negative_slope: leaky_relu_backward(grad, self, negative_slope),
        )
    )

    @staticmethod
    def forward(self: Any, negative_slope: Any) -> Any:
        only_for("f", "leaky_relu_cpu", self)
        return np.where(self > 0, self, self * negative_slope)


class LeakyReluInPlace(LeakyRelu):
    """The same, as torch records it in place: by its result, which has the sign of `self`."""

    public = False
    node = "LeakyReluBackward1"
    derivative = dict(
        self=(
            "grad where result > 0, else grad · negative_slope",
            lambda grad, result, negative_slope: leaky_relu_backward(grad, result, negative_slope),
        )
    )


leaky_relu, leaky_relu_in_place = register(LeakyRelu), register(LeakyReluInPlace)


class HardtanhBackward(Unary):
    """Return `grad_output` where `self` is between the bounds, else 0."""

    public = False
    node = "HardtanhBackwardBackward0"
    derivative = dict(
        grad_output=(
            "grad where min_val < self < max_val, else 0",
            lambda grad, self, min_val, max_val: hardtanh_backward(grad, self, min_val, max_val),
        ),
        self=("0", lambda grad: zeros(grad)),
    )

    @staticmethod
    def forward(grad_output: Any, self: Any, min_val: Any, max_val: Any) -> Any:
        return np.where((self <= min_val) | (self >= max_val), 0, grad_output)


hardtanh_backward: Operation = register(HardtanhBackward)


class Hardtanh(Unary):
    """Return `self`, but at least `min_val` and at most `max_val`."""

    public = False
    node = "HardtanhBackward0"
    derivative = dict(
        self=(
            "grad where min_val < self < max_val, else 0",
            lambda grad, self, min_val, max_val: hardtanh_backward(grad, self, min_val, max_val),
        )
    )

    @staticmethod
    def forward(self: Any, min_val: Any, max_val: Any) -> Any:
        if self.dtype.kind == "b":
            raise RuntimeError("Bool inputs not supported for hardtanh")
        kind = self.dtype.type
        return np.minimum(np.maximum(self, kind(min_val)), kind(max_val))


hardtanh = register(Hardtanh)


class Elu(Unary):
    """Return `self` where positive, else `alpha · (e^self − 1)`; all of it times `scale`."""

    public = False
    node = "EluBackward0"
    derivative = dict(
        self=(
            "grad · alpha · e^self where self ≤ 0, else grad; times scale",
            lambda grad, self, alpha, scale, input_scale: where(
                self <= 0,
                grad * (input_scale * alpha * scale) * exp(where(self <= 0, self * input_scale, 0)),
                grad * scale,
            ),
        )
    )

    @staticmethod
    def forward(self: Any, alpha: Any, scale: Any, input_scale: Any) -> Any:
        only_for("f", "elu_cpu", self)
        negative = np.expm1(self * input_scale) * (alpha * scale)
        return np.where(self > 0, self * scale, negative)


class EluInPlace(Elu):
    """The same, as torch records it in place: by its result."""

    public = False
    node = "EluBackward1"
    derivative = dict(
        self=(
            "grad · (result + alpha · scale) where result ≤ 0, else grad · scale",
            lambda grad, result, alpha, scale, input_scale: where(
                result <= 0,
                grad * (result + alpha * scale) * input_scale,
                grad * scale,
            ),
        )
    )


elu, elu_in_place = register(Elu), register(EluInPlace)


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
    """Return `ln(sigmoid(self))`, without overflow."""

    public = False
    node = "LogSigmoidBackward0"
    derivative = dict(
        self=("grad · sigmoid(−self)", lambda grad, self: grad * sigmoid(-self)),
    )

    @staticmethod
    def forward(self: Any) -> Any:
        only_for("f", "log_sigmoid_cpu", self)
        return np.minimum(self, 0) - np.log1p(np.exp(-np.absolute(self)))


log_sigmoid = register(LogSigmoid)
