"""New tensors from what Python and NumPy have: numbers, nested lists, arrays."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import Any

import numpy as np

from . import dtypes
from .device import check_cpu
from .grad_mode import state
from .messages import warn_once
from .observe import observers, tell
from .register import functions
from .tensor import INFERENCE, Tensor, wrap

COPY_CONSTRUCT = (
    "To copy construct from a tensor, it is recommended to use sourceTensor.detach().clone() or "
    "sourceTensor.detach().clone().requires_grad_(True), rather than torch.tensor(sourceTensor)."
)
NOT_WRITABLE = (
    "The given NumPy array is not writable, and PyTorch does not support non-writable tensors. This "
    "means writing to this tensor will result in undefined behavior. You may want to copy the array to "
    "protect its data or make it writable before converting it to a tensor. This type of warning will "
    "be suppressed for the rest of this program."
)
PLAIN = (bool, int, float)


def finish(
    name: str, data: Any, requires_grad: bool = False, device: Any = None, source: Any = None
) -> Tensor:
    """Return a new leaf around `data`; raise if it cannot require grad or lie on `device`.

    `name` is that of the function users call, `source` what they gave it.
    """
    check_cpu(device)
    made = wrap(data)
    if state.inference:
        made._counter = INFERENCE
    if requires_grad:
        made._set_requires_grad(True)
    if observers:
        tell("create", made, name=name, source=source)
    return made


def tensor(
    data: Any,
    *,
    dtype: Any = None,
    device: Any = None,
    requires_grad: bool = False,
    pin_memory: bool = False,
) -> Tensor:
    """Return a new leaf from a number, nested lists, or an array (copied).

    Floats become the default dtype, ints int64, bools bool; arrays and NumPy's numbers keep theirs.
    """
    if isinstance(data, Tensor):
        warnings.warn(COPY_CONSTRUCT, UserWarning, stacklevel=2)
    array = np.array(as_array(data, dtypes.given(dtype)))
    return finish("tensor", array if array.ndim else array[()], requires_grad, device, data)


def as_tensor(data: Any, *, dtype: Any = None, device: Any = None) -> Any:
    """Return `data` as a tensor, sharing memory with an array, and a tensor as itself if it fits."""
    check_cpu(device)
    kind = dtypes.given(dtype, "as_tensor")
    if isinstance(data, Tensor):
        from .ops.casting import to

        return data if kind is None else to(data, kind)
    if isinstance(data, np.ndarray) and (kind is None or kind.numpy == data.dtype):
        return from_numpy(data)
    return tensor(data, dtype=kind)


def asarray(
    obj: Any,
    *,
    dtype: Any = None,
    device: Any = None,
    copy: bool | None = None,
    requires_grad: bool = False,
) -> Any:
    """Return `obj` as a tensor; with `copy=True` always a new one."""
    made = as_tensor(obj, dtype=dtype, device=device)
    if copy:
        made = made.clone()
    return made.requires_grad_() if requires_grad else made


def from_numpy(ndarray: Any) -> Tensor:
    """Return a tensor that shares memory with the array."""
    if not isinstance(ndarray, np.ndarray):
        raise TypeError(f"expected np.ndarray (got {type(ndarray).__name__})")
    if any(s < 0 for s in ndarray.strides):
        raise ValueError(
            "At least one stride in the given numpy array is negative, and tensors with negative "
            "strides are not currently supported. (You can probably work around this by making a copy "
            "of your array  with array.copy().) "
        )
    if not ndarray.dtype.isnative:
        raise ValueError(
            "given numpy array has byte order different from the native byte order. Conversion between "
            "byte orders is currently not supported."
        )
    dtypes.of_numpy(ndarray.dtype)
    if not ndarray.flags.writeable:
        warn_once(NOT_WRITABLE)
    return finish("from_numpy", ndarray)


def as_array(data: Any, kind: dtypes.dtype | None) -> Any:
    """Return `data` as an array of dtype `kind`, by default that which torch infers."""
    if isinstance(data, (Tensor, np.ndarray, np.generic)):
        array = np.asarray(data._data if isinstance(data, Tensor) else data)
        dtypes.of_numpy(array.dtype)
        return array if kind is None else array.astype(kind.numpy)
    sizes = _sizes(data)
    leaves = _leaves(data, sizes)
    if kind is None and set(map(type, leaves)) == {float}:
        # What most lists hold, without a look at each: nothing is promoted and nothing refused.
        return np.array(leaves, dtypes.get_default_dtype().numpy).reshape(sizes)
    kind = kind or infer(leaves)
    numbers = [_number(v, kind) for v in leaves]
    try:
        if kind.category == dtypes.INTEGER:
            numbers = [int(v) for v in numbers]
        return np.array(numbers, kind.numpy).reshape(sizes)
    except OverflowError:
        raise ValueError("Overflow when unpacking long long") from None


def _number(value: Any, kind: dtypes.dtype) -> Any:
    """Return an element as a number; raise what torch raises for one that is none."""
    if isinstance(value, Tensor):
        if value.numel() != 1:
            raise ValueError("only one element tensors can be converted to Python scalars")
        return value._data.item()
    if isinstance(value, (list, tuple)):
        raise TypeError(_NOT_A_NUMBER[kind.category].format(type(value).__name__))
    return value


_NOT_A_NUMBER = {
    dtypes.BOOLEAN: "'{}' object cannot be interpreted as an integer",
    dtypes.INTEGER: "'{}' object cannot be interpreted as an integer",
    dtypes.FLOATING: "must be real number, not {}",
}


def _sizes(data: Any) -> tuple[int, ...]:
    """Return the shape that the first elements promise."""
    sizes: list[int] = []
    while isinstance(data, (list, tuple, range, np.ndarray)):
        sizes.append(len(data))
        if not len(data):
            break
        data = data[0]
        if isinstance(data, str):
            raise ValueError("too many dimensions 'str'")
    if isinstance(data, str):
        raise TypeError("new(): invalid data type 'str'")
    return tuple(sizes)


def _leaves(data: Any, sizes: tuple[int, ...]) -> list[Any]:
    """Return all innermost elements in order; raise if a sequence is longer or shorter than the first."""
    level = [data]
    for dim, size in enumerate(sizes):
        following: list[Any] = []
        for each in level:
            if not isinstance(each, (list, tuple, range, np.ndarray)):
                raise TypeError("not a sequence")
            if len(each) != size:
                raise ValueError(
                    f"expected sequence of length {size} at dim {dim} (got {len(each)})"
                )
            following.extend(each)
        level = following
    return level


def infer(leaves: Sequence[Any]) -> dtypes.dtype:
    """Return the dtype in which all of `leaves` find a place."""
    kind: dtypes.dtype | None = None
    for each in {(type(v), getattr(v, "dtype", None)): v for v in leaves}.values():
        if isinstance(each, Tensor):
            own = each.dtype
        elif isinstance(each, np.generic):
            own = dtypes.of_numpy(each.dtype)
        elif isinstance(each, PLAIN):
            own = dtypes.of_number(each)
        elif isinstance(each, complex):
            raise TypeError("autograd_lab has real numbers only, no complex ones")
        elif isinstance(each, (list, tuple)):
            continue
        else:
            raise RuntimeError(f"Could not infer dtype of {type(each).__name__}")
        kind = own if kind is None else dtypes.promote(kind, own)
    return kind or dtypes.get_default_dtype()


functions |= {f.__name__: f for f in (tensor, as_tensor, asarray, from_numpy)}
