"""New tensors: from numbers, filled, in sequence, at random."""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np

from . import dtypes
from .grad_mode import state
from .random import Generator, default_generator
from .tensor import INFERENCE, Tensor, wrap

COPY_CONSTRUCT = (
    "To copy construct from a tensor, it is recommended to use sourceTensor.detach().clone() or "
    "sourceTensor.detach().clone().requires_grad_(True), rather than torch.tensor(sourceTensor)."
)


def _finish(data: Any, requires_grad: bool, only: str = "Only") -> Tensor:
    made = wrap(data)
    if state.inference:
        made._counter = INFERENCE
    if requires_grad:
        made._set_requires_grad(True, only)
    return made


def _size(shape: tuple[Any, ...]) -> tuple[int, ...]:
    """Accept `ones(2, 3)` and `ones((2, 3))` alike."""
    return tuple(shape[0]) if len(shape) == 1 and not isinstance(shape[0], int) else shape


def tensor(data: Any, dtype: dtypes.dtype | None = None, requires_grad: bool = False) -> Tensor:
    """Return a new leaf from a number, nested lists, or an array (copied).

    Floats become the default dtype, ints int64, bools bool; arrays keep theirs.
    """
    if isinstance(data, Tensor):
        warnings.warn(COPY_CONSTRUCT, UserWarning, stacklevel=2)
        array = np.array(data._data)
    elif isinstance(data, (np.ndarray, np.generic)):
        array = np.array(data)
    else:
        array = _from_python(data, dtype)
    if dtype is not None:
        array = array.astype(dtype.numpy)
    dtypes.of_numpy(array.dtype)
    return _finish(array if array.ndim else array[()], requires_grad)


def _from_python(data: Any, dtype: dtypes.dtype | None) -> np.ndarray[Any, Any]:
    plain = _without_tensors(data)
    try:
        array = np.array(plain)
    except ValueError as error:
        raise ValueError(f"expected sequences of equal lengths: {error}") from None
    if dtype is not None and array.dtype.kind in "biuf":
        return array
    if array.dtype.kind == "f" or array.size == 0:
        return array.astype(dtypes.get_default_dtype().numpy)
    if array.dtype.kind not in "biu":
        raise TypeError(f"new(): invalid data type '{type(data).__name__}'")
    return array


def _without_tensors(data: Any) -> Any:
    if isinstance(data, Tensor):
        return data._data.tolist()
    return [_without_tensors(d) for d in data] if isinstance(data, (list, tuple)) else data


def full(
    size: Any, fill_value: Any, dtype: dtypes.dtype | None = None, requires_grad: bool = False
) -> Tensor:
    """Return a tensor of shape `size` in which every element is `fill_value`."""
    kind = dtype or dtypes.of_number(fill_value)
    return _finish(np.full(_size((size,)), fill_value, kind.numpy), requires_grad)


def _filled(value: int, name: str) -> Callable[..., Tensor]:
    def function(
        *sizes: Any,
        size: Any = None,
        dtype: dtypes.dtype | None = None,
        requires_grad: bool = False,
    ) -> Tensor:
        shape = _size(sizes) if size is None else tuple(size)
        kind = dtype or dtypes.get_default_dtype()
        return _finish(np.full(shape, value, kind.numpy), requires_grad)

    function.__name__ = function.__qualname__ = name
    function.__doc__ = f"Return a tensor of {name}, of the default dtype unless told."
    return function


zeros = _filled(0, "zeros")
ones = _filled(1, "ones")


def _like(make: Callable[..., Tensor], name: str) -> Callable[..., Tensor]:
    def function(
        input: Tensor, dtype: dtypes.dtype | None = None, requires_grad: bool = False
    ) -> Tensor:
        return make(size=input.shape, dtype=dtype or input.dtype, requires_grad=requires_grad)

    function.__name__ = function.__qualname__ = name
    function.__doc__ = f"Return `{make.__name__}` in the shape and dtype of `input`."
    return function


zeros_like = _like(zeros, "zeros_like")
ones_like = _like(ones, "ones_like")


def arange(
    start: Any,
    end: Any = None,
    step: Any = 1,
    dtype: dtypes.dtype | None = None,
    requires_grad: bool = False,
) -> Tensor:
    """Return `start`, `start + step`, … up to but without `end`; `arange(n)` starts at 0."""
    if end is None:
        start, end = 0, start
    floats = any(isinstance(v, float) for v in (start, end, step))
    kind = dtype or (dtypes.get_default_dtype() if floats else dtypes.int64)
    count = max(0, math.ceil((end - start) / step))
    return _finish((start + np.arange(count) * step).astype(kind.numpy), requires_grad)


def eye(
    n: int,
    m: int | None = None,
    dtype: dtypes.dtype | None = None,
    requires_grad: bool = False,
) -> Tensor:
    """Return the n × m matrix (n × n by default) with ones on the diagonal."""
    kind = dtype or dtypes.get_default_dtype()
    return _finish(np.eye(n, m, dtype=kind.numpy), requires_grad)


def _random(draw: str, name: str, meaning: str) -> Callable[..., Tensor]:
    def function(
        *sizes: Any,
        size: Any = None,
        generator: Generator | None = None,
        dtype: dtypes.dtype | None = None,
        requires_grad: bool = False,
    ) -> Tensor:
        shape = _size(sizes) if size is None else tuple(size)
        kind = dtype or dtypes.get_default_dtype()
        source = generator or default_generator
        numbers = getattr(source, draw)(math.prod(shape), kind is dtypes.float64)
        return _finish(numbers.astype(kind.numpy).reshape(shape), requires_grad)

    function.__name__ = function.__qualname__ = name
    function.__doc__ = f"Return {meaning}."
    return function


randn = _random("normal", "randn", "normal deviates with mean 0 and standard deviation 1")
rand = _random("uniform", "rand", "numbers drawn evenly from [0, 1)")


def randint(
    low: int,
    high: Any,
    size: Any = None,
    generator: Generator | None = None,
    dtype: dtypes.dtype | None = None,
) -> Tensor:
    """Return integers drawn evenly from [low, high); `randint(high, size)` starts at 0."""
    if size is None:
        low, high, size = 0, low, high
    shape = _size((size,))
    numbers = (generator or default_generator).integers(low, high, math.prod(shape))
    return _finish(numbers.astype((dtype or dtypes.int64).numpy).reshape(shape), False)


def randperm(n: int, generator: Generator | None = None) -> Tensor:
    """Return the integers 0 … n − 1 in random order."""
    return wrap((generator or default_generator).permutation(n))
