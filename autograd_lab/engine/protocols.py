"""What Python and NumPy expect of a value: copying, pickling, `in`, ufuncs."""

from __future__ import annotations

from typing import Any

import numpy as np

from .creation import from_numpy
from .register import method
from .tensor import Tensor, wrap

DEEP_COPY = (
    "Only Tensors created explicitly by the user (graph leaves) support the deepcopy protocol at the "
    "moment.  If you were attempting to deepcopy a module, this may be because of a "
    "torch.nn.utils.weight_norm usage, see https://github.com/pytorch/pytorch/pull/103001"
)


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
