"""Products of vectors and matrices, one at a time or in batches."""

from __future__ import annotations

import math
import operator
from typing import Any

import numpy as np

from .. import dtypes
from ..operation import Operation, size_mismatch
from ..register import method, register
from ..short import on_two
from ..tensor import Tensor
from ..unary import only_for
from .copying import contiguous
from .shape import expand, reshape, t, unsafe_view
from .spelling import public
from .squeezing import squeeze, unsqueeze
from .transposing import transpose


def dtype_name(array: Any) -> str:
    """Return torch's name for an array's dtype, such as `"Float"`."""
    return dtypes.of_numpy(array.dtype).class_name


def check_same_length(self: Any, other: Any) -> None:
    """Raise unless both are vectors of one length and dtype."""
    if self.ndim != 1 or other.ndim != 1:
        raise RuntimeError(f"1D tensors expected, but got {self.ndim}D and {other.ndim}D tensors")
    if self.dtype != other.dtype:
        raise RuntimeError(
            "dot : expected both vectors to have same dtype, but found "
            f"{dtype_name(self)} and {dtype_name(other)}"
        )
    if self.size != other.size:
        raise RuntimeError(
            f"inconsistent tensor size, expected tensor [{self.size}] and src [{other.size}] to "
            f"have the same number of elements, but got {self.size} and {other.size} elements "
            "respectively"
        )


class Dot(Operation):
    """Return the inner product of two vectors."""

    node = "DotBackward0"
    derivative = dict(
        self=("grad · tensor", lambda grad, tensor: grad * tensor),
        tensor=("grad · self", lambda grad, self: grad * self),
    )

    @staticmethod
    def forward(self: Any, tensor: Any) -> Any:
        check_same_length(self, tensor)
        return np.dot(self, tensor)


class Vdot(Operation):
    """Return the inner product of two vectors."""

    node = "VdotBackward0"
    derivative = dict(
        self=("grad · other", lambda grad, other: grad * other),
        other=("grad · self", lambda grad, self: grad * self),
    )

    @staticmethod
    def forward(self: Any, other: Any) -> Any:
        check_same_length(self, other)
        return np.dot(self, other)


dot, vdot = register(Dot), register(Vdot)


class Mm(Operation):
    """Return the product of two matrices."""

    node = "MmBackward0"
    derivative = dict(
        self=("grad @ mat2ᵀ", lambda grad, mat2: mm(grad, t(mat2))),
        mat2=("selfᵀ @ grad", lambda grad, self: mm(t(self), grad)),
    )
    keeps = ("self_sym_sizes", "self_sym_strides", "mat2_sym_sizes", "mat2_sym_strides")

    @staticmethod
    def forward(self: Any, mat2: Any) -> Any:
        check_matrices(self, mat2, "self")
        if self.dtype is not mat2.dtype:
            raise RuntimeError(
                "expected m1 and m2 to have the same dtype, but got: "
                f"{dtypes.of_numpy(self.dtype).c_name} != {dtypes.of_numpy(mat2.dtype).c_name}"
            )
        return self @ mat2


mm: Operation = register(Mm)


def are_matrices(x: Any, y: Any) -> bool:
    """Return whether two arrays are float matrices of one dtype that can be multiplied."""
    return (
        type(x) is type(y) is np.ndarray
        and x.dtype is y.dtype
        and x.dtype.kind == "f"
        and x.ndim == y.ndim == 2
        and x.shape[1] == y.shape[0]
    )


mm_of_two = on_two(mm, alike=are_matrices, forward=operator.matmul)


def check_matrices(first: Any, second: Any, name: str, got: str = "") -> None:
    """Raise unless both are matrices that can be multiplied."""
    for each, called in ((first, name), (second, "mat2")):
        if each.ndim != 2:
            raise RuntimeError(f"{called} must be a matrix{got.format(each.ndim)}")
    if first.shape[1] != second.shape[0]:
        (n, k), (k2, m) = first.shape, second.shape
        raise RuntimeError(f"mat1 and mat2 shapes cannot be multiplied ({n}x{k} and {k2}x{m})")
    only_for("fiu", "addmm_impl_cpu_", first)


