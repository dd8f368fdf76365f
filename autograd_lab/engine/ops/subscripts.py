"""`x[...]` and `x[...] = value`: integers, slices, None, Ellipsis, masks, tensors of indices.

Integers, slices, None and Ellipsis make views, one small operation each; masks and tensors of indices
are then applied together, by `Index`, which copies.
"""

from __future__ import annotations

from operator import index as as_index
from typing import Any

import numpy as np

from ..grad_mode import state
from ..observe import observers, unobserved
from ..register import method
from ..tensor import Tensor, wrap
from .indexing import Indices, index, index_put
from .inplace import write
from .selecting import select, slice_range
from .shape import alias, expanded, viewed
from .squeezing import unsqueeze
from .writing import fill_, overwrite

END = 9223372036854775807
"""What torch takes for a slice without an end."""
NO_SLICES = "slice() cannot be applied to a 0-dim tensor."


def getitem(self: Tensor, key: Any) -> Any:
    """Return the part of the tensor that `key` names: a view, or a copy for masks and index tensors."""
    if type(key) is int:
        return _slice_at(self, 0, key, 0)
    if isinstance(key, slice):
        return _range(self, 0, key)
    part, indices = applied(self, _as_tuple(key))
    if indices:
        return index.apply(part, indices)
    return alias.apply(self) if part is self else part


def setitem(self: Tensor, key: Any, value: Any) -> None:
    """Write `value` (a number, or a tensor that is broadcast) to the part that `key` names."""
    if not observers:
        _assign(self, key, value)
        return
    tracked = state.enabled and (
        self._requires_grad or (isinstance(value, Tensor) and value._requires_grad)
    )
    with unobserved():
        _assign(self, key, value)
    for observer in observers:
        observer.on_op("copy_", (self, value), self, self.grad_fn if tracked else None)


def _assign(self: Tensor, key: Any, value: Any) -> None:
    source = _as_value(self, value)
    indices: Indices = ()
    if key is False:
        return
    if isinstance(key, slice) and not self.ndim:
        raise IndexError(NO_SLICES)
    if type(key) is int:
        part = _slice_at(self, 0, key, 0)
    else:
        part, indices = applied(self, _as_tuple(key))
    if indices:
        write(index_put, part, indices, _without_leading_ones(source), False)
    elif source.shape == part.shape:
        overwrite(part, source)
    elif not source.ndim:
        fill_(part, source)
    else:
        source = _without_leading_ones(source)
        fits = source.shape == part.shape
        overwrite(part, source if fits else expanded(source, part.shape))


def _as_value(target: Tensor, value: Any) -> Tensor:
    if isinstance(value, Tensor):
        return value
    if isinstance(value, (bool, int, float, np.generic)):
        return wrap(target._data.dtype.type(value))
    raise TypeError(
        f"can't assign a {_full_name(value)} to a torch.{target.dtype.class_name}Tensor"
    )


def _full_name(value: Any) -> str:
    kind = type(value)
    return kind.__name__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__name__}"


def _without_leading_ones(source: Tensor) -> Any:
    sizes = list(source.shape)
    while sizes and sizes[0] == 1:
        del sizes[0]
    return source if len(sizes) == source.ndim else viewed(source, tuple(sizes))


def _as_tuple(key: Any) -> tuple[Any, ...]:
    """Return `key` as a tuple; a list counts as one if it holds more than numbers, as in NumPy of old."""
    if isinstance(key, tuple):
        return key
    if isinstance(key, list) and len(key) < 32:
        for each in key:
            if each is None or each is ... or isinstance(each, (Tensor, list, tuple, slice)):
                return tuple(key)
    return (key,)


