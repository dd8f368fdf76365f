"""Choosing between values: `where`, `maximum`, `clamp`, `masked_fill` and their kin."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from .. import dtypes
from ..binary import Binary
from ..broadcasting import Broadcasting, targets
from ..choice import Chosen, choice
from ..operation import Operation, size_mismatch
from ..register import functions, method, register
from ..tensor import Tensor, wrap
from ..unary import Unary


class Where(Broadcasting):
    """Return `self` where `condition` holds, else `other`."""

    public = False
    node = "WhereBackward0"
    derivative = dict(
        self=("grad where the condition holds", lambda grad, condition: where(condition, grad, 0)),
        other=("grad where it does not", lambda grad, condition: where(condition, 0, grad)),
    )

    @staticmethod
    def forward(condition: Any, self: Any, other: Any) -> Any:
        return np.where(condition, self, other)

    def compute(self, arrays: Sequence[Any]) -> Any:
        """Choose by a bool condition only."""
        kind = arrays[0].dtype
        if kind.kind != "b":
            raise RuntimeError(
                "where expected condition to be a boolean tensor, but got a tensor with dtype "
                f"{dtypes.of_numpy(kind).class_name}"
            )
        return super().compute(arrays)

    def _tensor_arguments(self) -> set[str]:
        return {"condition"}


where: Operation = register(Where)


def _where(condition: Tensor, input: Any = None, other: Any = None) -> Any:
    """Return `input` where `condition` holds, else `other`; alone, the indices where it holds."""
    if input is None and other is None:
        return tuple(wrap(indices) for indices in np.atleast_1d(condition._data).nonzero())
    if input is None or other is None:
        raise TypeError("where() needs two values, or none")
    return where.apply(condition, input, other)


functions["where"] = _where
method("where", lambda self, condition, other: where.apply(condition, self, other))


def check_is_tensor(name: str, other: Any) -> None:
    """Raise TypeError if the second operand of the function `name` is not a tensor."""
    if not isinstance(other, Tensor):
        raise TypeError(
            f"{name}(): argument 'other' (position 2) must be Tensor, not {type(other).__name__}"
        )


class TensorPair(Binary):
    """Two operands that both must be tensors."""

    def apply(self, a: Any, b: Any, *rest: Any) -> Any:
        """Run on two tensors; TypeError for a number."""
        check_is_tensor(self.name, b)
        return super().apply(a, b, *rest)


def shared(grad: Any, ahead: Any, equal: Any) -> Any:
    """Return `grad` where one is `ahead`, half of it where both are `equal`, else 0."""
    return where(equal, grad / 2, where(ahead, grad, 0))


class Maximum(TensorPair):
    """Return the larger of two, element by element; NaN if one is."""

    node = "MaximumBackward0"
    derivative = dict(
        self=(
            "grad where self > other, half where equal",
            lambda grad, self, other: shared(grad, ~(self <= other), self == other),
        ),
        other=(
            "grad where other > self, half where equal",
            lambda grad, self, other: shared(grad, ~(self >= other), self == other),
        ),
    )

    @staticmethod
    def forward(self: Any, other: Any) -> Any:
        return np.maximum(other, self)  # of 0 and −0.0 the second: torch returns `self`


maximum = register(Maximum)


class Minimum(TensorPair):
    """Return the smaller of two, element by element; NaN if one is."""

    node = "MinimumBackward0"
    derivative = dict(
        self=(
            "grad where self < other, half where equal",
            lambda grad, self, other: shared(grad, ~(self >= other), self == other),
        ),
        other=(
            "grad where other < self, half where equal",
            lambda grad, self, other: shared(grad, ~(self <= other), self == other),
        ),
    )

    @staticmethod
    def forward(self: Any, other: Any) -> Any:
        return np.minimum(other, self)


minimum = register(Minimum)


class Fmax(TensorPair):
    """Return the larger of two, element by element; the other one where one is NaN."""

    node = "FmaxBackward0"
    derivative = dict(
        self=(
            "grad where self ≥ other or other is NaN",
            lambda grad, self, other: where((self >= other) | (other != other), grad, 0),
        ),
        other=(
            "grad where that does not hold",
            lambda grad, self, other: where((self >= other) | (other != other), 0, grad),
        ),
    )

    @staticmethod
    def forward(self: Any, other: Any) -> Any:
        return np.fmax(self, other)


fmax = register(Fmax)


class Fmin(TensorPair):
    """Return the smaller of two, element by element; the other one where one is NaN."""

    node = "FminBackward0"
    derivative = dict(
        self=(
            "grad where self ≤ other or other is NaN",
            lambda grad, self, other: where((self <= other) | (other != other), grad, 0),
        ),
        other=(
            "grad where that does not hold",
            lambda grad, self, other: where((self <= other) | (other != other), 0, grad),
        ),
    )

    @staticmethod
    def forward(self: Any, other: Any) -> Any:
        return np.fmin(self, other)


fmin = register(Fmin)


class MaskedFillScalar(Operation):
    """Return `self` with the plain number `value` where `mask` holds."""

    public = False
    elementwise = True
    node = "MaskedFillBackward0"
    derivative = dict(
        self=("grad where the mask is False", lambda grad, mask: where(mask, 0, grad))
    )

    @staticmethod
    def forward(self: Any, mask: Any, value: Any) -> Any:
        if mask.dtype.kind != "b":
            raise RuntimeError(
                "masked_fill_ only supports boolean masks, but got mask with dtype "
                f"{dtypes.of_numpy(mask.dtype).c_name}"
            )
        return np.where(mask, dtypes.number_in(value, self.dtype), self)

    def apply(self, *args: Any) -> Any:
        """Run as any operation does, and note if the mask made the result larger."""
        arrays = [a._data if isinstance(a, Tensor) else a for a in args]
        try:
            np.broadcast_shapes(arrays[1].shape, arrays[0].shape)
        except ValueError:
            raise RuntimeError(size_mismatch(arrays[1], arrays[0])) from None
        data = self.compute(arrays)
        tracked = any(isinstance(a, Tensor) and a._requires_grad for a in args)
        return self.finish(wrap(data), args, tracked, self.changed(arrays, data))

    def changed(self, arrays: Sequence[Any], data: Any) -> Any:
        """Return shape and dtype of what the mask made larger."""
        return targets([arrays[place] for place in self.slots], data)


masked_fill_scalar = register(MaskedFillScalar)


class MaskedFillTensor(MaskedFillScalar):
    """Return `self` with the 0-d tensor `value` where `mask` holds."""

    public = False
    elementwise = False
    node = "MaskedFillBackward1"
    derivative = dict(
        self=("grad where the mask is False", lambda grad, mask: where(mask, 0, grad)),
        value=(
            "sum of grad where the mask is True",
            lambda grad, mask: where(mask, grad, 0).sum(),
        ),
    )

    @staticmethod
    def forward(self: Any, mask: Any, value: Any) -> Any:
        if value.ndim:
            raise RuntimeError(
                "masked_fill_ only supports a 0-dimensional value tensor, but got tensor with "
                f"{value.ndim} dimension(s)."
            )
        return MaskedFillScalar.forward(self, mask, value.item())


masked_fill_tensor = register(MaskedFillTensor)


@choice
def masked_fill(self: Any, mask: Any, value: Any) -> Chosen:
    """Return `self` with `value`, a number or a 0-d tensor, where `mask` is True."""
    op = masked_fill_tensor if isinstance(value, Tensor) else masked_fill_scalar
    return op, (self, mask, value)


class NanToNum(Unary):
    """Return `self` with numbers for NaN and the infinities; by default 0 and the extremes."""

    node = "NanToNumBackward0"
    derivative = dict(
        self=(
            "grad where self is finite",
            lambda grad, self: grad * ((self - self) == 0),
        )
    )

    @staticmethod
    def forward(self: Any, nan: Any = None, posinf: Any = None, neginf: Any = None) -> Any:
        if self.dtype.kind != "f":
            return self.copy()
        return np.nan_to_num(self, nan=nan or 0.0, posinf=posinf, neginf=neginf)


nan_to_num = register(NanToNum)
