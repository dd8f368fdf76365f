"""How a tensor lies in memory: strides, offset, address; and windows of any kind onto it."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ..forward import levels
from ..grad_mode import state
from ..layout import strided
from ..observe import observers
from ..operation import Operation
from ..register import expose, functions, method
from ..tensor import Tensor, wrap
from ..views import check_histories, positions, tie
from .dims import ints, wrap_dim
from .strided import as_strided


def stride(self: Tensor, dim: int | None = None) -> Any:
    """Return how many elements apart neighbours lie, per dimension or along `dim`."""
    if self._data.size or any(self._data.strides):
        steps = tuple([s // self._data.itemsize for s in self._data.strides])
    else:  # NumPy's are 0, torch's those of rows
        steps = tuple([math.prod(max(n, 1) for n in self.shape[i + 1 :]) for i in range(self.ndim)])
    return steps if dim is None else steps[wrap_dim(dim, self.ndim)]


def owner(self: Tensor) -> np.ndarray[Any, Any]:
    """Return the array whose memory the tensor shares."""
    array = (self if self._base is None else self._base)._buffer()
    below: Any = array
    while isinstance(below, np.ndarray):
        array, below = below, below.base
        if not isinstance(below, np.ndarray):  # an array at a place that was worked out
            below = getattr(below, "base", None)
    return array


def own_offset(self: Tensor) -> int:
    """Return how many elements into the memory it shares the tensor starts."""
    return int((data_ptr(self) - owner(self).__array_interface__["data"][0]) // self._data.itemsize)


def data_ptr(self: Tensor) -> int:
    """Return the address of the first element."""
    return int(self._buffer().__array_interface__["data"][0])


def is_contiguous(self: Tensor, memory_format: Any = None) -> bool:
    """Return whether the elements lie one after the other in row order."""
    return bool(self._data.flags.c_contiguous)


def windowed(self: Tensor, size: Any, stride: Any, storage_offset: int | None = None) -> Any:
    """Return a view of the memory: `size` elements per dimension, `stride` elements apart.

    `storage_offset` counts elements from the start of the memory; by default that of the tensor.
    """
    size, stride = ints((size,)), ints((stride,))
    memory = owner(self)
    if len(size) != len(stride):
        raise RuntimeError("mismatch in length of strides and shape")
    offset = own_offset(self) if storage_offset is None else storage_offset
    reach = offset + sum((n - 1) * s for n, s in zip(size, stride, strict=True)) + 1
    item = int(memory.itemsize)
    if 0 not in size and reach > memory.size:
        check_histories([self])
        raise RuntimeError(
            f"setStorage: sizes {list(size)}, strides {list(stride)}, storage offset {offset}, and "
            f"itemsize {item} requiring a storage size of {reach * item} are out of bounds for storage "
            f"of size {memory.size * item}"
        )
    flat = np.lib.stride_tricks.as_strided(memory, (memory.size,), (item,))
    view = wrap(
        np.lib.stride_tricks.as_strided(flat[offset:], size, tuple([s * item for s in stride]))
    )
    tracked = state.enabled and self._requires_grad
    places = positions(view, self) if tracked or levels else None
    args = self, size, stride, storage_offset, places
    as_strided.finish(view, args, tracked)
    tie(view, self, "default" if state.enabled else "no_grad")
    if observers:
        Operation.announce(as_strided, args, view, view._grad_fn)
    return view


def numel(self: Tensor) -> int:
    """Return the number of elements."""
    return self.numel()


def is_tensor(obj: Any) -> bool:
    """Return whether `obj` is a tensor."""
    return isinstance(obj, Tensor)


def is_floating_point(self: Tensor) -> bool:
    """Return whether the elements are floats."""
    return self.is_floating_point()


def is_nonzero(self: Tensor) -> bool:
    """Return whether the one element is not 0."""
    return bool(self)


def is_same_size(self: Tensor, other: Tensor) -> bool:
    """Return whether both have one shape."""
    return self.shape == other.shape


def is_inference(self: Tensor) -> bool:
    """Return whether the tensor was made in inference mode."""
    return self.is_inference()


METHODS: dict[str, Any] = dict(
    stride=stride,
    storage_offset=own_offset,
    data_ptr=data_ptr,
    is_contiguous=is_contiguous,
    nelement=numel,
    element_size=lambda self: int(self._data.itemsize),
    ndimension=lambda self: int(self._data.ndim),
    itemsize=property(lambda self: int(self._data.itemsize)),
    nbytes=property(lambda self: int(self._data.nbytes)),
    layout=property(lambda self: strided),
    _is_view=lambda self: self._base is not None,
)
for _name, _method in METHODS.items():
    method(_name, _method)
expose("as_strided", windowed)
expose("is_nonzero", is_nonzero)
expose("is_same_size", is_same_size)
functions["is_inference"] = is_inference
functions |= {"numel": numel, "is_tensor": is_tensor, "is_floating_point": is_floating_point}