def applied(self: Tensor, keys: tuple[Any, ...]) -> tuple[Tensor, Indices]:
    """Return the view that integers, slices, None and Ellipsis make, and the tensors of indices left."""
    if not self.ndim and any(isinstance(k, (list, range, str)) for k in keys):
        raise IndexError("too many indices for tensor of dimension 0")
    keys = tuple(_as_index_tensor(k) for k in keys)
    taken = sum(_dims_taken(k) for k in keys)
    if taken > self.ndim:
        raise IndexError(f"too many indices for tensor of dimension {self.ndim}")
    result, dim, place, slot = self, 0, 0, 0
    free = self.ndim - taken
    indices: list[Tensor | None] = []
    for key in keys:
        if key is None:
            result = unsqueeze.apply(result, dim)
            dim, place, slot = dim + 1, place + 1, slot + 1
        elif key is ...:
            dim, place, slot = dim + free, place + 1, slot + free
        elif isinstance(key, slice):
            if not _is_whole(key, result._data.shape[dim]):
                result = _range(result, dim, key)
            dim, place, slot = dim + 1, place + 1, slot + 1
        elif isinstance(key, Tensor):
            taken_here = _dims_taken(key)
            if not key.ndim and key._data.dtype == np.bool_:
                result = unsqueeze.apply(result, dim)
                key = wrap(np.flatnonzero(key._data))
                dim += 1
            indices += [None] * (slot - len(indices)) + [key]
            dim, place, slot = dim + taken_here, place + 1, slot + 1
        elif not isinstance(key, int):
            raise IndexError(
                "only integers, slices (`:`), ellipsis (`...`), None and long or byte Variables are "
                f"valid indices (got {type(key).__name__})"
            )
        else:
            result = _slice_at(result, dim, key, place)
            place += 1
    return result, tuple(indices)


def _as_index_tensor(key: Any) -> Any:
    """Return lists, ranges and arrays as tensors of indices, integers as int; the rest as it is."""
    if key is None or key is ... or isinstance(key, slice):
        return key
    if isinstance(key, (bool, np.bool_)):
        return wrap(np.bool_(key))
    if isinstance(key, Tensor):
        kind = key._data.dtype
        return int(key._data) if not key.ndim and kind.kind in "iu" else key
    if isinstance(key, (list, tuple, range, np.ndarray, str)):
        from ..creation import tensor

        try:
            made = tensor(list(key) if isinstance(key, range) else key)
        except ValueError as error:
            if "'str'" in str(error):
                raise TypeError("new(): invalid data type 'str'") from None
            raise
        if not isinstance(key, np.ndarray) and made._data.dtype.kind == "f":
            return wrap(made._data.astype(np.int64))
        return made
    try:
        return as_index(key)
    except TypeError:
        return key


def _dims_taken(key: Any) -> int:
    if isinstance(key, Tensor):
        if key._data.dtype in (np.bool_, np.uint8):
            return key.ndim
        return 1
    return 0 if key is None or key is ... else 1


def _slice_at(self: Tensor, dim: int, place: int, real_dim: int) -> Any:
    """Return slice `place` of dimension `dim`, which the user's key calls `real_dim`."""
    shape = self._data.shape
    if not shape and not place:
        raise IndexError(
            "invalid index of a 0-dim tensor. Use `tensor.item()` in Python or `tensor.item<T>()` in "
            "C++ to convert a 0-dim tensor to a number"
        )
    size = shape[dim] if shape else 0
    if not -size <= place < size:
        raise IndexError(
            f"index {place} is out of bounds for dimension {real_dim} with size {size}"
        )
    return select.apply(self, dim, place)


def _bounds(key: slice) -> tuple[int, int, int]:
    """Return start, end and step of a slice as torch keeps them."""
    try:
        step = 1 if key.step is None else as_index(key.step)
        start = 0 if key.start is None else as_index(key.start)
        end = END if key.stop is None else as_index(key.stop)
    except TypeError:
        raise TypeError(
            "slice indices must be integers or None or have an __index__ method"
        ) from None
    if step == 0:
        raise ValueError("slice step cannot be zero")
    if step < 0:
        raise ValueError("step must be greater than zero")
    return start, end, step


def _range(self: Tensor, dim: int, key: slice) -> Any:
    bounds = _bounds(key)
    if not self.ndim:
        raise IndexError(NO_SLICES)
    return slice_range.apply(self, dim, *bounds)


def _is_whole(key: slice, size: int) -> bool:
    start, end, step = _bounds(key)
    return start == 0 and step == 1 and end >= size


method("__getitem__", getitem)
method("__setitem__", setitem)
