"""New tensors filled with one number, in sequence, or with a pattern."""

from __future__ import annotations

import math
from collections.abc import Callable
from operator import index
from typing import Any

import numpy as np

from . import dtypes
from .creation import finish, tensor
from .ops.dims import filled_like
from .register import functions, method
from .tensor import Tensor


def sizes_of(name: str, sizes: tuple[Any, ...], size: Any = None) -> tuple[int, ...]:
    """Return the shape in `zeros(2, 3)`, `zeros((2, 3))` and `zeros(size=(2, 3))` alike."""
    if size is None:
        if not sizes:
            raise TypeError(f'{name}() missing 1 required positional arguments: "size"')
        single = len(sizes) == 1 and isinstance(sizes[0], (tuple, list))
        size = sizes[0] if single else sizes
    try:
        return tuple([index(n) for n in size])
    except TypeError:
        wrong = next((n for n in size if not hasattr(n, "__index__")), size)
        raise TypeError(
            f"{name}(): argument 'size' (position 1) must be tuple of ints, not {type(wrong).__name__}"
        ) from None


def full(
    size: Any,
    fill_value: Any,
    *,
    dtype: Any = None,
    device: Any = None,
    requires_grad: bool = False,
) -> Tensor:
    """Return a tensor of shape `size` in which every element is `fill_value`."""
    if not isinstance(size, (tuple, list)):
        raise TypeError(
            f"full(): argument 'size' (position 1) must be tuple of ints, not {type(size).__name__}"
        )
    if isinstance(fill_value, Tensor):
        dtype, fill_value = dtype or fill_value.dtype, fill_value.item()
    kind = dtypes.given(dtype, "full") or dtypes.of_number(fill_value)
    shape = non_negative("full", sizes_of("full", (size,)))
    return finish("full", np.full(shape, fill_value, kind.numpy), requires_grad, device)


def non_negative(name: str, shape: tuple[int, ...]) -> tuple[int, ...]:
    """Return `shape`; RuntimeError if one of the sizes is negative."""
    if any(n < 0 for n in shape):
        if name in ("zeros", "ones"):
            raise RuntimeError(f"{name}: Dimension size must be non-negative.")
        wrong = next(n for n in shape if n < 0)
        raise RuntimeError(
            f"Trying to create tensor with negative dimension {wrong}: {list(shape)}"
        )
    return shape


def _filled(value: int, name: str, what: str) -> Callable[..., Tensor]:
    def function(
        *sizes: Any,
        size: Any = None,
        dtype: Any = None,
        device: Any = None,
        requires_grad: bool = False,
    ) -> Tensor:
        shape = non_negative(name, sizes_of(name, sizes, size))
        kind = dtypes.given(dtype, name) or dtypes.get_default_dtype()
        return finish(name, np.full(shape, value, kind.numpy), requires_grad, device)

    function.__name__ = function.__qualname__ = name
    function.__doc__ = f"Return a tensor of {what}, of the default dtype unless told."
    return function


zeros = _filled(0, "zeros", "zeros")
ones = _filled(1, "ones", "ones")
empty = _filled(0, "empty", "a shape, whose numbers are yet to be written (here zeros)")


def like(input: Any, name: str) -> Tensor:
    """Return `input`; TypeError unless it is a tensor."""
    if isinstance(input, Tensor):
        return input
    raise TypeError(
        f"{name}(): argument 'input' (position 1) must be Tensor, not {type(input).__name__}"
    )


def full_like(
    input: Tensor,
    fill_value: Any,
    *,
    dtype: Any = None,
    device: Any = None,
    requires_grad: bool = False,
    memory_format: Any = None,
) -> Tensor:
    """Return `fill_value` everywhere in the shape, dtype and memory order of `input`."""
    pattern = like(input, "full_like")
    return finish(
        "full_like", _alike(pattern, fill_value, dtype), requires_grad, device, source=pattern
    )


def _alike(pattern: Tensor, fill_value: Any, dtype: Any) -> Any:
    kind = dtypes.given(dtype, "full_like")
    data = pattern._data
    wanted = data.dtype if kind is None else kind.numpy
    return filled_like(data, np.asarray(fill_value).astype(wanted), wanted)


def _like(value: int, name: str) -> Callable[..., Tensor]:
    def function(
        input: Tensor,
        *,
        dtype: Any = None,
        device: Any = None,
        requires_grad: bool = False,
        memory_format: Any = None,
    ) -> Tensor:
        made = _alike(like(input, name), value, dtype)
        return finish(name, made, requires_grad, device, source=input)

    function.__name__ = function.__qualname__ = name
    function.__doc__ = f"Return `{name[:-5]}` in the shape, dtype and memory order of `input`."
    return function


zeros_like = _like(0, "zeros_like")
ones_like = _like(1, "ones_like")
empty_like = _like(0, "empty_like")


def _new(make: Callable[..., Tensor], name: str) -> Callable[..., Tensor]:
    def function(self: Tensor, *size: Any, dtype: Any = None, **options: Any) -> Tensor:
        return make(*size, dtype=dtype or self.dtype, **options)

    function.__name__ = function.__qualname__ = name
    function.__doc__ = f"Return `{name[4:]}` of this tensor's dtype unless told."
    return function


