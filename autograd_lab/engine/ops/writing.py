"""Other numbers in a tensor's place: `copy_` and `fill_`."""

from __future__ import annotations

from typing import Any

import numpy as np

from .. import dtypes
from ..node import Node
from ..operation import Operation
from ..register import functions, method, register
from ..short import OPERANDS
from ..tensor import Tensor, wrap
from .elementwise import zeros
from .inplace import write


class CopyNode(Node):
    """The node of `copy_`, whose name torch forms otherwise than most."""

    __slots__ = ()

    def name(self) -> str:
        """Return `"torch::autograd::CopyBackwards"`."""
        return "torch::autograd::CopyBackwards"


class Copy(Operation):
    """Return `src`, broadcast and cast to the shape and dtype of `self`."""

    public = False
    kind = CopyNode
    node = "CopyBackwards"
    derivative = dict(self=("0", lambda grad: zeros(grad)), src=("grad", lambda grad: grad))

    @staticmethod
    def forward(self: Any, src: Any) -> Any:
        shape = np.broadcast_shapes(self.shape, src.shape)
        return np.broadcast_to(src, shape).astype(self.dtype)

    def changed(self, arrays: Any, data: Any) -> Any:
        """Tell the shape and dtype of `src` where they are not those of the result."""
        src = arrays[1]
        same = src.shape == data.shape and src.dtype == data.dtype
        return None if same else (None, (tuple(src.shape), src.dtype))


copy = register(Copy)


class FillNumber(Operation):
    """Return a plain number in the shape and dtype of `self`."""

    public = False
    node = "FillBackward2"
    derivative = dict(self=("0", lambda grad: zeros(grad)))

    @staticmethod
    def forward(self: Any, value: Any) -> Any:
        return np.full(self.shape, dtypes.number_in(value, self.dtype))


fill_number = register(FillNumber)


class FillTensor(Operation):
    """Return the number in a 0-d tensor in the shape and dtype of `self`."""

    public = False
    node = "FillBackward3"
    derivative = dict(
        self=("0", lambda grad: zeros(grad)), value=("sum of grad", lambda grad: grad)
    )

    @staticmethod
    def forward(self: Any, value: Any) -> Any:
        if value.ndim:
            raise RuntimeError(
                "fill_ only supports 0-dimension value tensor but got tensor with "
                f"{value.ndim} dimensions."
            )
        return np.full(self.shape, value.astype(self.dtype))

    def changed(self, arrays: Any, data: Any) -> Any:
        """Tell that the gradient of the number is a number."""
        return None, ((), arrays[1].dtype)


fill_tensor = register(FillTensor)


def copy_(self: Tensor, src: Any, non_blocking: bool = False) -> Tensor:
    """Write the numbers of `src` (a tensor, broadcast to this shape, or a number) into this tensor."""
    if not isinstance(src, OPERANDS):
        raise TypeError(
            f"copy_(): argument 'other' (position 1) must be Tensor, not {type(src).__name__}"
        )
    return overwrite(self, src if isinstance(src, Tensor) else wrap(np.asarray(src)))


def overwrite(target: Tensor, src: Tensor) -> Tensor:
    """Copy `src` into `target`; no gradient flows into integers."""
    return write(copy, target, src if target.is_floating_point() else wrap(src._data))


def fill_(self: Tensor, value: Any) -> Tensor:
    """Write one number (plain, or a 0-d tensor) everywhere."""
    if isinstance(value, Tensor):
        return write(fill_tensor, self, value)
    return write(fill_number, self, value, anywhere=True)


method("copy_", copy_)
method("fill_", fill_)
functions["fill_"] = fill_