def outer_product(first: Any, second: Any) -> Any:
    """Return all products of an element of one vector and one of another."""
    return unsqueeze(first, 1) * unsqueeze(second, 0)


class Mv(Operation):
    """Return the product of a matrix and a vector."""

    node = "MvBackward0"
    derivative = dict(
        self=("grad ⊗ vec", lambda grad, vec: outer_product(grad, vec)),
        vec=("selfᵀ @ grad", lambda grad, self: mv(t(self), grad)),
    )

    @staticmethod
    def forward(self: Any, vec: Any) -> Any:
        if not self.ndim:
            raise IndexError("Dimension specified as 0 but tensor has no dimensions")
        check_matrix_vector(self.shape[:1], self, vec, 1)
        return self @ vec


mv: Operation = register(Mv)


def check_matrix_vector(size: Any, mat: Any, vec: Any, ndim: int) -> None:
    """Raise unless a matrix, a vector and a vector of shape `size` to add the product to fit."""
    if ndim != 1 or mat.ndim != 2 or vec.ndim != 1:
        raise RuntimeError(f"vector + matrix @ vector expected, got {ndim}, {mat.ndim}, {vec.ndim}")
    if mat.shape[1] != vec.shape[0] or size[0] not in (1, mat.shape[0]):
        raise RuntimeError(
            f"size mismatch, got input ({size[0]}), mat ({mat.shape[0]}x{mat.shape[1]}), "
            f"vec ({vec.shape[0]})"
        )
    if mat.dtype != vec.dtype:
        raise RuntimeError(
            "addmv input tensors must have the same dtype, but got "
            f"{dtype_name(vec)}, {dtype_name(mat)}, and {dtype_name(vec)}"
        )


class Bmm(Operation):
    """Return the products of two batches of matrices, one by one."""

    node = "BmmBackward0"
    derivative = dict(
        self=("grad @ mat2ᵀ", lambda grad, mat2: bmm(grad, transpose(mat2, 1, 2))),
        mat2=("selfᵀ @ grad", lambda grad, self: bmm(transpose(self, 1, 2), grad)),
    )

    @staticmethod
    def forward(self: Any, mat2: Any) -> Any:
        check_batches(self, mat2)
        return self @ mat2


bmm: Operation = register(Bmm)


def check_batches(first: Any, second: Any) -> None:
    """Raise unless both are batches of matrices that can be multiplied."""
    for i, batch in enumerate((first, second), 1):
        if batch.ndim != 3:
            raise RuntimeError(f"batch{i} must be a 3D tensor")
    wanted = [first.shape[0], first.shape[2]]
    if list(second.shape[:2]) != wanted:
        raise RuntimeError(
            f"Expected size for first two dimensions of batch2 tensor to be: {wanted} but got: "
            f"{list(second.shape[:2])}."
        )
    if first.dtype != second.dtype:
        raise RuntimeError(
            f"expected scalar type {dtype_name(first)} but found {dtype_name(second)}"
        )


class SqueezeResult(Operation):
    """Drop the dimension `dim` that a product of vectors needed; memory of its own."""

    public = False
    node = "SqueezeBackward4"
    derivative = dict(self=("grad with that dimension", lambda grad, dim: unsqueeze(grad, dim)))

    @staticmethod
    def forward(self: Any, dim: int) -> Any:
        return np.squeeze(self, dim)


squeeze_result = register(SqueezeResult)


