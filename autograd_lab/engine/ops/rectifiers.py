"""Activation functions with a kink: `relu` and its kin."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..operation import Operation
from ..register import register
from ..unary import Unary, only_for
from .elementwise import zeros
from .elementwise_exp import exp
from .elementwise_select import where


def zero_where(mask: Any, values: Any) -> Any:
    """Return 0 where `mask` is true, else `values`.

    `np.where` decides for each element, and a processor that cannot guess how takes ten times as long as
    for this: to clear the bits of what becomes 0.
    """
    if values.size < 1_000 or values.dtype.kind != "f" or mask.shape != values.shape:
        return np.where(mask, 0, values)
    bits = values.view(f"i{values.itemsize}")
    kept = mask.astype(bits.dtype)
    kept -= 1  # all bits set where the mask is not
    kept &= bits
    return kept.view(values.dtype)


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
        return zero_where(self <= threshold, grad_output)

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
        return np.maximum(0, self)  # of −0.0 and 0 the second


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
        return zero_where((self <= min_val) | (self >= max_val), grad_output)


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
