"""Elements picked by tensors of indices, and put back: gather, scatter, index_select, take, masks."""

from __future__ import annotations

from typing import Any

import numpy as np

from .. import dtypes
from ..operation import Operation, size_mismatch
from ..register import expose, method, register
from ..tensor import Tensor, wrap
from .dims import some_dims, window, wrap_dim
from .inplace import in_place, write
from .shape import expanded, viewed
from .strided import put_flat


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


class ScatterTensor(Operation):
    """Return `self` with `src` written to the positions `index` along dimension `dim`."""

    public = False
    node = "ScatterBackward0"
    derivative = dict(
        self=(
            "grad, 0 at those positions",
            lambda grad, dim, index: scatter_number(grad, dim, index, 0),
        ),
        src=(
            "grad at those positions",
            lambda grad, dim, index, src_sym_sizes: gathered(
                "ScatterBackward0", grad, dim, index, src_sym_sizes
            ),
        ),
    )

    @staticmethod
    def forward(self: Any, dim: int, index: Any, src: Any) -> Any:
        dim = checked("scatter", self, dim, index, src)
        check_source("scatter", self, dim, index, src)
        return scattered(self, dim, index, src)


scatter_tensor = register(ScatterTensor)


class ScatterNumber(Operation):
    """Return `self` with a number written to the positions `index` along dimension `dim`."""

    public = False
    node = "ScatterBackward1"
    derivative = dict(
        self=(
            "grad, 0 at those positions",
            lambda grad, dim, index: scatter_number(grad, dim, index, 0),
        )
    )

    @staticmethod
    def forward(self: Any, dim: int, index: Any, value: Any) -> Any:
        dim = checked("scatter", self, dim, index)
        return scattered(self, dim, index, np.broadcast_to(self.dtype.type(value), index.shape))


scatter_number: Operation = register(ScatterNumber)


def scattered(self: Any, dim: int, index: Any, src: Any) -> Any:
    """Return a copy of `self` with `src` written to the positions `index`."""
    if not index.size:
        return np.array(self)
    out = np.array(self).reshape(self.shape or (1,))
    index, src = (np.reshape(a, a.shape or (1,)) for a in (index, src))
    out[places(index, dim)] = src[tuple(slice(n) for n in index.shape)]
    return out.reshape(self.shape)


def _scatter_arguments(src: Any, value: Any) -> tuple[Operation, Any]:
    given = src if value is None else value
    return (scatter_tensor if isinstance(given, Tensor) else scatter_number), given


def scatter(self: Tensor, dim: int, index: Tensor, src: Any = None, value: Any = None) -> Any:
    """Return `self` with `src` (a tensor or a number) written to the positions `index` along `dim`."""
    op, given = _scatter_arguments(src, value)
    return op.apply(self, dim, index, given)


def scatter_(self: Tensor, dim: int, index: Tensor, src: Any = None, value: Any = None) -> Any:
    """Write `src` (a tensor or a number) to the positions `index` along `dim` of this tensor."""
    op, given = _scatter_arguments(src, value)
    return write(op, self, dim, index, given)


def check_vector(name: str, index: Any) -> Any:
    """Return an index as a vector; raise what torch raises if it is none."""
    if index.ndim > 1:
        raise IndexError(f"{name}(): Index is supposed to be a vector")
    if index.dtype.kind != "i" or index.dtype.itemsize < 4:
        raise RuntimeError(f"{name}(): Expected dtype int32 or int64 for index")
    return np.reshape(index, -1)


def check_bounds(kind: type[Exception], name: str, vector: Any, dim: int, size: int) -> None:
    """Raise `kind` for the first index outside a dimension of `size`."""
    for wrong in vector[(vector < 0) | (vector >= size)][:1]:
        raise kind(f"{name}index {wrong} is out of bounds for dimension {dim} with size {size}")


