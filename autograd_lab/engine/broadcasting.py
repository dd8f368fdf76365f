"""Operations on three or more operands that are broadcast and brought to one dtype first."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from . import dtypes
from .binary import NUMBERS
from .operation import Operation
from .tensor import Tensor, wrap


class Broadcasting(Operation):
    """Several operands, tensors or plain numbers, element by element."""

    elementwise = True
    operands: ClassVar[tuple[str, ...]] = ()
    """Those that decide the dtype of the result; by default, the differentiable ones."""

    def __init__(self) -> None:
        """Find the places of the operands."""
        super().__init__()
        self.places = [self.parameters.index(n) for n in self.operands or self.inputs]

    def apply(self, *args: Any) -> Any:
        """Promote, run forward, record."""
        arrays = [a._data if isinstance(a, Tensor) else a for a in args]
        tracked = any(isinstance(a, Tensor) and a._requires_grad for a in args)
        data = self.compute(arrays)
        return self.finish(
            wrap(data), args, tracked, self.changed(arrays, data) if tracked else None
        )

    def compute(self, arrays: Sequence[Any]) -> Any:
        """Bring the operands to one dtype, then run forward."""
        given = [arrays[i] for i in self.places if arrays[i] is not None]
        kinds = {getattr(a, "dtype", None) for a in given}
        if len(kinds) > 1 or None in kinds:
            kind = dtypes.result_type(*given).numpy
            arrays = list(arrays)
            for i in self.places:
                if type(arrays[i]) in NUMBERS:
                    arrays[i] = dtypes.number_in(arrays[i], kind)
                elif arrays[i] is not None and arrays[i].dtype is not kind:
                    arrays[i] = arrays[i].astype(kind)
        return super().compute(arrays)

    def changed(self, arrays: Sequence[Any], data: Any) -> Any:
        """Return shape and dtype of the inputs whose gradients must be summed or cast."""
        return targets([arrays[place] for place in self.slots], data)


def targets(inputs: Sequence[Any], data: Any) -> Any:
    """Return shape and dtype of each input that is not like the result `data`; None if all are."""
    found = [
        (a.shape, a.dtype)
        if hasattr(a, "dtype") and (a.shape != data.shape or a.dtype is not data.dtype)
        else None
        for a in inputs
    ]
    return found if any(found) else None
