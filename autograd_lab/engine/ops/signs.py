"""Signs: `copysign`, `heaviside`, `signbit`, and which numbers are infinite with which sign."""

from __future__ import annotations

from typing import Any

import numpy as np

from .. import dtypes
from ..binary import Binary
from ..choice import Chosen, choice
from ..register import register
from ..tensor import Tensor
from ..unary import Unary
from .division import Unimplemented, refuse
from .elementwise import zeros
from .elementwise_select import TensorPair, where


class CopysignTensor(Binary):
    """Return the size of `self` with the sign of `other`."""

    public = False
    node = "CopysignBackward0"
    derivative = dict(
        self=(
            "grad · result / self, 0 where self is 0",
            lambda grad, self, result: copied_sign(grad, self, result),
        ),
        other=("0", lambda grad: zeros(grad)),
    )

    @staticmethod
    def forward(self: Any, other: Any) -> Any:
        return np.copysign(self, other)

    def promote(self, x: Any, y: Any) -> tuple[Any, Any]:
        """Make floats of integers and bools."""
        x, y = super().promote(x, y)
        kind = getattr(x, "dtype", None) or y.dtype
        if kind.kind == "f":
            return x, y
        real = dtypes.get_default_dtype().numpy
        return np.asarray(x, real)[()], np.asarray(y, real)[()]


class CopysignNumber(CopysignTensor):
    """Return the size of `self` with the sign of a number."""

    public = False
    node = "CopysignBackward1"
    derivative = dict(self=CopysignTensor.derivative["self"])


def copied_sign(grad: Any, self: Any, result: Any) -> Any:
    """Return `grad`, negative where the sign was changed, and 0 where there was none."""
    return grad * where(self == 0, 0, result / self)


copysign_tensor, copysign_number = register(CopysignTensor), register(CopysignNumber)


@choice
def copysign(self: Any, other: Any) -> Chosen:
    """Return the size of `self` with the sign of `other`, a tensor or a number."""
    return copysign_tensor if isinstance(other, Tensor) else copysign_number, (self, other)


class Heaviside(TensorPair):
    """Return 0 where `self` is negative, 1 where positive, and `values` where it is 0."""

    node, kind = "NotImplemented", Unimplemented
    derivative = dict(
        self=("not implemented", refuse("heaviside")),
        values=("not implemented", refuse("heaviside")),
    )

    @staticmethod
    def forward(self: Any, values: Any) -> Any:
        return np.where(self == 0, values, self > 0).astype(self.dtype)

    def promote(self, x: Any, y: Any) -> tuple[Any, Any]:
        """Refuse what torch refuses: two dtypes."""
        if x.dtype != y.dtype:
            raise RuntimeError(
                "heaviside is not yet implemented for tensors with different dtypes."
            )
        return x, y


heaviside = register(Heaviside)


class Signbit(Unary):
    """Return where `self` is negative, −0 among them, as bool."""

    @staticmethod
    def forward(self: Any) -> Any:
        return np.signbit(self) if self.dtype.kind == "f" else np.less(self, 0)


class Isposinf(Unary):
    """Return where `self` is +∞, as bool."""

    @staticmethod
    def forward(self: Any) -> Any:
        return self == np.inf


class Isneginf(Unary):
    """Return where `self` is −∞, as bool."""

    @staticmethod
    def forward(self: Any) -> Any:
        return self == -np.inf


class Isreal(Unary):
    """Return where `self` is real, as bool: everywhere."""

    @staticmethod
    def forward(self: Any) -> Any:
        return np.ones(self.shape, bool)[()]


signbit, isposinf = register(Signbit), register(Isposinf)
isneginf, isreal = register(Isneginf), register(Isreal)
