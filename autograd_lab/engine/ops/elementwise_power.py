"""Powers and roots."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ..binary import Binary, ByNumber
from ..choice import CHOICES, Chosen, choice
from ..register import expose, method, reflected, register
from ..short import OPERANDS
from ..tensor import Tensor
from ..unary import Floating
from .elementwise import zeros
from .elementwise_exp import log
from .elementwise_select import where


def power_of_base(grad: Any, self: Any, exponent: Any) -> Any:
    """Return the gradient of `self ** exponent` for `self`; 0 where the exponent is 0."""
    if exponent == 0:
        return zeros(grad)
    return grad * (self ** (exponent - 1) * exponent)


def power(self: Any, exponent: Any) -> Any:
    """Return `self ** exponent`; of integers, negative powers are 0 unless `self` is 1 or −1."""
    if exponent.dtype.kind == "f":
        return self**exponent
    if exponent.dtype.kind == "b":
        raise NotImplementedError("\"pow\" not implemented for 'Bool'")
    odd_sign = np.where(exponent % 2 == 0, self * self, self)
    positive = self ** np.maximum(exponent, 0)
    return np.where(exponent < 0, np.where(np.abs(self) == 1, odd_sign, 0), positive)


class PowScalar(ByNumber):
    """Return `self ** exponent` for a plain number `exponent`."""

    public = False
    node = "PowBackward0"
    derivative = dict(self=("grad · exponent · self^(exponent − 1)", power_of_base))

    @staticmethod
    def forward(self: Any, exponent: Any) -> Any:
        if self.dtype.kind == "b":
            return self | (not exponent)
        return self**exponent

    def promote(self, x: Any, y: Any) -> tuple[Any, Any]:
        """Promote as ever; integers have no negative powers."""
        if type(y) is not float and y < 0 and x.dtype.kind != "f":
            raise RuntimeError("Integers to negative integer powers are not allowed.")
        return super().promote(x, y)


pow_scalar = register(PowScalar)


class PowTensor(Binary):
    """Return `self ** exponent` for two tensors."""

    public = False
    node = "PowBackward1"
    derivative = dict(
        self=(
            "grad · exponent · self^(exponent − 1)",
            lambda grad, self, exponent: where(
                exponent == 0, 0, grad * (exponent * self ** (exponent - 1))
            ),
        ),
        exponent=(
            "grad · result · ln(self)",
            lambda grad, self, exponent, result: (
                grad * where((self == 0) & (exponent >= 0), 0, result * log(self))
            ),
        ),
    )

    @staticmethod
    def forward(self: Any, exponent: Any) -> Any:
        return power(self, exponent)


pow_tensor = register(PowTensor)


def power_of_exponent(grad: Any, self: Any, exponent: Any, result: Any) -> Any:
    """Return the gradient of `self ** exponent` for the exponent; `self` is a plain number."""
    if self == 0:
        return grad * where(exponent >= 0, 0, result * -math.inf)
    return grad * (result * (math.log(self) if self > 0 else math.nan))


class Rpow(Binary):
    """Return `self ** exponent` for a plain number `self`."""

    public = False
    node = "PowBackward2"
    derivative = dict(exponent=("grad · result · ln(self)", power_of_exponent))

    @staticmethod
    def forward(self: Any, exponent: Any) -> Any:
        return power(exponent.dtype.type(self), exponent)


rpow = register(Rpow)


def choose_pow(self: Any, exponent: Any) -> Chosen:
    """Return which of the three operations `self ** exponent` is."""
    if not isinstance(exponent, Tensor):
        return pow_scalar, (self, exponent)
    return (pow_tensor if isinstance(self, Tensor) else rpow), (self, exponent)


def pow(self: Any, exponent: Any) -> Any:
    """Return `self ** exponent`; each may be a tensor or a number."""
    op, operands = choose_pow(self, exponent)
    return op.apply(*operands)


def _pow(self: Any, exponent: Any) -> Any:
    return pow(self, exponent) if isinstance(exponent, OPERANDS) else NotImplemented


CHOICES["pow"] = choose_pow
expose("pow", pow)
method("__pow__", _pow)
reflected("__rpow__", lambda self, other: rpow.apply(other, self))


@choice
def square(self: Any) -> Chosen:
    """Return `self ** 2`."""
    return pow_scalar, (self, 2)


class Sqrt(Floating):
    """Return the square root."""

    node = "SqrtBackward0"
    derivative = dict(self=("grad / (2 · result)", lambda grad, result: grad / (2 * result)))

    @staticmethod
    def forward(self: Any) -> Any:
        return np.sqrt(self)


sqrt = register(Sqrt)


class Rsqrt(Floating):
    """Return `1 / √self`."""

    node = "RsqrtBackward0"
    derivative = dict(self=("−½ · grad · result³", lambda grad, result: -0.5 * grad * result**3))

    @staticmethod
    def forward(self: Any) -> Any:
        return 1 / np.sqrt(self)


rsqrt: Any = register(Rsqrt)
