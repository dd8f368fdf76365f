"""Exponentials and logarithms."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ..binary import NUMBERS
from ..choice import Chosen, choice
from ..operation import Operation
from ..register import register
from ..tensor import Tensor
from ..unary import Floating, only_for
from .elementwise import Quotient, zeros
from .elementwise_select import TensorPair, where

LN2, LN10 = math.log(2), math.log(10)


class Exp(Floating):
    """Return `e` to the power of `self`."""

    node = "ExpBackward0"
    derivative = dict(self=("grad · result", lambda grad, result: grad * result))

    @staticmethod
    def forward(self: Any) -> Any:
        return np.exp(self)


exp = register(Exp)


class Exp2(Floating):
    """Return 2 to the power of `self`."""

    node = "Exp2Backward0"
    derivative = dict(self=("grad · result · ln 2", lambda grad, result: grad * result * LN2))

    @staticmethod
    def forward(self: Any) -> Any:
        return np.exp2(self)


exp2 = register(Exp2)


class Expm1(Floating):
    """Return `e^self − 1`, exact near 0."""

    node = "Expm1Backward0"
    derivative = dict(self=("grad · (result + 1)", lambda grad, result: grad * (result + 1)))

    @staticmethod
    def forward(self: Any) -> Any:
        return np.expm1(self)


expm1 = register(Expm1)


class Log(Floating):
    """Return the natural logarithm."""

    node = "LogBackward0"
    derivative = dict(self=("grad / self", lambda grad, self: grad / self))

    @staticmethod
    def forward(self: Any) -> Any:
        return np.log(self)


log: Operation = register(Log)


class Log2(Floating):
    """Return the logarithm to base 2."""

    node = "Log2Backward0"
    derivative = dict(self=("grad / (self · ln 2)", lambda grad, self: grad / (self * LN2)))

    @staticmethod
    def forward(self: Any) -> Any:
        return np.log2(self)


log2 = register(Log2)


class Log10(Floating):
    """Return the logarithm to base 10."""

    node = "Log10Backward0"
    derivative = dict(self=("grad / (self · ln 10)", lambda grad, self: grad / (self * LN10)))

    @staticmethod
    def forward(self: Any) -> Any:
        return np.log10(self)


log10 = register(Log10)


class Log1p(Floating):
    """Return `ln(1 + self)`, exact near 0."""

    node = "Log1PBackward0"
    derivative = dict(self=("grad / (self + 1)", lambda grad, self: grad / (self + 1)))

    @staticmethod
    def forward(self: Any) -> Any:
        return np.log1p(self)


log1p = register(Log1p)


class Logaddexp(TensorPair):
    """Return `ln(e^self + e^other)`, without overflow."""

    node = "LogaddexpBackward0"
    derivative = dict(
        self=(
            "grad / (1 + e^(other − self))",
            lambda grad, self, other: grad / (1 + exp(other - self)),
        ),
        other=(
            "grad / (1 + e^(self − other))",
            lambda grad, self, other: grad / (1 + exp(self - other)),
        ),
    )

    @staticmethod
    def forward(self: Any, other: Any) -> Any:
        only_for("f", "logaddexp_cpu", self)
        return np.logaddexp(self, other)


class Logaddexp2(TensorPair):
    """Return `log₂(2^self + 2^other)`, without overflow."""

    node = "Logaddexp2Backward0"
    derivative = dict(
        self=(
            "grad / (1 + 2^(other − self))",
            lambda grad, self, other: grad / (1 + exp2(other - self)),
        ),
        other=(
            "grad / (1 + 2^(self − other))",
            lambda grad, self, other: grad / (1 + exp2(self - other)),
        ),
    )

    @staticmethod
    def forward(self: Any, other: Any) -> Any:
        only_for("f", "logaddexp2_cpu", self)
        return np.logaddexp2(self, other)


logaddexp, logaddexp2 = register(Logaddexp), register(Logaddexp2)


class Xlogy(Quotient):
    """Operands of `self · ln(other)`, integers as floats."""

    @staticmethod
    def forward(self: Any, other: Any) -> Any:
        if type(other) in NUMBERS:
            other = self.dtype.type(other)  # NumPy takes a number's logarithm in float64
        product = self * np.log(other)
        product = np.where(np.equal(self, 0), product.dtype.type(0), product)
        return np.where(np.isnan(other), product.dtype.type(np.nan), product)


def slope_of_xlogy(grad: Any, self: Any, other: Any) -> Any:
    """Return `grad · ln(other)`, and 0 where `self` is 0 and `other` is not positive."""
    return where((self == 0) & (other <= 0), 0, grad * log(other))


class XlogyTensors(Xlogy):
    """Return `self · ln(other)` for two tensors, 0 where `self` is 0."""

    public = False
    node = "XlogyBackward0"
    derivative = dict(
        self=("grad · ln(other)", slope_of_xlogy),
        other=("grad · self / other", lambda grad, self, other: grad * self / other),
    )


class XlogyOfNumber(Xlogy):
    """Return `self · ln(other)` for a plain number `self`."""

    public = False
    node = "XlogyBackward1"
    derivative = dict(
        other=("grad · self / other", lambda grad, self, other: grad * self / other),
    )


class XlogyByNumber(Xlogy):
    """Return `self · ln(other)` for a plain number `other`."""

    public = False
    node = "XlogyBackward2"
    derivative = dict(
        self=(
            "grad · ln(other)",
            lambda grad, self, other: slope_of_xlogy(grad, self, zeros(grad) + other),
        )
    )

    def _tensor_arguments(self) -> set[str]:
        return set()


xlogy_tensors, xlogy_of_number = register(XlogyTensors), register(XlogyOfNumber)
xlogy_by_number = register(XlogyByNumber)


@choice
def xlogy(self: Any, other: Any) -> Chosen:
    """Return `self · ln(other)`, 0 where `self` is 0; each may be a tensor or a number."""
    if not isinstance(other, Tensor):
        return xlogy_by_number, (self, other)
    return (xlogy_tensors if isinstance(self, Tensor) else xlogy_of_number), (self, other)
