"""New tensors of random numbers, and random numbers written into tensors; the numbers are torch's."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from . import dtypes
from .creation import finish
from .filled import empty_like, like, non_negative, sizes_of
from .observe import unobserved
from .ops.drawing import (
    bernoulli_like_write,
    bernoulli_tensor,
    bernoulli_without,
    bernoulli_write,
    exponential_write,
    in_memory_order,
    normal_write,
    random_below_write,
    random_between_write,
    random_write,
    uniform_write,
)
from .ops.inplace import write
from .ops.joining import broadcast_tensors
from .ops.shape import expanded_size
from .random import Generator, default_generator
from .register import expose, functions, method
from .tensor import Tensor, wrap


def _kind(dtype: Any, name: str, kernel: str) -> dtypes.dtype:
    """Return a floating point dtype, the default one for None; in torch's words, that others fail."""
    kind = dtypes.given(dtype, name) or dtypes.get_default_dtype()
    if not kind.is_floating_point:
        raise NotImplementedError(f"\"{kernel}\" not implemented for '{kind.class_name}'")
    return kind


def _random(draw: str, name: str, kernel: str, meaning: str) -> Callable[..., Tensor]:
    def function(
        *sizes: Any,
        size: Any = None,
        generator: Generator | None = None,
        dtype: Any = None,
        device: Any = None,
        requires_grad: bool = False,
    ) -> Tensor:
        shape = non_negative(name, sizes_of(name, sizes, size))
        kind = _kind(dtype, name, kernel)
        source = generator or default_generator
        numbers = getattr(source, draw)(math.prod(shape), kind is dtypes.float64)
        return finish(name, numbers.astype(kind.numpy).reshape(shape), requires_grad, device)

    function.__name__ = function.__qualname__ = name
    function.__doc__ = f"Return {meaning}."
    return function


NORMAL_KERNEL, UNIFORM_KERNEL = "normal_kernel_cpu", "check_uniform_bounds"
randn = _random(
    "normal", "randn", NORMAL_KERNEL, "normal deviates with mean 0 and standard deviation 1"
)
rand = _random("uniform", "rand", UNIFORM_KERNEL, "numbers drawn evenly from [0, 1)")


def _random_like(name: str, fill: str) -> Callable[..., Tensor]:
    def function(
        input: Tensor,
        *,
        dtype: Any = None,
        device: Any = None,
        requires_grad: bool = False,
        generator: Generator | None = None,
    ) -> Tensor:
        with unobserved():
            made: Any = empty_like(like(input, name), dtype=dtype, device=device)
            drawn = getattr(made, fill)(generator=generator)._data
        return finish(name, drawn, requires_grad, source=input)

    function.__name__ = function.__qualname__ = name
    function.__doc__ = f"Return `{name[:-5]}` in the shape, dtype and memory order of `input`."
    return function


rand_like, randn_like = _random_like("rand_like", "uniform_"), _random_like("randn_like", "normal_")


def randint(
    low: int,
    high: Any = None,
    size: Any = None,
    *,
    generator: Generator | None = None,
    dtype: Any = None,
    device: Any = None,
    requires_grad: bool = False,
) -> Tensor:
    """Return integers drawn evenly from [low, high); `randint(high, size)` starts at 0."""
    if isinstance(high, (tuple, list)):
        high, size = None, high
    if high is None:
        low, high = 0, low
    if not isinstance(size, (tuple, list)):
        raise TypeError(
            "randint(): argument 'size' (position 2) must be tuple of ints, not "
            f"{type(high if size is None else size).__name__}"
        )
    shape = non_negative("randint", sizes_of("randint", (size,)))
    kind = dtypes.given(dtype, "randint") or dtypes.int64
    numbers = _integers(generator, low, high, math.prod(shape), kind)
    return finish("randint", numbers.reshape(shape), requires_grad, device)


C_NAMES = {"uint8": "unsigned char", "int8": "signed char", "int16": "short", "int32": "int"}


