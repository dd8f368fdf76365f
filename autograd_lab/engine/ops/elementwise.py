"""Arithmetic and functions that act on each element."""

from __future__ import annotations

from typing import Any

import numpy as np

from .. import dtypes
from ..binary import NUMBERS, Binary
from ..operation import Operation
from ..register import expose, method, register
from ..tensor import Tensor


def scaled(grad: Any, factor: Any) -> Any:
    """Return `grad · factor`, and `grad` itself for a factor of 1."""
    return grad if factor == 1 else grad * factor


class Add(Binary):
    """Return `self + alpha · other`."""

    node = "AddBackward0"
    aliases = ("__add__", "__radd__")
    derivative = dict(
        self=("grad", lambda grad: grad),
        other=("grad · alpha", lambda grad, alpha: scaled(grad, alpha)),
    )

    @staticmethod
    def forward(self: Any, other: Any, alpha: Any = 1) -> Any:
        return self + other if alpha == 1 else self + other * alpha


add = register(Add)


class Sub(Binary):
    """Return `self − alpha · other`."""

    node = "SubBackward0"
    aliases = ("subtract", "__sub__")
    derivative = dict(
        self=("grad", lambda grad: grad),
        other=("−grad · alpha", lambda grad, alpha: scaled(-grad, alpha)),
    )

    @staticmethod
    def forward(self: Any, other: Any, alpha: Any = 1) -> Any:
        return self - other if alpha == 1 else self - other * alpha


sub = register(Sub)


class Rsub(Binary):
    """Return `other − alpha · self` for a plain number `other`."""

    node = "RsubBackward1"
    aliases = ("__rsub__",)
    derivative = dict(self=("−grad · alpha", lambda grad, alpha: scaled(-grad, alpha)))

    @staticmethod
    def forward(self: Any, other: Any, alpha: Any = 1) -> Any:
        return other - self if alpha == 1 else other - self * alpha


rsub = register(Rsub)


class Mul(Binary):
    """Return `self · other`, element by element."""

    node = "MulBackward0"
    aliases = ("multiply", "__mul__", "__rmul__")
    derivative = dict(
        self=("grad · other", lambda grad, other: grad * other),
        other=("grad · self", lambda grad, self: grad * self),
    )

    @staticmethod
    def forward(self: Any, other: Any) -> Any:
        return self * other


mul = register(Mul)


class Div(Binary):
    """Return `self / other`; integers give floats."""

    node = "DivBackward0"
    aliases = ("divide", "true_divide", "__truediv__")
    derivative = dict(
        self=("grad / other", lambda grad, other: grad / other),
        other=("−grad · self / other²", lambda grad, self, other: -grad * (self / other) / other),
    )

    @staticmethod
    def forward(self: Any, other: Any) -> Any:
        return np.true_divide(self, other)

    def promote(self, x: Any, y: Any) -> tuple[Any, Any]:
        """Divide integers as floats of the default dtype."""
        x, y = super().promote(x, y)
        like = y if type(x) in NUMBERS else x
        if like.dtype.kind == "f":
            return x, y
        floats = dtypes.get_default_dtype().numpy
        return np.asarray(x, floats)[()], np.asarray(y, floats)[()]


div = register(Div)


class Reciprocal(Operation):
    """Return `1 / self`."""

    node = "ReciprocalBackward0"
    derivative = dict(self=("−grad · result²", lambda grad, result: -grad * (result * result)))

    @staticmethod
    def forward(self: Any) -> Any:
        return 1 / self


reciprocal = register(Reciprocal)


def _rtruediv(self: Tensor, other: Any) -> Any:
    """Return `other / self` the way torch does: the reciprocal, times `other`."""
    return mul(reciprocal(self), other)


method("__rtruediv__", _rtruediv)


class Neg(Operation):
    """Return `−self`."""

    node = "NegBackward0"
    aliases = ("negative", "__neg__")
    derivative = dict(self=("−grad", lambda grad: -grad))

    @staticmethod
    def forward(self: Any) -> Any:
        return -self


neg = register(Neg)


def power_of_base(grad: Any, self: Any, exponent: Any) -> Any:
    """Return the gradient of `self ** exponent` for `self`; 0 where the exponent is 0."""
    if exponent == 0:
        return grad * 0
    return grad * (self ** (exponent - 1) * exponent)


class PowScalar(Operation):
    """Return `self ** exponent` for a plain number `exponent`."""

    public = False
    node = "PowBackward0"
    derivative = dict(self=("grad · exponent · self^(exponent − 1)", power_of_base))

    @staticmethod
    def forward(self: Any, exponent: Any) -> Any:
        return self**exponent


