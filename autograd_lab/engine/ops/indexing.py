"""Elements that tensors of indices and masks name: taken out, and written to."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..node import Node, check_unwritten
from ..operation import Operation
from ..plan import versions
from ..register import method, register
from ..tensor import Tensor, wrap
from .dims import expands_to
from .gathering import zeros_for
from .inplace import SHARED_WITH_INPUT, meet, write

Indices = tuple["Tensor | None", ...]
"""Per dimension a tensor of indices, or None for all of the dimension; a mask counts for all of its."""


class IndexNode(Node):
    """A node that keeps tensors of indices, which must not be written to either."""

    __slots__ = ("then",)
    then: tuple[int, ...]
    """The write counters of the tensors of indices."""

    def gradients(self, grad: Any, as_tensors: bool) -> list[Any]:
        """Return the gradients of the inputs, unless indices were written to."""
        indices = self._plain[self._plan.plain_names.index("indices")]
        for tensor, then in zip(indices, self.then, strict=True):
            if tensor is not None:
                check_unwritten(tensor, then)
        return super().gradients(grad, as_tensors)


class Indexing(Operation):
    """An operation on elements that tensors name."""

    kind = IndexNode

    def record(self, output: Tensor, args: Any, *rest: Any, **named: Any) -> None:
        """Record as any operation does, and the write counters of the indices."""
        super().record(output, args, *rest, **named)
        if isinstance(output._grad_fn, IndexNode):
            versions([i for i in args[1] if i is not None])  # raises for some
            counters = [None if i is None else i._counter for i in args[1]]
            output._grad_fn.then = tuple([c[0] if c else 0 for c in counters])


class Index(Indexing):
    """Return the elements of `self` that tensors of indices and masks name."""

    public = False
    node = "IndexBackward0"
    derivative = dict(
        self=(
            "grad added at those elements, 0 elsewhere",
            lambda grad, self_sym_sizes, indices: index_put(
                zeros_for(grad, self_sym_sizes), indices, grad, True
            ),
        )
    )

    @staticmethod
    def forward(self: Any, indices: Indices) -> Any:
        return self[fitted(indices, self.shape)]


index: Operation = register(Index)


class IndexPut(Indexing):
    """Return `self` with `values` written (or added) to the elements that `indices` name."""

    node = "IndexPutBackward0"
    derivative = dict(
        self=(
            "grad, 0 at those elements unless adding",
            lambda grad, indices, accumulate: (
                grad if accumulate else index_put(grad, indices, _zero(grad), False)
            ),
        ),
        values=("grad at those elements", lambda grad, indices: index(grad, indices)),
    )

    @staticmethod
    def forward(self: Any, indices: Indices, values: Any, accumulate: bool = False) -> Any:
        where = fitted(indices, self.shape)
        out = np.array(self)
        if not expands_to(values.shape, out[where].shape):
            raise RuntimeError(
                f"shape mismatch: value tensor of shape {list(values.shape)} cannot be broadcast to "
                f"indexing result of shape {list(out[where].shape)}"
            )
        if self.dtype != values.dtype:
            mine, other = wrap(self).dtype.class_name, wrap(values).dtype.class_name
            raise RuntimeError(
                "Index put requires the source and destination dtypes match, got "
                f"{mine} for the destination and {other} for the source."
            )
        if accumulate:
            np.add.at(out, where, values)
        else:
            out[where] = values
        return out

    def changed(self, arrays: Any, data: Any) -> Any:
        """Tell the shape of `values`, which may have been broadcast."""
        return None, (tuple(arrays[2].shape), arrays[2].dtype)

    def apply(self, *args: Any) -> Any:
        """Run as any operation does, but let the gradient of `values` be summed to its shape."""
        arrays = [a._data if isinstance(a, Tensor) else a for a in args]
        tracked = any(isinstance(a, Tensor) and a._requires_grad for a in args)
        data = self.compute(arrays)
        return self.finish(wrap(data), args, tracked, self.changed(arrays, data))


index_put: Operation = register(IndexPut)


def _zero(like: Any) -> Any:
    return zeros_for(like, ())


def fitted(indices: Indices, shape: tuple[int, ...]) -> tuple[Any, ...]:
    """Return the NumPy index for `indices`; raise what torch raises if they do not fit `shape`."""
    where: list[Any] = []
    for number, each in enumerate(indices):
        if each is None:
            where.append(slice(None))
            continue
        array = each._data
        if array.dtype.name not in ("int64", "int32", "uint8", "bool"):
            raise IndexError("tensors used as indices must be long, int, byte or bool tensors")
        if array.dtype in (np.bool_, np.uint8):
            _check_mask(array, number, len(where), shape)
            where.extend(np.nonzero(array))
        else:
            where.append(array)
    if len(where) > len(shape):
        raise IndexError(
            f"too many indices for tensor of dimension {len(shape)} (got {len(where)})"
        )
    _check_range(where, shape)
    return tuple(where)


def _check_mask(mask: Any, number: int, dim: int, shape: tuple[int, ...]) -> None:
    for d in range(mask.ndim):
        if dim + d >= len(shape) or mask.shape[d] != shape[dim + d]:
            raise IndexError(
                f"The shape of the mask {list(mask.shape)} at index {d} does not match the shape of "
                f"the indexed tensor {list(shape)} at index {dim + d}"
            )


def _check_range(where: list[Any], shape: tuple[int, ...]) -> None:
    arrays = [w for w in where if not isinstance(w, slice)]
    try:
        np.broadcast_shapes(*[a.shape for a in arrays])
    except ValueError:
        shapes = ", ".join(str(list(a.shape)) for a in arrays)
        raise IndexError(
            f"shape mismatch: indexing tensors could not be broadcast together with shapes {shapes}"
        ) from None
    for dim, each in enumerate(where):
        if isinstance(each, slice):
            continue
        size = shape[dim]
        if not size and each.size:
            raise IndexError("index is out of bounds for dimension with size 0")
        for wrong in each[(each < -size) | (each >= size)].ravel()[:1]:
            raise IndexError(f"index {wrong} is out of bounds for dimension {dim} with size {size}")


def index_put_(self: Tensor, indices: Indices, values: Tensor, accumulate: bool = False) -> Tensor:
    """Write (or add) `values` to the elements that `indices` name."""
    return write(index_put, self, tuple(indices), values, accumulate, apart=check_apart)


def check_apart(buffer: Any, inputs: tuple[Any, ...]) -> None:
    """Raise if indices or values share memory with what is written to."""
    indices, values, _ = inputs
    for each in (values, *indices):
        if each is not None and (each._data is buffer or meet(each._data, buffer)):
            raise RuntimeError(SHARED_WITH_INPUT)


method("index_put_", index_put_)