class IndexSelect(Operation):
    """Return the slices of dimension `dim` that the vector `index` names."""

    node = "IndexSelectBackward0"
    derivative = dict(
        self=(
            "grad added to those slices, 0 elsewhere",
            lambda grad, self_sym_sizes, dim, index: add_slices(
                zeros_for(grad, self_sym_sizes), dim, index, grad
            ),
        )
    )

    @staticmethod
    def forward(self: Any, dim: int, index: Any) -> Any:
        dim = wrap_dim(dim, self.ndim)
        vector = check_vector("index_select", index)
        size = self.shape[dim] if self.ndim else 1
        if not self.ndim and vector.size != 1:
            raise RuntimeError(
                f"index_select(): Index to scalar can have only 1 value, got {vector.size} value(s)"
            )
        for wrong in vector[(vector < 0) | (vector >= size)][:1]:
            if self.ndim < 2:
                raise IndexError("index out of range in self")
            raise RuntimeError(f"INDICES element is out of DATA bounds, id={wrong} axis_dim={size}")
        return np.take(self, vector, dim) if self.ndim else np.array(self)


index_select: Operation = register(IndexSelect)


def add_slices(whole: Any, dim: int, index: Any, part: Any) -> Any:
    """Return `whole` with `part` added to the slices that `index` names, once per mention."""
    return index_add(whole, dim, index, part, 1) if whole.ndim else whole + part


class IndexAdd(Operation):
    """Return `self` with `alpha · source` added to the slices of `dim` that `index` names."""

    node = "IndexAddBackward0"
    derivative = dict(
        self=("grad", lambda grad: grad),
        source=(
            "grad of those slices · alpha",
            lambda grad, dim, index, alpha: index_select(grad, dim, index) * alpha,
        ),
    )

    @staticmethod
    def forward(self: Any, dim: int, index: Any, source: Any, alpha: Any = 1) -> Any:
        dim = wrap_dim(dim, self.ndim)
        vector = check_vector("index_add", index)
        if not source.ndim and (self.ndim or vector.size != 1):
            some_dims(source, dim)
        count = source.shape[dim] if source.ndim else 1
        if vector.size != count:
            raise RuntimeError(
                f"index_add_(): Number of indices ({vector.size}) should be equal to "
                f"source.size(dim): ({count}), for dim: {dim}"
            )
        out = np.array(self).reshape(self.shape or (1,))
        if self.dtype != source.dtype:
            mine, other = (dtypes.of_numpy(a.dtype).class_name for a in (self, source))
            raise RuntimeError(
                f"index_add_(): self ({mine}) and source ({other}) must have the same scalar type"
            )
        check_bounds(RuntimeError, "", vector, dim, out.shape[dim])
        np.add.at(out, window(out.ndim, dim, vector), alpha * source)
        return out.reshape(self.shape)


index_add: Operation = register(IndexAdd)


class IndexFill(Operation):
    """Return `self` with a number in the slices of `dim` that `index` names."""

    node = "IndexFillBackward0"
    derivative = dict(
        self=(
            "grad, 0 in those slices",
            lambda grad, dim, index: index_fill(grad, dim, index, 0),
        )
    )

    @staticmethod
    def forward(self: Any, dim: int, index: Any, value: Any) -> Any:
        out = np.array(self).reshape(self.shape or (1,))
        vector = check_vector("index_fill_", index)
        check_bounds(IndexError, "", vector, wrap_dim(dim, self.ndim), out.shape[dim])
        out[window(out.ndim, wrap_dim(dim, self.ndim), vector)] = value
        return out.reshape(self.shape)


index_fill: Operation = register(IndexFill)


