"""Arithmetic, element by element."""

from __future__ import annotations

from typing import Any

import numpy as np

from .. import dtypes
from ..binary import NUMBERS, Binary
from ..operation import Operation
from ..register import method, reflected, register
from ..tensor import Tensor
from ..unary import Floating, Unary, only_for

BOOL = np.dtype(bool)
BOOL_DIFFERENCE = (
    "Subtraction, the `-` operator, with two bool tensors is not supported. "
    "Use the `^` or `logical_xor()` operator instead."
)
BOOL_OPERAND = (
    "Subtraction, the `-` operator, with a bool tensor is not supported. If you are trying to "
    "invert a mask, use the `~` or `logical_not()` operator instead."
)
BOOL_NEGATION = (
    "Negation, the `-` operator, on a bool tensor is not supported. If you are trying to invert a "
    "mask, use the `~` or `logical_not()` operator instead."
)


class Zeros(Operation):
    """Return zeros in the shape and dtype of `self`, without a history."""

    public = False

    @staticmethod
    def forward(self: Any) -> Any:
        return np.zeros(self.shape, self.dtype)


zeros: Operation = register(Zeros)


def scaled(grad: Any, factor: Any) -> Any:
    """Return `grad · factor`, and `grad` itself for a factor of 1."""
    return grad if factor == 1 else grad * factor


def multiple(other: Any, alpha: Any) -> Any:
    """Return `alpha · other` in the dtype of `other`."""
    kind = other.dtype.kind if hasattr(other, "dtype") else "f"
    if kind != "f" and type(alpha) is float:
        raise RuntimeError(
            "For integral input tensors, argument alpha must not be a floating point number."
        )
    return other * (alpha != 0 if kind == "b" else alpha)


class Add(Binary):
    """Return `self + alpha · other`."""

    ufunc = np.add
    named_only = 1
    node = "AddBackward0"
    number_first = True
    aliases = ("__add__", "__radd__")
    derivative = dict(
        self=("grad", lambda grad: grad),
        other=("grad · alpha", lambda grad, alpha: grad if alpha == 1 else grad * alpha),
    )

    @staticmethod
    def forward(self: Any, other: Any, alpha: Any = 1) -> Any:
        return self + other if alpha == 1 else self + multiple(other, alpha)


add = register(Add)


def refuse_bools(x: Any, y: Any) -> None:
    """Raise torch's advice if one of the two operands of a difference is bool."""
    bools = [type(v) is bool or getattr(v, "dtype", None) is BOOL for v in (x, y)]
    if any(bools):
        raise RuntimeError(BOOL_DIFFERENCE if all(bools) else BOOL_OPERAND)


class Difference(Binary):
    """Operands of a subtraction."""

    def promote(self, x: Any, y: Any) -> tuple[Any, Any]:
        """Promote as ever; bools cannot be subtracted."""
        refuse_bools(x, y)
        return super().promote(x, y)


class Sub(Difference):
    """Return `self − alpha · other`."""

    ufunc = np.subtract
    named_only = 1
    node = "SubBackward0"
    number_first = True
    aliases = ("subtract", "__sub__")
    derivative = dict(
        self=("grad", lambda grad: grad),
        other=("−grad · alpha", lambda grad, alpha: scaled(-grad, alpha)),
    )

    @staticmethod
    def forward(self: Any, other: Any, alpha: Any = 1) -> Any:
        return self - other if alpha == 1 else self - multiple(other, alpha)


sub = register(Sub)


class Rsub(Difference):
    """Return `other − alpha · self` for a plain number `other`."""

    public = False
    node = "RsubBackward1"
    derivative = dict(self=("−grad · alpha", lambda grad, alpha: scaled(-grad, alpha)))

    @staticmethod
    def forward(self: Any, other: Any, alpha: Any) -> Any:
        return other - self


rsub = register(Rsub)
reflected("__rsub__", lambda self, other: rsub.apply(self, other, 1))


class Mul(Binary):
    """Return `self · other`, element by element."""

    ufunc = np.multiply
    node = "MulBackward0"
    number_first = True
    aliases = ("multiply", "__mul__", "__rmul__")
    derivative = dict(
        self=("grad · other", lambda grad, other: grad * other),
        other=("grad · self", lambda grad, self: grad * self),
    )

    @staticmethod
    def forward(self: Any, other: Any) -> Any:
        return self * other


mul = register(Mul)


def _kind(operand: Any) -> str:
    """Return `"f"` for a float, plain or in an array."""
    if type(operand) in NUMBERS:
        return "f" if type(operand) is float else "i"
    return str(operand.dtype.kind)


class Quotient(Binary):
    """Operands that are floats of the default dtype if they are not floats yet."""

    def promote(self, x: Any, y: Any) -> tuple[Any, Any]:
        """Promote as ever, integers to floats."""
        if "f" in (_kind(x), _kind(y)):
            return super().promote(x, y)
        floats = dtypes.get_default_dtype().numpy
        return np.asarray(x, floats)[()], np.asarray(y, floats)[()]


class Div(Quotient):
    """Return `self / other`; integers give floats."""

    ufunc = np.true_divide
    node = "DivBackward0"
    number_first = True
    aliases = ("true_divide", "divide", "__truediv__")
    derivative = dict(
        self=("grad / other", lambda grad, other: grad / other),
        other=("−grad · self / other²", lambda grad, self, other: -grad * (self / other) / other),
    )

    @staticmethod
    def forward(self: Any, other: Any) -> Any:
        return self / other


div = register(Div)


class Reciprocal(Floating):
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


reflected("__rtruediv__", _rtruediv)


class Neg(Unary):
    """Return `−self`."""

    node = "NegBackward0"
    aliases = ("negative", "__neg__")
    derivative = dict(self=("−grad", lambda grad: -grad))

    @staticmethod
    def forward(self: Any) -> Any:
        if self.dtype is BOOL:
            raise RuntimeError(BOOL_NEGATION)
        return -self


neg = register(Neg)


class Sgn(Unary):
    """Return 1 where `self` is positive, −1 where negative, else 0."""

    node = "SgnBackward0"
    derivative = dict(self=("0", lambda grad, self, result: zeros(grad)))

    @staticmethod
    def forward(self: Any) -> Any:
        return self.copy() if self.dtype is BOOL else np.sign(np.where(np.isnan(self), 0, self))


sgn: Operation = register(Sgn)


class Sign(Unary):
    """Return 1 where `self` is positive, −1 where negative, else 0."""

    node = "SignBackward0"
    derivative = dict(self=("0", lambda grad: zeros(grad)))
    forward = staticmethod(Sgn.forward)


sign = register(Sign)


class Abs(Unary):
    """Return the absolute value; its derivative at 0 is 0."""

    node = "AbsBackward0"
    aliases = ("absolute", "__abs__")
    derivative = dict(self=("grad · sgn(self)", lambda grad, self: grad * sgn(self)))

    @staticmethod
    def forward(self: Any) -> Any:
        only_for("fiu", "abs_cpu", self)
        return np.absolute(self)


abs = register(Abs)


method("__pos__", lambda self: self)
method("positive", lambda self: self)
