"""One tensor made several: `unbind`, `split`, `chunk`; all outputs are views of it."""

from __future__ import annotations

from collections.abc import Sequence
from operator import index
from typing import Any

import numpy as np

from ..register import expose, functions, method, register
from ..tensor import Tensor, wrap
from ..variadic import Many
from ..views import ViewOperation, histories_first
from .dims import as_ints, some_dims, window, wrap_dim
from .joining import cat, stack
from .selecting import slice_range


class Unbind(ViewOperation, Many):
    """Return the slices of dimension `dim`, each without that dimension."""

    public = False
    node = "UnbindBackward0"
    derivative = dict(
        self=(
            "the slices' grads together",
            lambda grads, self_sym_sizes, dim: stack_parts(grads, self_sym_sizes, dim),
        )
    )

    @staticmethod
    def forward(self: Any, dim: int) -> Any:
        return tuple([self[window(self.ndim, dim, i)] for i in range(self.shape[dim])])


unbind = register(Unbind)


def filled(grads: Any, shapes: Sequence[tuple[int, ...]]) -> list[Any]:
    """Return the gradients (one comes alone) with zeros of the given shapes in place of None."""
    parts = grads if isinstance(grads, list) else [grads]
    like = next(p for p in parts if p is not None)
    if isinstance(like, Tensor):
        kind = like._data.dtype
        return [
            wrap(np.zeros(s, kind)) if p is None else p for p, s in zip(parts, shapes, strict=True)
        ]
    return [np.zeros(s, like.dtype) if p is None else p for p, s in zip(parts, shapes, strict=True)]


def stack_parts(grads: Any, sizes: tuple[int, ...], dim: int) -> Any:
    """Return the gradients of slices together; None counts as zeros."""
    dim %= len(sizes)
    whole = filled(grads, [(*sizes[:dim], *sizes[dim + 1 :])] * sizes[dim])
    return stack.apply(whole, dim) if isinstance(whole[0], Tensor) else np.stack(whole, dim)


def cat_parts(grads: Any, sizes: tuple[int, ...], dim: int, lengths: Sequence[int]) -> Any:
    """Return the gradients of parts of the given lengths together; None counts as zeros."""
    dim %= len(sizes)
    shapes = [(*sizes[:dim], n, *sizes[dim + 1 :]) for n in lengths]
    whole = filled(grads, shapes)
    return cat.apply(whole, dim) if isinstance(whole[0], Tensor) else np.concatenate(whole, dim)


class Split(ViewOperation, Many):
    """Return views of `split_size` slices of dimension `dim` each, the last of what is left."""

    public = False
    node = "SplitBackward0"
    derivative = dict(
        self=(
            "the parts' grads together",
            lambda grads, self_sym_sizes, split_size, dim: cat_parts(
                grads, self_sym_sizes, dim, even_lengths(self_sym_sizes[dim], split_size)
            ),
        )
    )

    @staticmethod
    def forward(self: Any, split_size: int, dim: int) -> Any:
        return cut(self, even_lengths(self.shape[dim], split_size), dim)


split_evenly = register(Split)


class SplitWithSizes(ViewOperation, Many):
    """Return views of as many slices of dimension `dim` as `split_sizes` say."""

    public = False
    node = "SplitWithSizesBackward0"
    derivative = dict(
        self=(
            "the parts' grads together",
            lambda grads, self_sym_sizes, split_sizes, dim: cat_parts(
                grads, self_sym_sizes, dim, split_sizes
            ),
        )
    )

    @staticmethod
    def forward(self: Any, split_sizes: Sequence[int], dim: int) -> Any:
        return cut(self, split_sizes, dim)


split_with_sizes = register(SplitWithSizes)


def even_lengths(whole: int, part: int) -> list[int]:
    """Return `part` as often as it fits into `whole`, and what is left."""
    if not whole:
        return [0]
    return [min(part, whole - start) for start in range(0, whole, part)]


def cut(array: Any, lengths: Sequence[int], dim: int) -> tuple[Any, ...]:
    """Return views of `lengths` slices of dimension `dim`, one after the other."""
    parts, start = [], 0
    for length in lengths:
        parts.append(array[window(array.ndim, dim, slice(start, start + length))])
        start += length
    return tuple(parts)


@histories_first
def unbound(self: Tensor, dim: int = 0) -> tuple[Tensor, ...]:
    """Return the slices of dimension `dim` as views, each without that dimension."""
    if not self.ndim:
        some_dims(self, wrap_dim(dim, 0))
    wrap_dim(dim, self.ndim)
    result: tuple[Tensor, ...] = unbind.apply(self, dim) if self._data.shape[dim] else ()
    return result