def _integers(
    generator: Generator | None, low: int, high: int, n: int, kind: dtypes.dtype
) -> np.ndarray[Any, Any]:
    """Return `n` integers in [low, high) as dtype `kind`; RuntimeError where they do not fit."""
    if low >= high:
        raise RuntimeError(
            f"random_ expects 'from' to be less than 'to', but got from={low} >= to={high}"
        )
    if kind.category == dtypes.INTEGER:
        limits = np.iinfo(kind.numpy)
        for name, value in (("from", low), ("to - 1", high - 1)):
            if not limits.min <= value <= limits.max:
                raise RuntimeError(f"{name} is out of bounds for {C_NAMES.get(kind.name, 'long')}")
    return (generator or default_generator).integers(low, high, n).astype(kind.numpy)


def randperm(
    n: int,
    *,
    generator: Generator | None = None,
    dtype: Any = None,
    device: Any = None,
    requires_grad: bool = False,
) -> Tensor:
    """Return the integers 0 … n − 1 in random order."""
    non_negative("randperm", (n,))
    kind = dtypes.given(dtype, "randperm") or dtypes.int64
    order = (generator or default_generator).permutation(n)
    return finish("randperm", order.astype(kind.numpy), requires_grad, device)


def uniform_(
    self: Tensor, a: float = 0.0, b: float = 1.0, *, generator: Generator | None = None
) -> Tensor:
    """Write numbers drawn evenly from [a, b)."""
    kind = _kind(self.dtype, "uniform_", UNIFORM_KERNEL).numpy.type
    if a > b:
        raise RuntimeError(
            f"uniform_ expects to return a [from, to) range, but found from={a:g} > to={b:g}"
        )
    drawn = (generator or default_generator).uniform(self.numel(), kind is np.float64)
    spread = drawn.astype(np.float64) * float(kind(b) - kind(a)) + float(kind(a))
    return write(uniform_write, self, spread)


def normal_(
    self: Tensor, mean: float = 0.0, std: float = 1.0, *, generator: Generator | None = None
) -> Tensor:
    """Write normal deviates with this mean and standard deviation."""
    kind = _kind(self.dtype, "normal_", NORMAL_KERNEL)
    singly = not self._data.flags.c_contiguous
    return write(normal_write, self, _normal(generator, self.numel(), kind, mean, std, singly))


def _normal(
    generator: Generator | None,
    n: int,
    kind: dtypes.dtype,
    mean: float,
    std: float,
    singly: bool = False,
) -> Any:
    if std < 0:
        raise RuntimeError(f"normal expects std >= 0.0, but found std {std:g}")
    source, double = generator or default_generator, kind is dtypes.float64
    singly = singly or n < 16
    numbers: Any = source.normal(n, double or singly, singly)
    if singly:  # torch computes these in double precision
        numbers = numbers * std + mean
        return numbers.astype(kind.numpy)
    return numbers * kind.numpy.type(std) + kind.numpy.type(mean)


def normal(
    mean: Any,
    std: Any = 1.0,
    size: Any = None,
    *,
    generator: Generator | None = None,
    dtype: Any = None,
    requires_grad: bool = False,
) -> Any:
    """Return normal deviates; `mean` and `std` are numbers (then with a `size`) or tensors."""
    if size is not None:
        kind = _kind(dtype, "normal", NORMAL_KERNEL)
        shape = sizes_of("normal", (size,))
        drawn = _normal(generator, math.prod(shape), kind, mean, std)
        return finish("normal", drawn.reshape(shape), requires_grad)
    if isinstance(std, Tensor) and (std._data < 0).any():
        raise RuntimeError("normal expects all elements of std >= 0.0")
    like_ = mean if isinstance(mean, Tensor) else std
    shape = tuple(like_.shape)
    if like_ is not std and isinstance(std, Tensor):
        shape = tuple(broadcast_tensors(mean, std)[0].shape)
    spread = 1.0 if isinstance(std, Tensor) else std
    drawn = _normal(generator, math.prod(shape), like_.dtype, 0.0, spread).reshape(shape)
    if isinstance(std, Tensor):
        drawn = drawn * std._data
    return wrap(drawn + (mean._data if isinstance(mean, Tensor) else like_.dtype.numpy.type(mean)))


