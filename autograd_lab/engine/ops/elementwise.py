"""Arithmetic and functions that act on each element."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..operation import Operation, expose, register
from ..tensor import Tensor


def scaled(grad: Any, factor: Any) -> Any:
    """Return `grad · factor`, and `grad` itself for a factor of 1."""
    return grad if factor == 1 else grad * factor


@register
class add(Operation):
    """Return `self + alpha · other`."""

    node = "AddBackward0"
    promotes = True
    aliases = ("__add__", "__radd__")
    derivative = dict(
        self=("grad", lambda grad: grad),
        other=("grad · alpha", lambda grad, alpha: scaled(grad, alpha)),
    )

    @staticmethod
    def forward(self: Any, other: Any, alpha: Any = 1) -> Any:
        return self + other if alpha == 1 else self + other * alpha


@register
class sub(Operation):
    """Return `self − alpha · other`."""

    node = "SubBackward0"
    promotes = True
    aliases = ("subtract", "__sub__")
    derivative = dict(
        self=("grad", lambda grad: grad),
        other=("−grad · alpha", lambda grad, alpha: scaled(-grad, alpha)),
    )

    @staticmethod
    def forward(self: Any, other: Any, alpha: Any = 1) -> Any:
        return self - other if alpha == 1 else self - other * alpha


@register
class rsub(Operation):
    """Return `other − alpha · self` for a plain number `other`."""

    node = "RsubBackward1"
    promotes = True
    aliases = ("__rsub__",)
    derivative = dict(self=("−grad · alpha", lambda grad, alpha: scaled(-grad, alpha)))

    @staticmethod
    def forward(self: Any, other: Any, alpha: Any = 1) -> Any:
        return other - self if alpha == 1 else other - self * alpha


@register
class mul(Operation):
    """Return `self · other`, element by element."""

    node = "MulBackward0"
    promotes = True
    aliases = ("multiply", "__mul__", "__rmul__")
    derivative = dict(
        self=("grad · other", lambda grad, other: grad * other),
        other=("grad · self", lambda grad, self: grad * self),
    )

    @staticmethod
    def forward(self: Any, other: Any) -> Any:
        return self * other


@register
class div(Operation):
    """Return `self / other`; integers give floats."""

    node = "DivBackward0"
    promotes = True
    aliases = ("divide", "true_divide", "__truediv__")
    derivative = dict(
        self=("grad / other", lambda grad, other: grad / other),
        other=("−grad · self / other²", lambda grad, self, other: -grad * (self / other) / other),
    )

    @staticmethod
    def forward(self: Any, other: Any) -> Any:
        return np.true_divide(self, other)

    def promote(self, arrays: list[Any]) -> None:
        """Divide integers as floats of the default dtype."""
        super().promote(arrays)
        to_floats(arrays)


def to_floats(arrays: list[Any]) -> None:
    """Turn integer and bool arrays into the default floating point dtype, in place in the list."""
    from ..dtypes import get_default_dtype

    if any(hasattr(a, "dtype") and a.dtype.kind == "f" for a in arrays):
        return
    for i, value in enumerate(arrays):
        if hasattr(value, "dtype"):
            arrays[i] = value.astype(get_default_dtype().numpy)


@register
class reciprocal(Operation):
    """Return `1 / self`."""

    node = "ReciprocalBackward0"
    derivative = dict(self=("−grad · result²", lambda grad, result: -grad * (result * result)))

    @staticmethod
    def forward(self: Any) -> Any:
        return 1 / self


def _rtruediv(self: Tensor, other: Any) -> Any:
    """Return `other / self` the way torch does: the reciprocal, times `other`."""
    return mul(reciprocal(self), other)


expose("__rtruediv__", _rtruediv)


@register
class neg(Operation):
    """Return `−self`."""

    node = "NegBackward0"
    aliases = ("negative", "__neg__")
    derivative = dict(self=("−grad", lambda grad: -grad))

    @staticmethod
    def forward(self: Any) -> Any:
        return -self


def power_of_base(grad: Any, self: Any, exponent: Any) -> Any:
    """Return the gradient of `self ** exponent` for `self`; 0 where the exponent is 0."""
    if exponent == 0:
        return grad * 0
    return grad * (self ** (exponent - 1) * exponent)


@register
class pow_scalar(Operation):
    """Return `self ** exponent` for a plain number `exponent`."""

    node = "PowBackward0"
    derivative = dict(self=("grad · exponent · self^(exponent − 1)", power_of_base))

    @staticmethod
    def forward(self: Any, exponent: Any) -> Any:
        return self**exponent


@register
class pow_tensor(Operation):
    """Return `self ** exponent` for two tensors."""

    node = "PowBackward1"
    promotes = True
    derivative = dict(
        self=(
            "grad · exponent · self^(exponent − 1)",
            lambda grad, self, exponent: grad
            * where(exponent == 0, 0.0, exponent * self ** (exponent - 1)),
        ),
        exponent=(
            "grad · result · ln(self)",
            lambda grad, self, exponent, result: grad
            * where((self == 0) & (exponent >= 0), 0.0, result * log(self)),
        ),
    )

    @staticmethod
    def forward(self: Any, exponent: Any) -> Any:
        return self**exponent


@register
class rpow(Operation):
    """Return `other ** self` for a plain number `other`."""

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


def pow(self: Any, exponent: Any) -> Any:
    """Return `self ** exponent`; each may be a tensor or a number."""
    if not isinstance(exponent, Tensor):
        return pow_scalar.apply(self, exponent)
    if not isinstance(self, Tensor):
        return rpow.apply(self, exponent)
    return pow_tensor.apply(self, exponent)


expose("pow", pow, "__pow__")
expose("__rpow__", lambda self, other: rpow.apply(other, self))


@register
class exp(Operation):
    """Return `e` to the power of `self`."""

    node = "ExpBackward0"
    derivative = dict(self=("grad · result", lambda grad, result: grad * result))

    @staticmethod
    def forward(self: Any) -> Any:
        return np.exp(self)


@register
class log(Operation):
    """Return the natural logarithm."""

    node = "LogBackward0"
    derivative = dict(self=("grad / self", lambda grad, self: grad / self))

    @staticmethod
    def forward(self: Any) -> Any:
        return np.log(self)


@register
class sin(Operation):
    """Return the sine."""

    node = "SinBackward0"
    derivative = dict(self=("grad · cos(self)", lambda grad, self: grad * cos(self)))

    @staticmethod
    def forward(self: Any) -> Any:
        return np.sin(self)


@register
class cos(Operation):
    """Return the cosine."""

    node = "CosBackward0"
    derivative = dict(self=("−grad · sin(self)", lambda grad, self: grad * -sin(self)))

    @staticmethod
    def forward(self: Any) -> Any:
        return np.cos(self)


@register
class tanh(Operation):
    """Return the hyperbolic tangent."""

    node = "TanhBackward0"
    derivative = dict(
        self=("grad · (1 − result²)", lambda grad, result: grad * (1 - result * result))
    )

    @staticmethod
    def forward(self: Any) -> Any:
        return np.tanh(self)


@register
class sigmoid(Operation):
    """Return `1 / (1 + e^−self)`."""

    node = "SigmoidBackward0"
    derivative = dict(
        self=("grad · result · (1 − result)", lambda grad, result: grad * (1 - result) * result)
    )

    @staticmethod
    def forward(self: Any) -> Any:
        return 1 / (1 + np.exp(-self))


@register
class relu(Operation):
    """Return `self` where positive, else 0."""

    node = "ReluBackward0"
    derivative = dict(self=("grad where result > 0, else 0", lambda grad, result: grad * (result > 0)))

    @staticmethod
    def forward(self: Any) -> Any:
        return np.maximum(self, 0)


@register
class where(Operation):
    """Return `self` where `condition` holds, else `other`."""

    node = "WhereBackward0"
    derivative = dict(
        self=("grad where the condition holds", lambda grad, condition: where(condition, grad, 0.0)),
        other=("grad where it does not", lambda grad, condition: where(condition, 0.0, grad)),
    )

    @staticmethod
    def forward(condition: Any, self: Any, other: Any) -> Any:
        return np.where(condition, self, other)
