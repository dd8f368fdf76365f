"""What Python and NumPy expect of a value: copying, pickling, `in`, ufuncs."""

from __future__ import annotations

from typing import Any

import numpy as np

from . import dtypes
from .creation import as_array, from_numpy
from .filled import empty
from .ops.shape import alias
from .register import method
from .tensor import Size, Tensor, wrap

DEEP_COPY = (
    "Only Tensors created explicitly by the user (graph leaves) support the deepcopy protocol at the "
    "moment.  If you were attempting to deepcopy a module, this may be because of a "
    "torch.nn.utils.weight_norm usage, see https://github.com/pytorch/pytorch/pull/103001"
)


def construct(cls: type[Tensor], *data: Any) -> Any:
    """Serve `torch.Tensor(...)`: floats from a list or an array, a view of a tensor, or a shape."""
    if len(data) != 1 or isinstance(data[0], Size) or type(data[0]) is int:
        return empty(*data) if data else empty(0)
    source = data[0]
    if isinstance(source, Tensor):
        return alias.apply(source)
    if isinstance(source, str):
        raise TypeError("new(): invalid data type 'str'")
    if not isinstance(source, (list, tuple, np.ndarray)):
        raise TypeError(f"new(): data must be a sequence (got {type(source).__name__})")
    return wrap(np.array(as_array(source, dtypes.get_default_dtype())))


def rebuilt(data: Any, requires_grad: bool) -> Tensor:
    """Return a leaf around `data`: what is left of a tensor when it is copied or pickled."""
    leaf = wrap(data)
    leaf._requires_grad = requires_grad
    return leaf


def reduce_ex(self: Tensor, protocol: Any) -> tuple[Any, ...]:
    """Serve `copy.copy`, which shares the numbers, and `pickle`; both drop the history."""
    return rebuilt, (self._buffer(), self._requires_grad)


def deepcopy(self: Tensor, memo: dict[int, Any]) -> Tensor:
    """Serve `copy.deepcopy`: numbers and gradient of a leaf of its own; RuntimeError for others."""
    if id(self) in memo:
        return memo[id(self)]  # type: ignore[no-any-return]
    if not self.is_leaf:
        raise RuntimeError(DEEP_COPY)
    copied = rebuilt(np.array(self._data), self._requires_grad)
    memo[id(self)] = copied
    if self._grad is not None:
        copied._grad = deepcopy(wrap(self._grad._data), memo)
    return copied


def contains(self: Tensor, element: Any) -> bool:
    """Return whether some element equals `element`, a number or a tensor that is broadcast."""
    if not isinstance(element, (Tensor, bool, int, float)):
        raise RuntimeError(
            "Tensor.__contains__ only supports Tensor or scalar, but you passed in a "
            f"{type(element)}."
        )
    found: Any = self == element
    return bool(found.any())


def array_wrap(
    self: Tensor, array: Any, context: Any = None, return_scalar: bool = False
) -> Tensor:
    """Make a tensor of what a NumPy ufunc computed from one."""
    return from_numpy(np.asarray(array))


method("__reduce_ex__", reduce_ex)
method("__deepcopy__", deepcopy)
method("__contains__", contains)
method("__array_wrap__", array_wrap)
method("__new__", staticmethod(construct))
