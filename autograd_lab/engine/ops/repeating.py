"""The same numbers several times, or in another order: repeat, tile, flip, roll, rot90."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..operation import Operation
from ..register import expose, method, register
from ..tensor import Tensor, wrap
from ..unary import only_for
from .copying import CONTIGUOUS, clone
from .dims import as_ints, ints, some_dims, wrap_dim, wrap_distinct
from .flattening import flatten
from .shape import expand, reshape, view
from .slices import index_select
from .spelling import sized
from .squeezing import unsqueeze


class Repeat(Operation):
    """Return the tensor `repeats` times along each dimension."""

    public = False
    node = "RepeatBackward0"
    derivative = dict(
        self=(
            "grad, summed over the repeats",
            lambda grad, self_sym_sizes, repeats: summed_repeats(grad, self_sym_sizes, repeats),
        )
    )

    @staticmethod
    def forward(self: Any, repeats: tuple[int, ...]) -> Any:
        return np.tile(self, repeats)


repeat = register(Repeat)


def summed_repeats(grad: Any, sizes: tuple[int, ...], repeats: tuple[int, ...]) -> Any:
    """Return the sum over all copies that `repeats` made of a tensor of shape `sizes`."""
    from .reduce import sum_dims

    padded = (1,) * (len(repeats) - len(sizes)) + tuple(sizes)
    pairs = [n for pair in zip(repeats, padded, strict=True) for n in pair]
    apart = reshape(grad, tuple(pairs))
    together = sum_dims(apart, tuple(range(0, len(pairs), 2)), False) if pairs else apart
    return reshape(together, tuple(sizes))


class Flip(Operation):
    """Return the tensor with the order reversed along `dims`."""

    public = False
    node = "FlipBackward0"
    derivative = dict(self=("grad, flipped back", lambda grad, dims: flip(grad, dims)))

    @staticmethod
    def forward(self: Any, dims: tuple[int, ...]) -> Any:
        axes = wrap_distinct(dims, self.ndim)
        return np.array(np.flip(self, axes) if self.ndim else self, order="C")


flip: Operation = register(Flip)


class Roll(Operation):
    """Return the tensor shifted along `dims`; what falls off one end comes in at the other."""

    public = False
    node = "RollBackward0"
    derivative = dict(
        self=(
            "grad, shifted back",
            lambda grad, shifts, dims: roll(grad, tuple([-s for s in shifts]), dims),
        )
    )

    @staticmethod
    def forward(self: Any, shifts: tuple[int, ...], dims: tuple[int, ...]) -> Any:
        if not self.size:
            return np.array(self)
        axes = tuple([wrap_dim(d, self.ndim) for d in dims])
        return np.roll(self, shifts if dims else shifts[0], axes or None)


roll: Operation = register(Roll)


class Rot90(Operation):
    """Return the tensor turned by 90 degrees, `k` times, in the plane of two dimensions."""

    public = False
    node = "Rot90Backward0"
    derivative = dict(self=("grad, turned back", lambda grad, k, dims: rot90(grad, -k, dims)))

    @staticmethod
    def forward(self: Any, k: int, dims: tuple[int, int]) -> Any:
        return np.array(np.rot90(self, k, dims))


rot90: Operation = register(Rot90)


def repeated(self: Tensor, *repeats: Any) -> Any:
    """Return the tensor `repeats` times along each dimension; more repeats make more dimensions."""
    times = ints(repeats, "repeat", "repeats")
    if len(times) < self.ndim:
        raise RuntimeError(
            "Number of dimensions of repeat dims can not be smaller than number of dimensions of tensor"
        )
    sizes = (1,) * (len(times) - self.ndim) + tuple(self.shape)
    total = [n * size for n, size in zip(times, sizes, strict=True)]
    for size in total:
        if size < 0:
            raise RuntimeError(f"Trying to create tensor with negative dimension {size}: {total}")
    return repeat.apply(self, times)


def tile(self: Tensor, *dims: Any) -> Any:
    """Return the tensor several times along its last dimensions."""
    times = ints(dims, "tile", "dims")
    return repeated(self, (1,) * (self.ndim - len(times)) + times)


def flipped(self: Tensor, *dims: Any) -> Any:
    """Return the tensor with the order reversed along `dims`."""
    return flip.apply(self, ints(dims, "flip", "dims"))


def fliplr(self: Tensor) -> Any:
    """Return the tensor with its columns in reverse order."""
    if self.ndim < 2:
        raise RuntimeError("Input must be >= 2-d.")
    return flip.apply(self, (1,))


def flipud(self: Tensor) -> Any:
    """Return the tensor with its rows in reverse order."""
    if self.ndim < 1:
        raise RuntimeError("Input must be >= 1-d.")
    return flip.apply(self, (0,))


def rolled(self: Tensor, shifts: Any, dims: Any = ()) -> Any:
    """Return the tensor shifted along `dims` (the flattened tensor if there are none)."""
    by, along = as_ints(shifts), as_ints(dims)
    if len(by) != len(along) and (along or len(by) != 1):
        if not by:
            raise RuntimeError("`shifts` required")
        raise RuntimeError(
            f"shifts and dimensions must align. shifts: {len(by)}, dims:{len(along)}"
        )
    for d in along:
        some_dims(self, d)
    return roll.apply(self, by, along)


def rotated(self: Tensor, k: int = 1, dims: Any = (0, 1)) -> Any:
    """Return the tensor turned `k` times by 90 degrees, from the first of two dims to the second."""
    dims = ints((dims,))
    if len(dims) != 2:
        raise RuntimeError(f"expected total rotation dims == 2, but got dims = {len(dims)}")
    if self.ndim < 2:
        raise RuntimeError(f"expected total dims >= 2, but got total dims = {self.ndim}")
    if dims[0] == dims[1] or abs(dims[0] - dims[1]) == self.ndim:
        raise RuntimeError(
            f"expected rotation dims to be different, but got dim0 = {dims[0]} and dim1 = {dims[1]}"
        )
    for name, d in zip(("dim0", "dim1"), dims, strict=True):
        if not -self.ndim <= d < self.ndim:
            raise RuntimeError(f"Rotation {name} out of range, {name} = {d}")
    return rot90.apply(self, k, dims)


def repeat_interleave(self: Tensor, repeats: Any = None, dim: int | None = None) -> Any:
    """Return every element several times in a row; with one argument, the indices that would do it."""
    if isinstance(repeats, Tensor) and repeats.ndim > 1:
        raise RuntimeError("repeats must be 0-dim or 1-dim tensor")
    counts = self if repeats is None else repeats
    if isinstance(counts, Tensor):
        only_for("i", "repeat_interleave_cpu", counts._data)
    if repeats is None:
        if self.ndim != 1:
            raise RuntimeError("repeat_interleave only accept 1D vector as repeat")
        return wrap(np.repeat(np.arange(self.numel()), self._data))
    if dim is None:
        self, dim = flatten(self), 0
    dim = wrap_dim(dim, self.ndim)
    size = self._data.shape[dim] if self.ndim else 1
    if isinstance(repeats, Tensor) and repeats.ndim and repeats.numel() != 1:
        some_dims(self, dim)
        if repeats.numel() != size:
            raise RuntimeError(
                "repeats must have the same size as input along dim, but got repeats.size(0) = "
                f"{repeats.numel()} and input.size({dim}) = {size}"
            )
        places = np.repeat(np.arange(size), repeats._data)
        return index_select.apply(self, dim, wrap(places))
    if int(repeats) < 0:
        raise RuntimeError("Repeats must be non-negative")
    shape = tuple(self.shape)
    wide = (*shape[: dim + 1], int(repeats), *shape[dim + 1 :])
    copies = clone.apply(expand.apply(unsqueeze.apply(self, dim + 1), wide), CONTIGUOUS)
    return view.apply(copies, (*shape[:dim], size * int(repeats), *shape[dim + 1 :]))


sized("repeat", "repeats", repeated, as_function=False)
method("__reversed__", lambda self: flip.apply(self, (0,)) if self.ndim else self)
sized("tile", "dims", tile)
sized("flip", "dims", flipped)
expose("fliplr", fliplr)
expose("flipud", flipud)
expose("roll", rolled)
expose("rot90", rotated)
expose("repeat_interleave", repeat_interleave)