class IndexCopy(Operation):
    """Return `self` with `source` in the slices of `dim` that `index` names."""

    node = "IndexCopyBackward0"
    derivative = dict(
        self=(
            "grad, 0 in those slices",
            lambda grad, dim, index: index_fill(grad, dim, index, 0),
        ),
        source=(
            "grad of those slices",
            lambda grad, dim, index: index_select(grad, dim, index),
        ),
    )

    @staticmethod
    def forward(self: Any, dim: int, index: Any, source: Any) -> Any:
        dim = wrap_dim(dim, self.ndim)
        vector = check_vector("index_copy_", index)
        if not source.ndim and vector.size != 1:
            raise IndexError(
                "index_copy_(): When source is scalar, index should have one element "
                f"(got {vector.size})"
            )
        if source.ndim and vector.size != source.shape[dim]:
            raise IndexError(
                f"index_copy_(): Number of indices ({vector.size}) should be equal to "
                f"source.size(dim) ({source.shape[dim]})"
            )
        out = np.array(self).reshape(self.shape or (1,))
        check_bounds(IndexError, "index_copy_(): ", vector, dim, out.shape[dim])
        out[window(out.ndim, dim, vector)] = source
        return out.reshape(self.shape)


index_copy = register(IndexCopy)


class Take(Operation):
    """Return the elements of `self`, counted in row order, at `index`."""

    node = "TakeBackward0"
    derivative = dict(
        self=(
            "grad added at those places, 0 elsewhere",
            lambda grad, self, index: put_flat(grad, numbers(index), tuple(self.shape)),
        )
    )

    @staticmethod
    def forward(self: Any, index: Any) -> Any:
        if index.dtype != np.int64:
            kind = dtypes.of_numpy(index.dtype).class_name
            raise RuntimeError(f"take(): Expected a long tensor for index, but got {kind}")
        if not self.size and index.size:
            raise IndexError("take(): tried to take from an empty tensor")
        for wrong in np.reshape(index, -1)[
            np.reshape((index < -self.size) | (index >= self.size), -1)
        ]:
            raise IndexError(
                f"out of range: tried to access index {wrong} on a tensor of {self.size} elements."
            )
        return np.reshape(self, -1)[index]


take = register(Take)


def numbers(index: Any) -> Any:
    """Return an index as an array, whether it comes as a tensor or as an array."""
    return index._data if isinstance(index, Tensor) else index


class MaskedSelect(Operation):
    """Return, in one dimension, the elements of `self` where the mask is true."""

    node = "MaskedSelectBackward0"
    derivative = dict(
        self=(
            "grad where the mask is true, 0 elsewhere",
            lambda grad, self, mask: put_flat(
                grad, masked_places(tuple(self.shape), numbers(mask)), tuple(self.shape)
            ),
        )
    )

    @staticmethod
    def forward(self: Any, mask: Any) -> Any:
        if mask.dtype != bool:
            raise RuntimeError("masked_select: expected BoolTensor for mask")
        try:
            values, mask = np.broadcast_arrays(self, mask)
        except ValueError:
            raise RuntimeError(size_mismatch(mask, self)) from None
        return values[mask]


masked_select = register(MaskedSelect)


def masked_places(sizes: tuple[int, ...], mask: Any) -> Any:
    """Return where in a tensor of shape `sizes`, in row order, the selected elements lie."""
    counted = np.arange(np.prod(sizes, dtype=int)).reshape(sizes)
    counted, mask = np.broadcast_arrays(counted, mask)
    return counted[mask]


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


def nonzero(self: Tensor, *, as_tuple: bool = False) -> Any:
    """Return the positions of the elements that are not 0: one row each, or one vector per dimension."""
    found = np.argwhere(self._data)
    if not as_tuple:
        return wrap(found.astype(np.int64))
    rows = found if self.ndim else np.zeros((len(np.atleast_1d(self._data).nonzero()[0]), 1))
    return tuple(wrap(column.astype(np.int64)) for column in rows.T)


def argwhere(self: Tensor) -> Any:
    """Return the positions of the elements that are not 0, one row each."""
    return nonzero(self)


expose("scatter", scatter)
expose("take_along_dim", take_along_dim)
expose("nonzero", nonzero)
expose("argwhere", argwhere)
method("scatter_", scatter_)
for _name in ("scatter_add", "index_add", "index_fill", "index_copy"):
    in_place(_name)
