"""Data types, their torch names, and which one wins when two meet."""

from __future__ import annotations

import math
from typing import Any

import numpy as np


class dtype:
    """The type of a tensor's elements, such as `torch.float32`."""

    __slots__ = (
        "c_name",
        "category",
        "class_name",
        "is_floating_point",
        "itemsize",
        "name",
        "numpy",
    )

    def __init__(self, name: str, class_name: str, c_name: str, category: int) -> None:
        """Name it as torch does; `category` orders bool (0) < integer (1) < floating point (2)."""
        self.name = name
        self.class_name = class_name
        self.c_name = c_name
        self.category = category
        self.numpy = np.dtype(name)
        self.itemsize = self.numpy.itemsize
        self.is_floating_point = category == FLOATING

    def __repr__(self) -> str:
        return f"torch.{self.name}"

    @property
    def type_name(self) -> str:
        """The name of the type in messages: `"torch.FloatTensor"`, but an older one for bool."""
        return "CPUBoolType" if self.category == BOOLEAN else f"torch.{self.class_name}Tensor"

    def __reduce__(self) -> str:
        return self.name


BOOLEAN, INTEGER, FLOATING = 0, 1, 2

float32 = dtype("float32", "Float", "float", FLOATING)
float64 = dtype("float64", "Double", "double", FLOATING)
float16 = dtype("float16", "Half", "c10::Half", FLOATING)
uint8 = dtype("uint8", "Byte", "unsigned char", INTEGER)
int8 = dtype("int8", "Char", "signed char", INTEGER)
int16 = dtype("int16", "Short", "short int", INTEGER)
int32 = dtype("int32", "Int", "int", INTEGER)
int64 = dtype("int64", "Long", "long int", INTEGER)
bool_ = dtype("bool", "Bool", "bool", BOOLEAN)

BY_NUMPY: dict[np.dtype[Any], dtype] = {
    d.numpy: d for d in (float32, float64, float16, uint8, int8, int16, int32, int64, bool_)
}

_default = float32


def get_default_dtype() -> dtype:
    """Return the dtype of floats without one, `torch.float32` unless changed."""
    return _default


def set_default_dtype(d: dtype) -> None:
    """Make `d` (a floating point dtype) the one of floats without one."""
    global _default
    if not (isinstance(d, dtype) and d.is_floating_point):
        raise TypeError("only floating-point types are supported as the default type")
    _default = d


def given(kind: Any, function: str = "tensor") -> dtype | None:
    """Return a dtype as users may give it, also as `float`, `int` or `bool`; TypeError for others."""
    if kind is None or isinstance(kind, dtype):
        return kind
    if kind in (bool, int, float):
        return {float: float64, int: int64, bool: bool_}[kind]
    raise TypeError(
        f"{function}(): argument 'dtype' must be torch.dtype, not {type(kind).__name__}"
    )


def of_numpy(numpy_dtype: np.dtype[Any]) -> dtype:
    """Return torch's name for a NumPy dtype; TypeError for one torch does not have here."""
    try:
        return BY_NUMPY[numpy_dtype]
    except KeyError:
        raise TypeError(
            f"can't convert np.ndarray of type numpy.{numpy_dtype.type.__name__}. The only supported "
            "types are: float64, float32, float16, int64, int32, int16, int8, uint8, and bool."
        ) from None


def of_number(value: bool | int | float) -> dtype:
    """Return the dtype a bare Python number stands for."""
    if isinstance(value, bool):
        return bool_
    return int64 if isinstance(value, int) else _default


def promote(a: dtype, b: dtype) -> dtype:
    """Return the dtype of `a + b` for two tensors of equal standing (both with or both without dims)."""
    if a is b:
        return a
    if a.category != b.category:
        return a if a.category > b.category else b
    return BY_NUMPY[np.promote_types(a.numpy, b.numpy)]


def result_type(*operands: Any) -> dtype:
    """Return the dtype in which `operands` (arrays, NumPy scalars, Python numbers) are combined.

    torch's rule: arrays with dimensions decide; 0-d ones count only if their category is higher, and
    Python numbers only if theirs is higher still.
    """
    winners: list[dtype | None] = [None, None, None]
    for operand in operands:
        if isinstance(operand, (bool, int, float)) and not isinstance(operand, np.generic):
            standing, kind = 2, of_number(operand)
        else:
            standing, kind = (0 if operand.ndim else 1), of_numpy(operand.dtype)
        winner = winners[standing]
        winners[standing] = kind if winner is None else promote(winner, kind)
    result: dtype | None = None
    for winner in winners:
        if winner is not None and (result is None or winner.category > result.category):
            result = winner
    assert result is not None
    return result


def check_cast(result: dtype, wanted: dtype, c_names: bool = False) -> None:
    """Raise torch's RuntimeError if a result of one dtype may not be written into another."""
    if result.category > wanted.category:
        raise RuntimeError(
            f"result type {result.class_name} can't be cast to the desired output type "
            f"{wanted.c_name if c_names else wanted.class_name}"
        )


NUMBER_TYPES = dict(
    uint8="uint8_t", int8="int8_t", int16="int16_t", int32="int", int64="int64_t", float32="float"
)


def number_in(value: bool | int | float, kind: np.dtype[Any]) -> Any:
    """Return a plain number as a NumPy scalar of `kind`.

    Negative numbers wrap around in unsigned integers; RuntimeError for what does not fit else.
    """
    if kind.kind == "b":
        return np.bool_(value)
    info: Any = np.finfo(kind) if kind.kind == "f" else np.iinfo(kind)
    low = -info.max if kind.kind in "uf" else info.min
    if not low <= value <= info.max and not (kind.kind == "f" and not math.isfinite(value)):
        raise RuntimeError(
            f"value cannot be converted to type {NUMBER_TYPES[kind.name]} without overflow"
        )
    return kind.type(value) if kind.kind == "f" else np.array(int(value), np.int64).astype(kind)[()]
