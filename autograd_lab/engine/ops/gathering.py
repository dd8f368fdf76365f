"""Elements picked by tensors of indices, and put back: gather, scatter, index_select, take, masks."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..operation import Operation
from ..register import expose, register
from ..tensor import Tensor, wrap
from .dims import wrap_dim
from .inplace import in_place
from .shape import expanded, viewed


def zeros_for(like: Any, sizes: tuple[int, ...]) -> Any:
    """Return zeros of shape `sizes`: a tensor if `like` is one, else an array; in its dtype."""
    if isinstance(like, Tensor):
        return wrap(np.zeros(sizes, like._data.dtype))
    return np.zeros(sizes, like.dtype)


def places(index: Any, dim: int) -> tuple[Any, ...]:
    """Return the NumPy index that follows `index` along `dim` and counts along the others."""
    mesh = list(np.ogrid[tuple(slice(n) for n in index.shape)])
    mesh[dim] = index
    return tuple(mesh)


def checked(name: str, self: Any, dim: int, index: Any, src: Any = None) -> int:
    """Return `dim` from the front; raise what torch raises about an index that does not fit."""
    dim = wrap_dim(dim, self.ndim)
    if index.dtype.kind != "i" or index.dtype.itemsize < 4:
        raise RuntimeError(f"{name}(): Expected dtype int32/int64 for index")
    if not index.size:
        return dim
    if max(index.ndim, 1) != max(self.ndim, 1):
        kind = "input" if name == "gather" else "self"
        raise RuntimeError(f"Index tensor must have the same number of dimensions as {kind} tensor")
    for d in range(self.ndim):
        if d != dim and index.ndim and index.shape[d] > self.shape[d]:
            where = f"Size does not match at dimension {d} e" if name == "gather" else "E"
            limit = f"self {list(self.shape)} apart from dimension {dim}"
            if src is not None:
                limit += f" and to be no larger size than src {list(src.shape)}"
            raise RuntimeError(
                f"{where}xpected index {list(index.shape)} to be no larger than {limit}"
            )
    size = self.shape[dim] if self.ndim else 1
    for wrong in index[(index < 0) | (index >= size)].ravel()[:1]:
        raise RuntimeError(f"index {wrong} is out of bounds for dimension {dim} with size {size}")
    return dim


class Gather(Operation):
    """Return `self` at the positions `index` along dimension `dim`."""

    named_only = 1
    node = "GatherBackward0"
    derivative = dict(
        self=(
            "grad added at those positions, 0 elsewhere",
            lambda grad, self, dim, index: scatter_add(
                zeros_for(grad, tuple(self.shape)), dim, index, grad
            ),
        )
    )

    @staticmethod
    def forward(self: Any, dim: int, index: Any, sparse_grad: bool = False) -> Any:
        dim = checked("gather", self, dim, index)
        if not index.size:
            return np.empty(index.shape, self.dtype)
        if not self.ndim or not index.ndim:
            return np.reshape(np.reshape(self, -1)[np.reshape(index, -1)], index.shape)
        return self[places(index, dim)]


gather: Operation = register(Gather)


def check_source(name: str, self: Any, dim: int, index: Any, src: Any) -> None:
    """Raise what torch raises about a `src` that does not fit `index`."""
    if self.dtype != src.dtype:
        raise RuntimeError(f"{name}(): Expected self.dtype to be equal to src.dtype")
    if not index.size:
        return
    if max(index.ndim, 1) != max(src.ndim, 1):
        raise RuntimeError("Index tensor must have the same number of dimensions as src tensor")
    if any(index.shape[d] > src.shape[d] for d in range(min(index.ndim, src.ndim))):
        raise RuntimeError(
            f"Expected index {list(index.shape)} to be no larger than self {list(self.shape)} apart "
            f"from dimension {dim} and to be no larger size than src {list(src.shape)}"
        )


def gathered(node: str, grad: Any, dim: int, index: Any, sizes: tuple[int, ...]) -> Any:
    """Return the gradient of a `src` of shape `sizes`; RuntimeError, as torch, if `index` is smaller."""
    part = gather(grad, dim, index, False)
    if tuple(part.shape) != sizes:
        raise RuntimeError(
            f"Function {node} returned an invalid gradient at index 1 - got {list(part.shape)} but "
            f"expected shape compatible with {list(sizes)}"
        )
    return part


class ScatterAdd(Operation):
    """Return `self` with `src` added at the positions `index` along dimension `dim`."""

    node = "ScatterAddBackward0"
    derivative = dict(
        self=("grad", lambda grad: grad),
        src=(
            "grad at those positions",
            lambda grad, dim, index, src_sym_sizes: gathered(
                "ScatterAddBackward0", grad, dim, index, src_sym_sizes
            ),
        ),
    )

    @staticmethod
    def forward(self: Any, dim: int, index: Any, src: Any) -> Any:
        dim = checked("scatter", self, dim, index, src)
        check_source("scatter", self, dim, index, src)
        out = np.array(np.reshape(self, -1) if not self.ndim or not index.ndim else self)
        if index.size:
            index = np.reshape(index, -1) if out.ndim != index.ndim else index
            part = np.reshape(src, -1) if not np.ndim(src) else src
            np.add.at(out, places(index, dim), part[tuple(slice(n) for n in index.shape)])
        return np.reshape(out, self.shape)


scatter_add: Operation = register(ScatterAdd)


def take_along_dim(self: Tensor, indices: Tensor, dim: int | None = None) -> Any:
    """Return `self` at the positions `indices` along `dim`; both are broadcast in the other ones."""
    if dim is None:
        return gather.apply(viewed(self, -1), 0, viewed(indices, -1), False)
    if self.ndim != indices.ndim:
        raise RuntimeError(
            "torch.take_along_dim(): input and indices should have the same number of dimensions, "
            f"but got {self.ndim} dimensions for input, and {indices.ndim} dimensions for indices"
        )
    if indices._data.dtype != np.int64:
        raise RuntimeError(
            "torch.take_along_dim(): dtype of indices should be Long but got "
            f"{indices.dtype.class_name}"
        )
    dim = wrap_dim(dim, self.ndim)

    def aligned(one: Tensor, other: Tensor) -> Any:
        sizes = [max(n, m) if n and m else 0 for n, m in zip(one.shape, other.shape, strict=True)]
        sizes[dim] = one.shape[dim]
        return expanded(one, tuple(sizes))

    return gather.apply(aligned(self, indices), dim, aligned(indices, self), False)


expose("take_along_dim", take_along_dim)
in_place("scatter_add")