def _chances(generator: Generator | None, p: Tensor, n: int) -> np.ndarray[Any, Any]:
    """Return `n` numbers in [0, 1), to compare with the probabilities `p`."""
    if not p.is_floating_point():
        raise NotImplementedError(
            f"\"bernoulli_tensor_cpu_p_\" not implemented for '{p.dtype.class_name}'"
        )
    if ((p._data < 0) | (p._data > 1)).any():
        raise RuntimeError(
            "Expected p_in >= 0 && p_in <= 1 to be true, but got false.  (Could this error message be "
            "improved?  If so, please report an enhancement request to PyTorch.)"
        )
    return (generator or default_generator).uniform(n, p.dtype is dtypes.float64)


def bernoulli(self: Tensor, p: Any = None, *, generator: Generator | None = None) -> Any:
    """Return 1 with probability `p` (by default what `self` says, per element), else 0."""
    if p is None:
        return bernoulli_tensor.apply(self, _chances(generator, self, self.numel()))
    return bernoulli_without.apply(self, _hits(generator, self.numel(), p))


def bernoulli_(self: Tensor, p: Any = 0.5, *, generator: Generator | None = None) -> Tensor:
    """Write 1 with probability `p` (a number, or a tensor of this shape), else 0."""
    if isinstance(p, Tensor):
        expanded_size(p, tuple(self.shape))
        return write(bernoulli_like_write, self, p, _chances(generator, p, self.numel()))
    return write(bernoulli_write, self, _hits(generator, self.numel(), p))


def _hits(generator: Generator | None, n: int, p: float) -> np.ndarray[Any, Any]:
    """Return `n` times whether a number drawn from [0, 1) is below `p`."""
    if not 0 <= p <= 1:
        raise RuntimeError(f"bernoulli_ expects p to be in [0, 1], but got p={p:g}")
    return (generator or default_generator).uniform(n, True) < p


RANDOM_LIMITS = {"float16": 2**11 + 1, "float32": 2**24 + 1, "float64": 2**53 + 1, "bool": 2}


def random_(
    self: Tensor, from_: Any = None, to: Any = None, *, generator: Generator | None = None
) -> Tensor:
    """Write integers drawn evenly from [from, to), `random_(to)` from 0 on, or from all there are."""
    kind = self.dtype
    if from_ is None:
        whole = RANDOM_LIMITS.get(kind.name) or int(np.iinfo(kind.numpy).max) + 1
        source, wide = generator or default_generator, kind.itemsize == 8
        drawn = source.integers(0, whole, self.numel(), wide)
        return write(random_write, self, drawn.astype(kind.numpy))
    low, high, op = (
        (0, from_, random_below_write) if to is None else (from_, to, random_between_write)
    )
    return write(op, self, _integers(generator, low, high, self.numel(), kind))


def exponential_(self: Tensor, lambd: float = 1.0, *, generator: Generator | None = None) -> Tensor:
    """Write exponential deviates with mean 1 / `lambd`."""
    kind = _kind(self.dtype, "exponential_", "exponential_cpu")
    if lambd <= 0:
        raise RuntimeError(f"exponential_ expects lambda > 0.0, but found lambda={lambd:g}")
    drawn = (generator or default_generator).exponential(self.numel()) / lambd
    return write(exponential_write, self, drawn.astype(kind.numpy))


def randint_like(
    input: Tensor,
    low: Any,
    high: Any = None,
    *,
    dtype: Any = None,
    device: Any = None,
    requires_grad: bool = False,
) -> Tensor:
    """Return integers drawn evenly from [low, high), in the shape and dtype of `input`."""
    kind = dtypes.given(dtype, "randint_like") or like(input, "randint_like").dtype
    low, high = (0, low) if high is None else (low, high)
    numbers = _integers(None, low, high, input.numel(), kind)
    drawn = in_memory_order(numbers, input._data)
    return finish("randint_like", drawn, requires_grad, device, source=input)


expose("bernoulli", bernoulli)
for _method in (uniform_, normal_, bernoulli_, random_, exponential_):
    method(_method.__name__, _method)
functions |= {
    f.__name__: f
    for f in (rand, randn, rand_like, randn_like, randint, randint_like, randperm, normal)
}
