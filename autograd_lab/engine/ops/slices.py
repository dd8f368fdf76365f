"""Slices picked by a vector of indices, and written to: index_select, index_add, index_copy, index_fill."""

from __future__ import annotations

from typing import Any

import numpy as np

from .. import dtypes
from ..operation import Operation
from ..register import register
from .dims import some_dims, window, wrap_dim
from .gathering import zeros_for
from .inplace import in_place

NO_VECTOR = {
    "index_select": (IndexError, "index_select(): Index is supposed to be a vector"),
    "index_add": (
        IndexError,
        "index_add_(): Index is supposed to be a vector, but got dim: {dims} with type: {kind} and "
        "size: {size}",
    ),
    "index_fill": (RuntimeError, "Index has to be a vector/scalar"),
    "index_copy": (IndexError, "index_copy_(): Index should have dimension 1 or 0 (got {dims})"),
}
NO_INDICES = {
    "index_select": (RuntimeError, "index_select(): Expected dtype int32 or int64 for index"),
    "index_add": (
        RuntimeError,
        "index_add_(): Expected dtype int32/int64 for index but got: {kind}",
    ),
    "index_fill": (IndexError, "index_fill_(): Expected dtype int64 for index."),
    "index_copy": (RuntimeError, "index_copy_(): Expected a long tensor for index, but got {kind}"),
}


def check_vector(name: str, index: Any) -> Any:
    """Return an index as a vector; raise what torch raises if it is none, or none of integers."""
    kind = dtypes.of_numpy(index.dtype).class_name
    least = 8 if name in ("index_fill", "index_copy") else 4
    known = index.dtype.kind == "i" and index.dtype.itemsize >= least
    if index.ndim > 1 or not known:
        kind_first = name == "index_fill" and not known
        error, text = (NO_INDICES if kind_first or index.ndim <= 1 else NO_VECTOR)[name]
        raise error(text.format(dims=index.ndim, kind=kind, size=list(index.shape)))
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

    named_only = 1
    node = "IndexAddBackward0"
    derivative = dict(
        self=("grad", lambda grad: grad),
        source=(
            "grad of those slices · alpha",
            lambda grad, dim, index, source, alpha: index_select(grad, dim, index) * alpha,
        ),
    )
    keeps = ("source_dim",)

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
        if np.ndim(value):
            raise RuntimeError(
                "index_fill_ only supports a 0-dimensional value tensor, but got tensor with "
                f"{value.ndim} dimension(s)."
            )
        out = np.array(self).reshape(self.shape or (1,))
        vector = check_vector("index_fill", index)
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
            lambda grad, dim, index, source: index_select(grad, dim, index),
        ),
    )
    keeps = ("source_dim",)

    @staticmethod
    def forward(self: Any, dim: int, index: Any, source: Any) -> Any:
        dim = wrap_dim(dim, self.ndim)
        vector = check_vector("index_copy", index)
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


for _name in ("index_add", "index_fill", "index_copy"):
    in_place(_name)
