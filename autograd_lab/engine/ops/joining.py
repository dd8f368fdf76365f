"""Several tensors made one: `cat` and `stack`, and what is short for them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ..messages import warn_once
from ..operation import size_mismatch
from ..register import functions, register
from ..tensor import Size, Tensor
from ..variadic import Variadic
from .dims import wrap_dim
from .selecting import select, slice_range
from .shape import expanded, reshape, viewed
from .squeezing import unsqueeze


class Cat(Variadic):
    """Return the tensors one after the other along dimension `dim`."""

    public = False
    node = "CatBackward0"
    derivative = dict(
        tensors=(
            "grad, to each tensor its part",
            lambda grad, tensors_shapes, dim: _parts(grad, tensors_shapes, dim),
        )
    )

    @staticmethod
    def forward(tensors: Sequence[Any], dim: int) -> Any:
        return np.concatenate([t for t in tensors if t.shape != (0,)] or tensors, dim)


cat = register(Cat)


def _parts(grad: Any, shapes: Sequence[tuple[int, ...]], dim: int) -> list[Any]:
    dim, start, parts = dim % grad.ndim, 0, []
    for shape in shapes:
        if shape == (0,) and grad.ndim > 1:
            parts.append(slice_range(reshape(grad, (-1,)), 0, 0, 0, 1))
        else:
            parts.append(slice_range(grad, dim, start, start + shape[dim], 1))
            start += shape[dim]
    return parts


class Stack(Variadic):
    """Return the tensors, all of one shape, one after the other along a new dimension `dim`."""

    public = False
    node = "StackBackward0"
    derivative = dict(
        tensors=(
            "grad, to each tensor its slice",
            lambda grad, tensors_shapes, dim: [
                select(grad, dim, i) for i in range(len(tensors_shapes))
            ],
        )
    )

    @staticmethod
    def forward(tensors: Sequence[Any], dim: int) -> Any:
        return np.stack(tensors, dim)


stack = register(Stack)


def _sequence(tensors: Any, name: str) -> list[Tensor]:
    """Return `tensors` as a list; TypeError if it is none, or something in it is no tensor."""
    if not isinstance(tensors, (tuple, list)):
        raise TypeError(
            f"{name}(): argument 'tensors' (position 1) must be tuple of Tensors, not "
            f"{type(tensors).__name__}"
        )
    for i, each in enumerate(tensors):
        if not isinstance(each, Tensor):
            raise TypeError(
                f"expected Tensor as element {i} in argument 0, but got {type(each).__name__}"
            )
    return list(tensors)


def concatenate(tensors: Any, dim: int = 0) -> Any:
    """Return the tensors one after the other along dimension `dim`.

    All have the same shape, except along `dim`; empty tensors of one dimension are passed over.
    """
    parts = _sequence(tensors, "cat")
    if not parts:
        raise ValueError("torch.cat(): expected a non-empty list of Tensors")
    for i, part in enumerate(parts):
        if not part.ndim:
            raise RuntimeError(f"zero-dimensional tensor (at position {i}) cannot be concatenated")
    solid = [(i, p) for i, p in enumerate(parts) if tuple(p.shape) != (0,)] or [(0, parts[0])]
    first = solid[0][1]
    along = wrap_dim(dim, first.ndim)
    for i, part in solid[1:]:
        if part.ndim != first.ndim:
            raise RuntimeError(
                f"Tensors must have same number of dimensions: got {first.ndim} and {part.ndim}"
            )
        for d, (expected, got) in enumerate(zip(first.shape, part.shape, strict=True)):
            if d != along and expected != got:
                raise RuntimeError(
                    f"Sizes of tensors must match except in dimension {along}. Expected size "
                    f"{expected} but got size {got} for tensor number {i} in the list."
                )
    return cat.apply(parts, dim)


def stacked(tensors: Any, dim: int = 0) -> Any:
    """Return the tensors, all of one shape, one after the other along a new dimension `dim`."""
    parts = _sequence(tensors, "stack")
    if not parts:
        raise RuntimeError("stack expects a non-empty TensorList")
    wrap_dim(dim, parts[0].ndim + 1)
    for i, part in enumerate(parts):
        if part.shape != parts[0].shape:
            raise RuntimeError(
                f"stack expects each tensor to be equal size, but got {list(parts[0].shape)} at entry "
                f"0 and {list(part.shape)} at entry {i}"
            )
    return stack.apply(parts, dim)


def atleast_1d(*tensors: Any) -> Any:
    """Return tensors of at least one dimension."""
    return _each(tensors, lambda t: t if t.ndim else reshape(t, 1))


def atleast_2d(*tensors: Any) -> Any:
    """Return tensors of at least two dimensions."""
    return _each(tensors, _matrix)


def atleast_3d(*tensors: Any) -> Any:
    """Return tensors of at least three dimensions."""
    return _each(tensors, lambda t: t if t.ndim > 2 else _solid(t))


def _matrix(t: Tensor) -> Any:
    if t.ndim > 1:
        return t
    return unsqueeze.apply(t, 0) if t.ndim else reshape(t, 1, 1)


def _solid(t: Tensor) -> Any:
    return unsqueeze.apply(_matrix(t), -1) if t.ndim else reshape(t, 1, 1, 1)


def _each(tensors: Sequence[Any], function: Callable[[Tensor], Any]) -> Any:
    """Apply `function` to one tensor, or to each of several (given singly or in one sequence)."""
    if len(tensors) == 1 and isinstance(tensors[0], Tensor):
        return function(tensors[0])
    several = tensors[0] if len(tensors) == 1 else tensors
    return tuple(function(t) for t in several)


def hstack(tensors: Any) -> Any:
    """Return the tensors side by side: along dimension 1, vectors along 0."""
    parts = [atleast_1d(t) for t in _sequence(tensors, "hstack")]
    _not_empty(parts, "hstack")
    return concatenate(parts, 0 if parts[0].ndim == 1 else 1)


def vstack(tensors: Any) -> Any:
    """Return the tensors one above the other, vectors as rows."""
    return concatenate(_not_empty([_matrix(t) for t in _sequence(tensors, "vstack")], "vstack"), 0)


def dstack(tensors: Any) -> Any:
    """Return the tensors one behind the other: along dimension 2."""
    parts = [atleast_3d(t) for t in _sequence(tensors, "dstack")]
    return concatenate(_not_empty(parts, "dstack"), 2)


def column_stack(tensors: Any) -> Any:
    """Return the tensors side by side, vectors as columns."""
    parts = _sequence(tensors, "column_stack")
    columns = [t if t.ndim > 1 else reshape(t, t.numel(), 1) for t in parts]
    return hstack(_not_empty(columns, "column_stack"))


def _not_empty(parts: list[Any], name: str) -> list[Any]:
    if not parts:
        raise RuntimeError(f"{name} expects a non-empty TensorList")
    return parts


def broadcast_shapes(*shapes: Any) -> Any:
    """Return the shape that tensors of these shapes are broadcast to."""
    wanted = [(s,) if isinstance(s, int) else tuple(s) for s in shapes]
    size = [1] * max((len(s) for s in wanted), default=0)
    for number, shape in enumerate(wanted):
        for i in range(-1, -1 - len(shape), -1):
            if shape[i] not in (1, size[i]):
                if size[i] != 1:
                    raise RuntimeError(
                        f"Attempting to broadcast a dimension of length {shape[i]} at {i}! Mismatching "
                        f"argument at index {number} had {shape}; but expected shape should be "
                        f"broadcastable to {size}"
                    )
                size[i] = shape[i]
    return Size(size)


def broadcast_tensors(*tensors: Any) -> Any:
    """Return views of the tensors, all of the shape they are broadcast to."""
    several = tensors[0] if len(tensors) == 1 and not isinstance(tensors[0], Tensor) else tensors
    size: tuple[int, ...] = ()
    for t in several:
        size = _common(size, tuple(t.shape))
    return tuple(t if tuple(t.shape) == size else expanded(t, size) for t in several)


MESHGRID = (
    "torch.meshgrid: in an upcoming release, it will be required to pass the indexing argument."
)


def meshgrid(*tensors: Any, indexing: str | None = None) -> Any:
    """Return the coordinates of a grid as views: one tensor per given vector, all of the grid's shape.

    The first vector runs down the rows for `indexing="ij"`, along the columns for `"xy"`.
    """
    several = tensors[0] if len(tensors) == 1 and not isinstance(tensors[0], Tensor) else tensors
    vectors = list(_sequence(list(several), "meshgrid"))
    for vector in vectors:
        if vector.ndim > 1:
            raise RuntimeError(
                f"torch.meshgrid: Expected 0D or 1D tensor in the tensor list but got: {vector}"
            )
    if indexing is None:
        warn_once(MESHGRID)
        indexing = "ij"
    if indexing not in ("ij", "xy"):
        raise RuntimeError(
            f'torch.meshgrid: indexing must be one of "xy" or "ij", but received: {indexing}'
        )
    places = list(range(len(vectors)))
    if indexing == "xy" and len(vectors) > 1:
        places[:2] = [1, 0]
    sizes = [1] * len(vectors)
    for place, vector in zip(places, vectors, strict=True):
        sizes[place] = vector.numel()
    grids = []
    for place, vector in zip(places, vectors, strict=True):
        column = viewed(vector, *[-1 if i == place else 1 for i in range(len(sizes))])
        grids.append(expanded(column, tuple(sizes)))
    return tuple(grids)


def _common(a: tuple[int, ...], b: tuple[int, ...]) -> tuple[int, ...]:
    """Return the shape that two shapes are broadcast to, with torch's sentence where they do not fit."""
    try:
        return np.broadcast_shapes(a, b)
    except ValueError:
        raise RuntimeError(size_mismatch(*(np.broadcast_to(0, s) for s in (a, b)))) from None


functions |= {
    "cat": concatenate,
    "concat": concatenate,
    "concatenate": concatenate,
    "stack": stacked,
    "hstack": hstack,
    "vstack": vstack,
    "row_stack": vstack,
    "dstack": dstack,
    "column_stack": column_stack,
    "atleast_1d": atleast_1d,
    "atleast_2d": atleast_2d,
    "atleast_3d": atleast_3d,
    "broadcast_shapes": broadcast_shapes,
    "broadcast_tensors": broadcast_tensors,
    "meshgrid": meshgrid,
}
