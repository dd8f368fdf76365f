"""Products made of others: `outer`, `inner`, `tensordot`, `kron`."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from ..tensor import Tensor
from .dims import as_ints, wrap_dim
from .elementwise import mul
from .matmul import (
    dot,
    mm,
)
from .reduce import sum_all, sum_dims
from .shape import reshape, unsafe_view, viewable
from .spelling import public
from .squeezing import squeeze_all
from .transposing import permute


def check_vectors(name: str, **vectors: Tensor) -> None:
    """Raise unless all of `vectors` have one dimension."""
    for argument, vector in vectors.items():
        if vector.ndim != 1:
            raise RuntimeError(f"{name}: Expected 1-D argument {argument}, but got {vector.ndim}-D")


@public("outer", "ger")
def outer(self: Any, vec2: Any) -> Any:
    """Return the matrix of all products of an element of `self` and one of `vec2`, both vectors."""
    check_vectors("outer", self=self, vec2=vec2)
    return mul.apply(reshape(self, (self.numel(), 1)), vec2)


@public("tensordot", as_method=False)
def tensordot(self: Any, other: Any, dims: Any = 2) -> Any:
    """Return the sum of products over `dims`: the last of `self` and first of `other`, or two lists."""
    first, second = _contracted(self, other, dims)
    if self.dtype is not other.dtype:
        raise RuntimeError("both inputs should have same dtype")
    _check_dims(self, first)
    _check_dims(other, second)
    for a, b in zip(first, second, strict=True):
        if self.shape[a] != other.shape[b] and 1 not in (self.shape[a], other.shape[b]):
            raise RuntimeError(
                "contracted dimensions need to match, but first has size "
                f"{self.shape[a]} in dim {a} and second has size {other.shape[b]} in dim {b}"
            )
        if self.shape[a] == 1 != other.shape[b]:
            other = sum_dims.apply(other, (b,), True)
        elif other.shape[b] == 1 != self.shape[a]:
            self = sum_dims.apply(self, (a,), True)
    first = [d % self.ndim for d in first]
    second = [d % other.ndim for d in second]
    rest = [d for d in range(self.ndim) if d not in first]
    others = [d for d in range(other.ndim) if d not in second]
    size = (*(self.shape[d] for d in rest), *(other.shape[d] for d in others))
    inner = math.prod(self.shape[d] for d in first)
    left, right = permute.apply(self, (*rest, *first)), permute.apply(other, (*second, *others))
    rows, columns = (math.prod(p.shape[d] for d in ds) for p, ds in ((self, rest), (other, others)))
    if rows == columns == 1:
        return reshape(_full(left, right, inner), size)
    return reshape(mm.apply(reshape(left, (rows, inner)), reshape(right, (inner, columns))), size)


def _check_dims(tensor: Tensor, dims: Sequence[int]) -> None:
    for d in dims:
        if not tensor.ndim:
            raise IndexError(f"Dimension specified as {d} but tensor has no dimensions")
        wrap_dim(d, tensor.ndim)


def _full(left: Tensor, right: Tensor, count: int) -> Any:
    """Return the sum of all products of two tensors of one shape."""
    if left._data.flags.c_contiguous and right._data.flags.c_contiguous:
        return dot.apply(*[p if p.ndim == 1 else reshape(p, (count,)) for p in (left, right)])
    return sum_all.apply(mul.apply(squeeze_all.apply(left), squeeze_all.apply(right)))


def _contracted(self: Tensor, other: Tensor, dims: Any) -> tuple[list[int], list[int]]:
    if isinstance(dims, int):
        if dims < 0:
            raise RuntimeError(f"tensordot expects dims >= 0, but got dims={dims}")
        if dims > min(self.ndim, other.ndim):
            raise RuntimeError(f"tensordot expects dims < ndim_a or ndim_b, but got dims={dims}")
        return list(range(-dims, 0)), list(range(dims))
    first, second = (list(as_ints(given)) for given in dims)
    if len(first) != len(second):
        raise RuntimeError("both dimension lists should have same length")
    return first, second


@public("inner")
def inner(self: Any, other: Any) -> Any:
    """Return the sums of products over the last dimensions."""
    if not self.ndim or not other.ndim:
        return mul.apply(self, other)
    if self.shape[-1] != other.shape[-1]:
        raise RuntimeError(
            "inner() the last dimension must match on both input tensors but got shapes "
            f"{list(self.shape)} and {list(other.shape)}"
        )
    return tensordot(self, other, ([-1], [-1]))


@public("kron")
def kron(self: Any, other: Any) -> Any:
    """Return the Kronecker product: every element of `self` times the whole of `other`."""
    rank = max(self.ndim, other.ndim)
    first = (1,) * (rank - self.ndim) + tuple(self.shape)
    second = (1,) * (rank - other.ndim) + tuple(other.shape)
    wide = tuple(n for size in first for n in (size, 1))
    narrow = tuple(n for size in second for n in (1, size))
    parts = [_viewed(each, size) for each, size in ((self, wide), (other, narrow))]
    size = tuple(a * b for a, b in zip(first, second, strict=True))
    return unsafe_view.apply(mul.apply(*parts), size)


def _viewed(tensor: Tensor, size: tuple[int, ...]) -> Any:
    if not viewable(tensor._data, size):
        raise RuntimeError(
            "view size is not compatible with input tensor's size and stride (at least one dimension "
            "spans across two contiguous subspaces). Use .reshape(...) instead."
        )
    return unsafe_view.apply(tensor, size)