@histories_first
def splits(self: Tensor, split_size: Any, dim: int = 0) -> Any:
    """Return views of `split_size` slices of dimension `dim` each, or of as many as a list says."""
    if not self.ndim:
        raise RuntimeError("split expects at least a 1-dimensional tensor")
    dim = wrap_dim(dim, self.ndim)
    whole = self._data.shape[dim]
    if isinstance(split_size, (tuple, list)):
        sizes = tuple(index(n) for n in split_size)
        if min(sizes, default=0) < 0:
            raise RuntimeError(
                "split_with_sizes expects split_sizes have only non-negative entries, but got "
                f"split_sizes={list(sizes)}"
            )
        if sum(sizes) != whole:
            raise RuntimeError(
                f"split_with_sizes expects split_sizes to sum exactly to {whole} (input tensor's size "
                f"at dimension {dim}), but got split_sizes={list(sizes)}"
            )
        return split_with_sizes.apply(self, sizes, dim) if sizes else ()
    if split_size < 0:
        raise RuntimeError(
            f"split expects split_size be non-negative, but got split_size={split_size}"
        )
    if not split_size and whole:
        raise RuntimeError(
            f"split_size can only be 0 if dimension size is 0, but got dimension size of {whole}"
        )
    return split_evenly.apply(self, split_size, dim)


def chunk(self: Tensor, chunks: int, dim: int = 0) -> Any:
    """Return at most `chunks` views of equal length along dimension `dim`, the last may be shorter."""
    if not self.ndim:
        raise RuntimeError("chunk expects at least a 1-dimensional tensor")
    if chunks <= 0:
        raise RuntimeError(f"chunk expects `chunks` to be greater than 0, got: {chunks}")
    dim = wrap_dim(dim, self.ndim)
    whole = self._data.shape[dim]
    if not whole:
        return split_with_sizes.apply(self, (0,) * chunks, dim)
    return split_evenly.apply(self, -(-whole // chunks), dim)


def tensor_split(self: Tensor, indices_or_sections: Any, dim: int = 0) -> Any:
    """Return views of a number of nearly equal parts of dimension `dim`, or cut at the given indices."""
    if not self.ndim:
        raise RuntimeError(
            "tensor_split expected at least a 1-dimensional tensor, but got a tensor with 0 dims"
        )
    dim = wrap_dim(dim, self.ndim)
    whole = self._data.shape[dim]
    if isinstance(indices_or_sections, int):
        n = indices_or_sections
        if n <= 0:
            raise RuntimeError(f"number of sections must be larger than 0, got {n}")
        cuts = [whole // n * i + min(i, whole % n) for i in range(1, n)]
    else:
        cuts = list(as_ints(indices_or_sections))
    bounds = zip([0, *cuts], [*cuts, whole], strict=True)
    return tuple(slice_range.apply(self, dim, start, end, 1) for start, end in bounds)


def hsplit(self: Tensor, indices_or_sections: Any) -> Any:
    """Return views of parts side by side: cut along dimension 1, a vector along 0."""
    return _cut_evenly("hsplit", self, indices_or_sections, 1, 0 if self.ndim == 1 else 1)


def vsplit(self: Tensor, indices_or_sections: Any) -> Any:
    """Return views of parts one above the other: cut along dimension 0."""
    return _cut_evenly("vsplit", self, indices_or_sections, 2, 0)


def dsplit(self: Tensor, indices_or_sections: Any) -> Any:
    """Return views of parts one behind the other: cut along dimension 2."""
    return _cut_evenly("dsplit", self, indices_or_sections, 3, 2)


def _cut_evenly(name: str, self: Tensor, parts: Any, rank: int, dim: int) -> Any:
    if self.ndim < rank:
        raise RuntimeError(
            f"torch.{name} requires a tensor with at least {rank} dimension, but got a tensor with "
            f"{self.ndim} dimensions!"
        )
    whole = self.shape[dim]
    if isinstance(parts, int) and (not parts or whole % parts):
        raise RuntimeError(
            f"torch.{name} attempted to split along dimension {dim}, but the size of the dimension "
            f"{whole} is not divisible by the split_size {parts}!"
        )
    return tensor_split(self, parts, dim)


def _iter(self: Tensor) -> Any:
    """Iterate over the slices of the first dimension."""
    if not self.ndim:
        raise TypeError("iteration over a 0-d tensor")
    return iter(unbound(self))


expose("unbind", unbound)


def split(tensor: Tensor, split_size_or_sections: Any, dim: int = 0) -> Any:
    """Return what the method does; as a function its parameters have other names."""
    return tensor.split(split_size_or_sections, dim)


functions["split"] = split
vars(splits)["__wrapped__"].__qualname__ = "Tensor.split"  # as Python calls it in errors
method("split", splits)
expose("chunk", chunk)
expose("tensor_split", tensor_split)
expose("hsplit", hsplit)
expose("vsplit", vsplit)
expose("dsplit", dsplit)
method("__iter__", _iter)
