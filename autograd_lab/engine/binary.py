"""Operations on two operands that are broadcast and brought to one dtype first."""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence
from typing import Any, ClassVar

import numpy as np

from . import dtypes
from .forward import levels
from .grad_mode import state
from .hooks import detecting
from .observe import observers
from .operation import Operation
from .quiet import hush, unhush
from .short import are_alike, on_two
from .tensor import Tensor, wrap

BY_PYTHON = {
    np.add: operator.add,
    np.subtract: operator.sub,
    np.multiply: operator.mul,
    np.true_divide: operator.truediv,
}
"""What Python has for a ufunc: it spares numbers the way into an array and out again."""


class Binary(Operation):
    """Two operands, tensors or plain numbers, element by element."""

    elementwise = True
    ufunc: ClassVar[Any] = None
    """What NumPy has for it with the further parameters at 1; it can write into an array."""

    def apply(self, a: Any, b: Any, *rest: Any) -> Any:
        """Promote, run forward, record; `rest` are further plain arguments."""
        x, y, tracked = a, b, False
        if isinstance(a, Tensor):
            x = a._data
            tracked = a._requires_grad
        if isinstance(b, Tensor):
            y = b._data
            if b._requires_grad:
                tracked = True
        if type(x) is np.ndarray:
            alike = are_alike(x, y)
        else:
            alike = type(x) in FLOATS and (type(y) is type(x) or type(y) in REALS)
        if alike:
            token = hush()  # nothing to adapt
            try:
                data = self.forward(x, y, *rest)
            finally:
                unhush(token)
            targets = None
        else:
            try:
                data = self.compute((x, y, *rest))
            except Exception:
                self.refuse((a, b, *rest), tracked)
                raise
            targets = self.changed((x, y), data) if tracked else None
        output = wrap(data)
        if tracked and self.node and state.enabled and not (observers or levels or detecting):
            self.record(output, (a, b, *rest), targets)  # what `finish` comes to, most of the time
            return output
        return self.finish(output, (a, b, *rest), tracked, targets)

    def operator(self, rest: tuple[Any, ...]) -> Callable[[Any, Any], Any]:
        """Return what stands behind `a * b`, with a short way where that comes to the same."""
        read = {name for names in self.reads.values() for name in names}
        if self.inputs == self.parameters[:2] and read <= {*self.parameters}:
            return on_two(self, rest, forward=BY_PYTHON.get(self.ufunc))
        return super().operator(rest)

    def compute(self, arrays: Sequence[Any]) -> Any:
        """Promote, then run forward."""
        try:
            operands = self.promote(arrays[0], arrays[1])
        except AttributeError:
            raise TypeError(
                f"{self.name}(): argument 'other' (position 2) must be Tensor, "
                f"not {type(arrays[1]).__name__}"
            ) from None
        return super().compute((*operands, *arrays[2:]))

    def promote(self, x: Any, y: Any) -> tuple[Any, Any]:
        """Return both operands in torch's common dtype.

        A plain number stays one where NumPy will make it take the other operand's dtype.
        """
        if type(x) in NUMBERS:
            if _takes(y.dtype.kind, x):
                return _wrapped(x, y.dtype), y
        elif type(y) in NUMBERS:
            if _takes(x.dtype.kind, y):
                return x, _wrapped(y, x.dtype)
        elif x.dtype is y.dtype:
            return x, y
        target = dtypes.result_type(x, y).numpy
        return _cast(x, target), _cast(y, target)

    def recordable(self, args: Sequence[Any]) -> bool:
        """Return whether any operand was made outside inference mode, such as a plain number."""
        return type(args[0]) in NUMBERS or type(args[1]) in NUMBERS or super().recordable(args)

    def changed(self, arrays: Sequence[Any], data: Any) -> Any:
        """Return shape and dtype of the operands whose gradients must be summed or cast.

        Those of both if one has another dtype: with it, NumPy may compute the other's gradient in a
        third one.
        """
        given = [a for a in arrays[:2] if type(a) not in NUMBERS]
        if all(a.shape == data.shape and a.dtype is data.dtype for a in given):
            return None
        mixed = any(a.dtype is not data.dtype for a in given)
        return [
            (a.shape, a.dtype)
            if type(a) not in NUMBERS and (mixed or a.shape != data.shape)
            else None
            for a in arrays[:2]
        ]


class ByNumber(Binary):
    """A tensor and a plain number that must fit the tensor's dtype."""

    def promote(self, x: Any, y: Any) -> tuple[Any, Any]:
        """Promote as ever; RuntimeError for an integer that is too large."""
        if type(y) is int and x.dtype.kind in "iu":
            return x, dtypes.number_in(y, x.dtype)
        return super().promote(x, y)


FLOATS = frozenset({np.float32, np.float64})
REALS = frozenset({int, float})
NUMBERS = REALS | {bool}


def _takes(kind: str, number: Any) -> bool:
    """Return whether a tensor of this kind keeps its dtype when it meets `number`."""
    return kind == "f" or (type(number) is not float and kind in "iu") or type(number) is bool


def _wrapped(number: Any, kind: Any) -> Any:
    """Return an integer that an integer dtype may not hold the way that dtype wraps it around."""
    if 0 <= number < 128 or kind.kind not in "iu":
        return number
    try:
        return np.array(number, np.int64).astype(kind)[()]
    except OverflowError:
        raise OverflowError("int too big to convert") from None


def _cast(value: Any, target: Any) -> Any:
    if type(value) in NUMBERS or value.dtype == target:
        return value
    return value.astype(target)