@public("matmul")
def matmul(self: Any, other: Any) -> Any:
    """Return the matrix product of vectors, matrices and batches of these, in any combination."""
    if not isinstance(other, Tensor):
        raise TypeError(
            f"matmul(): argument 'other' (position 2) must be Tensor, not {type(other).__name__}"
        )
    ranks = (self._data.ndim, other._data.ndim)
    if ranks == (2, 2):
        return mm_of_two(self, other)
    if 0 in ranks:
        raise RuntimeError(
            f"both arguments to matmul need to be at least 1D, but they are {ranks[0]}D and {ranks[1]}D"
        )
    if ranks == (1, 1):
        return dot.apply(self, other)
    if ranks == (2, 1):
        return mv.apply(self, other)
    if ranks == (1, 2):
        return squeeze_result.apply(mm.apply(unsqueeze.apply(self, 0), other), 0)
    if ranks == (3, 3):
        self, other = without_batch(self, other), without_batch(other, self)
    if folds(self, other):
        return folded(self, other)
    return batched(self, other)


method(
    "__matmul__",
    lambda self, other: matmul(self, other) if isinstance(other, Tensor) else NotImplemented,
)


def without_batch(one: Tensor, many: Tensor) -> Tensor:
    """Return the matrix of a batch of one, if it meets a larger batch and needs a gradient."""
    alone = one._data.shape[0] == 1 != many._data.shape[0] and one._requires_grad
    return squeeze.apply(one, 0) if alone else one


def folds(self: Tensor, other: Tensor) -> bool:
    """Return whether a batch times one matrix or vector is computed as one tall matrix times it.

    That spares the gradient of the smaller one a batch of its own; without such a gradient it is only
    done where it needs no copy.
    """
    swapped = self.ndim < other.ndim
    large, small = (other, self) if swapped else (self, other)
    if small.ndim > 2:
        return False
    if small._requires_grad:
        return True
    if self.ndim == 2:
        return False
    array = np.swapaxes(large._data, -1, -2) if swapped else large._data
    return not array.size or all(
        array.strides[i] == array.strides[i + 1] * array.shape[i + 1] for i in range(array.ndim - 2)
    )


def folded(self: Tensor, other: Tensor) -> Any:
    """Multiply a batch with one matrix or vector, the batch laid out as one tall matrix."""
    swapped = self.ndim < other.ndim
    large, small = self, other
    if swapped:
        large, small = transpose.apply(other, -2, -1), t.apply(self) if self.ndim == 2 else self
    *batch, inner = large.shape
    tall = reshape(large, (math.prod(batch), inner))
    if small.ndim == 1:
        return unsafe_view.apply(mv.apply(tall, small), tuple(batch))
    result = unsafe_view.apply(mm.apply(tall, small), (*batch, small.shape[1]))
    return contiguous(transpose.apply(result, -2, -1)) if swapped else result


def batched(self: Tensor, other: Tensor) -> Any:
    """Multiply two batches, one matrix with one matrix, after broadcasting the batches."""
    n, m = (1, *self.shape)[-2:] if self.ndim == 1 else self.shape[-2:]
    rows, columns = (other.shape[0], 1) if other.ndim == 1 else other.shape[-2:]
    batch = broadcast(tuple(self.shape[:-2]), tuple(other.shape[:-2]))
    count = math.prod(batch)
    first = reshape(expand.apply(self, (*batch, n, m)), (count, n, m))
    if other.ndim == 1:
        second = reshape(expand.apply(other, (*batch, rows)), (count, rows))
        product = bmm.apply(first, unsqueeze.apply(second, 2))
        return unsafe_view.apply(squeeze.apply(product, -1), (*batch, n))
    second = reshape(expand.apply(other, (*batch, rows, columns)), (count, rows, columns))
    size = (*batch, columns) if self.ndim == 1 else (*batch, n, columns)
    return unsafe_view.apply(bmm.apply(first, second), size)


def broadcast(first: tuple[int, ...], second: tuple[int, ...]) -> tuple[int, ...]:
    """Return the shape two shapes broadcast to, or say where they do not fit."""
    try:
        return np.broadcast_shapes(first, second)
    except ValueError:
        raise RuntimeError(size_mismatch(np.empty(first), np.empty(second))) from None
