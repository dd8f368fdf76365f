"""`x[...]` and `x[...] = value`: integers, slices, None, Ellipsis, masks, tensors of indices.

Integers, slices, None and Ellipsis make views, one small operation each; masks and tensors of indices
are then applied together, by `Index`, which copies.
"""

from __future__ import annotations

from operator import index as as_index
from typing import Any

import numpy as np

from ..operation import Operation
from ..register import method, register
from ..tensor import Tensor, wrap
from .gathering import zeros_for
from .inplace import in_place, write
from .selecting import select, slice_range
from .shape import alias, expanded, unsqueeze, viewed
from .writing import copy, fill_tensor

END = 9223372036854775807
"""What torch takes for a slice without an end."""
NO_SLICES = "slice() cannot be applied to a 0-dim tensor."
Indices = tuple["Tensor | None", ...]
"""Per dimension a tensor of indices, or None for all of the dimension; a mask counts for all of its."""


class Index(Operation):
    """Return the elements of `self` that tensors of indices and masks name."""

    public = False
    node = "IndexBackward0"
    derivative = dict(
        self=(
            "grad added at those elements, 0 elsewhere",
            lambda grad, self_sym_sizes, indices: index_put(
                zeros_for(grad, self_sym_sizes), indices, grad, True
            ),
        )
    )

    @staticmethod
    def forward(self: Any, indices: Indices) -> Any:
        return self[fitted(indices, self.shape)]


index: Operation = register(Index)


class IndexPut(Operation):
    """Return `self` with `values` written (or added) to the elements that `indices` name."""

    node = "IndexPutBackward0"
    derivative = dict(
        self=(
            "grad, 0 at those elements unless adding",
            lambda grad, indices, accumulate: (
                grad if accumulate else index_put(grad, indices, _zero(grad), False)
            ),
        ),
        values=("grad at those elements", lambda grad, indices: index(grad, indices)),
    )

    @staticmethod
    def forward(self: Any, indices: Indices, values: Any, accumulate: bool = False) -> Any:
        where = fitted(indices, self.shape)
        if self.dtype != values.dtype:
            mine, other = wrap(self).dtype.class_name, wrap(values).dtype.class_name
            raise RuntimeError(
                "Index put requires the source and destination dtypes match, got "
                f"{mine} for the destination and {other} for the source."
            )
        out = np.array(self)
        try:
            if accumulate:
                np.add.at(out, where, values)
            else:
                out[where] = values
        except ValueError:
            raise RuntimeError(
                f"shape mismatch: value tensor of shape {list(values.shape)} cannot be broadcast to "
                f"indexing result of shape {list(out[where].shape)}"
            ) from None
        return out

    def changed(self, arrays: Any, data: Any) -> Any:
        """Tell the shape of `values`, which may have been broadcast."""
        return None, (tuple(arrays[2].shape), arrays[2].dtype)

    def apply(self, *args: Any) -> Any:
        """Run as any operation does, but let the gradient of `values` be summed to its shape."""
        arrays = [a._data if isinstance(a, Tensor) else a for a in args]
        tracked = any(isinstance(a, Tensor) and a._requires_grad for a in args)
        data = self.compute(arrays)
        return self.finish(wrap(data), args, tracked, self.changed(arrays, data))


index_put: Operation = register(IndexPut)


def _zero(like: Any) -> Any:
    return zeros_for(like, ())


def fitted(indices: Indices, shape: tuple[int, ...]) -> tuple[Any, ...]:
    """Return the NumPy index for `indices`; raise what torch raises if they do not fit `shape`."""
    where: list[Any] = []
    for number, each in enumerate(indices):
        if each is None:
            where.append(slice(None))
            continue
        array = each._data
        if array.dtype.name not in ("int64", "int32", "uint8", "bool"):
            raise IndexError("tensors used as indices must be long, int, byte or bool tensors")
        if array.dtype in (np.bool_, np.uint8):
            _check_mask(array, number, len(where), shape)
            where.extend(np.nonzero(array))
        else:
            where.append(array)
    if len(where) > len(shape):
        raise IndexError(
            f"too many indices for tensor of dimension {len(shape)} (got {len(where)})"
        )
    _check_range(where, shape)
    return tuple(where)


def _check_mask(mask: Any, number: int, dim: int, shape: tuple[int, ...]) -> None:
    for d in range(mask.ndim):
        if dim + d >= len(shape) or mask.shape[d] != shape[dim + d]:
            raise IndexError(
                f"The shape of the mask {list(mask.shape)} at index {d} does not match the shape of "
                f"the indexed tensor {list(shape)} at index {dim + d}"
            )


def _check_range(where: list[Any], shape: tuple[int, ...]) -> None:
    arrays = [w for w in where if not isinstance(w, slice)]
    try:
        np.broadcast_shapes(*[a.shape for a in arrays])
    except ValueError:
        shapes = ", ".join(str(list(a.shape)) for a in arrays)
        raise IndexError(
            f"shape mismatch: indexing tensors could not be broadcast together with shapes {shapes}"
        ) from None
    for dim, each in enumerate(where):
        if isinstance(each, slice):
            continue
        size = shape[dim]
        if not size and each.size:
            raise IndexError("index is out of bounds for dimension with size 0")
        for wrong in each[(each < -size) | (each >= size)].ravel()[:1]:
            raise IndexError(f"index {wrong} is out of bounds for dimension {dim} with size {size}")


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
        write(copy, part, source)
    elif not source.ndim:
        write(fill_tensor, part, source, anywhere=True)
    else:
        source = _without_leading_ones(source)
        fits = source.shape == part.shape
        write(copy, part, source if fits else expanded(source, part.shape))


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
    keys = tuple(_as_index_tensor(k, self) for k in keys)
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


def _as_index_tensor(key: Any, self: Tensor) -> Any:
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

        made = tensor(list(key) if isinstance(key, range) else key)
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
in_place("index_put")