pow_scalar = register(PowScalar)


class PowTensor(Binary):
    """Return `self ** exponent` for two tensors."""

    public = False
    node = "PowBackward1"
    derivative = dict(
        self=(
            "grad · exponent · self^(exponent − 1)",
            lambda grad, self, exponent: (
                grad * where(exponent == 0, 0.0, exponent * self ** (exponent - 1))
            ),
        ),
        exponent=(
            "grad · result · ln(self)",
            lambda grad, self, exponent, result: (
                grad * where((self == 0) & (exponent >= 0), 0.0, result * log(self))
            ),
        ),
    )

    @staticmethod
    def forward(self: Any, exponent: Any) -> Any:
        return self**exponent


pow_tensor = register(PowTensor)


class Rpow(Operation):
    """Return `other ** self` for a plain number `other`."""

    public = False
    node = "PowBackward2"
    derivative = dict(
        exponent=(
            "grad · result · ln(self)",
            lambda grad, self, result: grad * (result * float(np.log(self))),
        )
    )

    @staticmethod
    def forward(self: Any, exponent: Any) -> Any:
        return self**exponent


rpow = register(Rpow)


def pow(self: Any, exponent: Any) -> Any:
    """Return `self ** exponent`; each may be a tensor or a number."""
    if not isinstance(exponent, Tensor):
        return pow_scalar.apply(self, exponent)
    if not isinstance(self, Tensor):
        return rpow.apply(self, exponent)
    return pow_tensor.apply(self, exponent)


expose("pow", pow)
method("__pow__", pow)
method("__rpow__", lambda self, other: rpow.apply(other, self))


class Exp(Operation):
    """Return `e` to the power of `self`."""

    node = "ExpBackward0"
    derivative = dict(self=("grad · result", lambda grad, result: grad * result))

    @staticmethod
    def forward(self: Any) -> Any:
        return np.exp(self)


exp = register(Exp)


class Log(Operation):
    """Return the natural logarithm."""

    node = "LogBackward0"
    derivative = dict(self=("grad / self", lambda grad, self: grad / self))

    @staticmethod
    def forward(self: Any) -> Any:
        return np.log(self)


log: Operation = register(Log)


class Sin(Operation):
    """Return the sine."""

    node = "SinBackward0"
    derivative = dict(self=("grad · cos(self)", lambda grad, self: grad * cos(self)))

    @staticmethod
    def forward(self: Any) -> Any:
        return np.sin(self)


sin = register(Sin)


class Cos(Operation):
    """Return the cosine."""

    node = "CosBackward0"
    derivative = dict(self=("−grad · sin(self)", lambda grad, self: grad * -sin(self)))

    @staticmethod
    def forward(self: Any) -> Any:
        return np.cos(self)


cos: Operation = register(Cos)


class Tanh(Operation):
    """Return the hyperbolic tangent."""

    node = "TanhBackward0"
    derivative = dict(
        self=("grad · (1 − result²)", lambda grad, result: grad * (1 - result * result))
    )

    @staticmethod
    def forward(self: Any) -> Any:
        return np.tanh(self)


tanh = register(Tanh)


class Sigmoid(Operation):
    """Return `1 / (1 + e^−self)`."""

    node = "SigmoidBackward0"
    derivative = dict(
        self=("grad · result · (1 − result)", lambda grad, result: grad * (1 - result) * result)
    )

    @staticmethod
    def forward(self: Any) -> Any:
        return 1 / (1 + np.exp(-self))


sigmoid = register(Sigmoid)


class Relu(Operation):
    """Return `self` where positive, else 0."""

    node = "ReluBackward0"
    derivative = dict(
        self=("grad where result > 0, else 0", lambda grad, result: grad * (result > 0))
    )

    @staticmethod
    def forward(self: Any) -> Any:
        return np.maximum(self, 0)


relu = register(Relu)


class Where(Operation):
    """Return `self` where `condition` holds, else `other`."""

    node = "WhereBackward0"
    derivative = dict(
        self=(
            "grad where the condition holds",
            lambda grad, condition: where(condition, grad, 0.0),
        ),
        other=("grad where it does not", lambda grad, condition: where(condition, 0.0, grad)),
    )

    @staticmethod
    def forward(condition: Any, self: Any, other: Any) -> Any:
        return np.where(condition, self, other)


where: Operation = register(Where)