for _make in (zeros, ones, empty, full, tensor):
    method(f"new_{_make.__name__}", _new(_make, f"new_{_make.__name__}"))


def arange(
    start: Any = None,
    end: Any = None,
    step: Any = None,
    *,
    dtype: Any = None,
    device: Any = None,
    requires_grad: bool = False,
) -> Tensor:
    """Return `start`, `start + step`, … up to but without `end`; `arange(n)` starts at 0."""
    if end is None:
        start, end = None, start
    if end is None or (start is None and step is not None):
        raise TypeError("arange() needs an end, and for a step a start")
    start, step = (0 if start is None else start), (1 if step is None else step)
    start, end, step = (v.item() if isinstance(v, Tensor) else v for v in (start, end, step))
    floats = any(isinstance(v, float) for v in (start, end, step))
    kind = dtypes.given(dtype, "arange")
    kind = kind or (dtypes.get_default_dtype() if floats else dtypes.int64)
    _check_range(start, end, step)
    if kind is dtypes.bool_:
        raise NotImplementedError("\"arange_cpu\" not implemented for 'Bool'")
    count = max(0, math.ceil((end - start) / step))
    return finish(
        "arange", (start + np.arange(count) * step).astype(kind.numpy), requires_grad, device
    )


def _check_range(start: Any, end: Any, step: Any) -> None:
    if step == 0:
        raise RuntimeError("step must be nonzero")
    if not (math.isfinite(start) and math.isfinite(end)):
        raise RuntimeError(f"unsupported range: {start} -> {end}")
    if (end - start) * step < 0:
        raise RuntimeError("upper bound and lower bound inconsistent with step sign")


def linspace(
    start: Any,
    end: Any,
    steps: int,
    *,
    dtype: Any = None,
    device: Any = None,
    requires_grad: bool = False,
) -> Tensor:
    """Return `steps` numbers at equal distances, from `start` to `end`, both included."""
    kind = dtypes.given(dtype, "linspace") or dtypes.get_default_dtype()
    return finish("linspace", _spaced(start, end, steps, kind), requires_grad, device)


def logspace(
    start: Any,
    end: Any,
    steps: int,
    base: float = 10.0,
    *,
    dtype: Any = None,
    device: Any = None,
    requires_grad: bool = False,
) -> Tensor:
    """Return `base` to the power of `steps` numbers at equal distances from `start` to `end`."""
    kind = dtypes.given(dtype, "logspace") or dtypes.get_default_dtype()
    exponents = _spaced(start, end, steps, dtypes.float64)
    return finish(
        "logspace", np.power(float(base), exponents).astype(kind.numpy), requires_grad, device
    )


def _spaced(start: Any, end: Any, steps: int, kind: dtypes.dtype) -> Any:
    """Return equally spaced numbers: the first half counted from `start`, the second from `end`."""
    if steps < 0:
        raise RuntimeError("number of steps must be non-negative")
    start, end = (v.item() if isinstance(v, Tensor) else v for v in (start, end))
    work = kind.numpy if kind.is_floating_point else np.dtype(np.float64)
    first, last = work.type(start), work.type(end)
    step = (last - first) / work.type(max(steps - 1, 1))
    i = np.arange(steps).astype(work)
    counted = np.where(i < (steps + 1) // 2, first + step * i, last - step * (steps - 1 - i))
    return counted.astype(kind.numpy)


def eye(
    n: int,
    m: int | None = None,
    *,
    dtype: Any = None,
    device: Any = None,
    requires_grad: bool = False,
) -> Tensor:
    """Return the n × m matrix (n × n by default) with ones on the diagonal."""
    kind = dtypes.given(dtype, "eye") or dtypes.get_default_dtype()
    for name, size in (("n", n), ("m", m)):
        if size is not None and size < 0:
            raise RuntimeError(f"{name} must be greater or equal to 0, got {size}")
    return finish("eye", np.eye(n, m, dtype=kind.numpy), requires_grad, device)


def tril_indices(row: int, col: int, offset: int = 0, *, dtype: Any = None) -> Tensor:
    """Return the row and column numbers of the lower triangle of a matrix, as two rows."""
    kind = dtypes.given(dtype, "tril_indices") or dtypes.int64
    return finish("tril_indices", np.stack(np.tril_indices(row, offset, col)).astype(kind.numpy))


def triu_indices(row: int, col: int, offset: int = 0, *, dtype: Any = None) -> Tensor:
    """Return the row and column numbers of the upper triangle of a matrix, as two rows."""
    kind = dtypes.given(dtype, "triu_indices") or dtypes.int64
    return finish("triu_indices", np.stack(np.triu_indices(row, offset, col)).astype(kind.numpy))


functions |= {
    f.__name__: f
    for f in (
        *(full, zeros, ones, empty, full_like, zeros_like, ones_like, empty_like),
        *(arange, linspace, logspace, eye, tril_indices, triu_indices),
    )
}
