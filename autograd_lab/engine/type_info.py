"""What there is to know about dtypes: limits, and which one wins when two meet."""

from __future__ import annotations

from typing import Any

import numpy as np

from . import dtypes
from .dtypes import dtype
from .register import functions
from .tensor import Tensor


class finfo:
    """Limits and precision of a floating point dtype, the default one unless told."""

    def __init__(self, type: dtype | None = None) -> None:
        """Look them up; TypeError for a dtype of integers."""
        kind = type or dtypes.get_default_dtype()
        if not kind.is_floating_point:
            raise TypeError(
                "torch.finfo() requires a floating point input type. Use torch.iinfo to handle "
                "'torch.finfo'"
            )
        info = np.finfo(kind.numpy.type)
        self.bits = info.bits
        self.eps, self.max, self.min = float(info.eps), float(info.max), float(info.min)
        self.tiny = self.smallest_normal = float(info.tiny)
        self.resolution = float(info.resolution)
        self.dtype = kind.name

    def __repr__(self) -> str:
        return (
            f"finfo(resolution={self.resolution:g}, min={self.min:g}, max={self.max:g}, "
            f"eps={self.eps:g}, smallest_normal={self.smallest_normal:g}, tiny={self.tiny:g}, "
            f"dtype={self.dtype})"
        )


class iinfo:
    """Limits of an integer dtype."""

    def __init__(self, type: dtype) -> None:
        """Look them up; TypeError for a dtype of floats."""
        if type.category != dtypes.INTEGER:
            raise TypeError(
                "torch.iinfo() requires an integer input type. Use torch.finfo to handle 'torch.iinfo'"
            )
        info = np.iinfo(type.numpy)
        self.bits, self.max, self.min, self.dtype = info.bits, info.max, info.min, type.name

    def __repr__(self) -> str:
        return f"iinfo(min={self.min}, max={self.max}, dtype={self.dtype})"


def promote_types(type1: dtype, type2: dtype) -> dtype:
    """Return the smallest dtype that holds both."""
    return dtypes.promote(type1, type2)


def result_type(tensor1: Any, tensor2: Any) -> dtype:
    """Return the dtype of a sum of two, each a tensor or a number."""
    operands = [each._data if isinstance(each, Tensor) else each for each in (tensor1, tensor2)]
    return dtypes.result_type(*operands)


def can_cast(from_: dtype, to: dtype) -> bool:
    """Return whether a result of one dtype may be written into another."""
    return from_.category <= to.category


functions |= {f.__name__: f for f in (promote_types, result_type, can_cast)}
