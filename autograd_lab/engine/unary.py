"""Functions of one operand, and which kinds of numbers they take."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from . import dtypes
from .operation import Operation
from .short import on_one
from .tensor import wrap


class Unary(Operation):
    """A function of one operand, element by element."""

    elementwise = True


class Floating(Unary):
    """A function of real numbers: bools and integers become floats of the default dtype first."""

    def of_one(self) -> Callable[[Any], Any]:
        """Return the operation as a function of its one parameter."""
        return on_one(self) if self.node else self.apply

    def apply(self, a: Any, *rest: Any) -> Any:
        """Run forward and record, as any operation does; `rest` are plain arguments."""
        tracked = a._requires_grad
        # what requires grad is a float already
        data = super().compute((a._data, *rest)) if tracked else self.compute((a._data, *rest))
        return self.finish(wrap(data), (a, *rest), tracked)

    def compute(self, arrays: Sequence[Any]) -> Any:
        """Turn the operand into floats, then run forward."""
        first = arrays[0]
        if first.dtype.kind != "f":
            arrays = (first.astype(dtypes.get_default_dtype().numpy), *arrays[1:])
        return super().compute(arrays)


def only_for(kinds: str, kernel: str, array: Any) -> None:
    """Raise what torch raises if `array` is of none of `kinds` (`"f"` floats, `"iu"` integers)."""
    if array.dtype.kind not in kinds:
        kind = dtypes.of_numpy(array.dtype).class_name
        raise NotImplementedError(f"\"{kernel}\" not implemented for '{kind}'")
