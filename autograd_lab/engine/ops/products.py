"""Products made of others: `outer`, `addmm` and its kin, `inner`, `tensordot`, `kron`, `cross`, `trace`."""

from __future__ import annotations

import math
import warnings
from collections.abc import Sequence
from typing import Any, ClassVar

import numpy as np

from ..operation import Operation
from ..register import functions, method, register
from ..tensor import Tensor, wrap
from ..unary import only_for
from .dims import as_ints, wrap_dim
from .elementwise import mul, scaled
from .matmul import (
    bmm,
    broadcast,
    check_batches,
    check_matrices,
    check_matrix_vector,
    dot,
    dtype_name,
    mm,
    mv,
    outer_product,
)
from .reduce import sum_all, sum_dims
from .shape import expand, expanded_size, reshape, squeeze_all, t, unsafe_view, viewable
from .spelling import public
from .strided import put_flat
from .transposing import permute, transpose


def _check_vectors(name: str, **vectors: Tensor) -> None:
    for argument, vector in vectors.items():
        if vector.ndim != 1:
            raise RuntimeError(f"{name}: Expected 1-D argument {argument}, but got {vector.ndim}-D")


@public("outer", "ger")
def outer(self: Any, vec2: Any) -> Any:
    """Return the matrix of all products of an element of `self` and one of `vec2`, both vectors."""
    _check_vectors("outer", self=self, vec2=vec2)
    return mul.apply(reshape(self, (self.numel(), 1)), vec2)


class Stretched(Operation):
    """An operation that broadcasts some inputs to the shape of its result."""

    stretched: ClassVar[int] = 1
    """How many of the first inputs are broadcast."""

    def finish(
        self, output: Tensor, args: Sequence[Any], tracked: bool, targets: Any = None
    ) -> Any:
        """Let the gradients of what was broadcast be summed to its shape."""
        arrays = [a._data for a in args[: self.stretched]]
        if any(a.shape != output._data.shape for a in arrays):
            targets = [(tuple(a.shape), a.dtype) for a in arrays]
            targets += [None] * (len(self.inputs) - self.stretched)
        return super().finish(output, args, tracked, targets)


def added(self: Any, product: Any, beta: Any, alpha: Any) -> Any:
    """Return `beta · self + alpha · product`; a `beta` of 0 ignores even NaN."""
    if self.shape != product.shape:
        expanded_size(wrap(self), product.shape)
    product = product if alpha == 1 else product * alpha
    if beta == 0:
        return product
    return product + (self if beta == 1 else self * beta)


def check_added(self: Any, mat2: Any) -> None:
    """Raise unless the summand and the second factor have one dtype."""
    if self.dtype != mat2.dtype:
        raise RuntimeError(
            f"self and mat2 must have the same dtype, but got {dtype_name(self)} and {dtype_name(mat2)}"
        )


class Addmm(Stretched):
    """Return `beta · self + alpha · mat1 @ mat2`."""

    node = "AddmmBackward0"
    derivative = dict(
        self=("beta · grad", lambda grad, beta: scaled(grad, beta)),
        mat1=("alpha · grad @ mat2ᵀ", lambda grad, mat2, alpha: scaled(mm(grad, t(mat2)), alpha)),
        mat2=("alpha · mat1ᵀ @ grad", lambda grad, mat1, alpha: scaled(mm(t(mat1), grad), alpha)),
    )

    @staticmethod
    def forward(self: Any, mat1: Any, mat2: Any, beta: Any = 1, alpha: Any = 1) -> Any:
        check_added(self, mat2)
        check_matrices(mat1, mat2, "mat1", ", got {}-D tensor")
        if mat1.dtype != mat2.dtype:
            raise RuntimeError(
                "mat1 and mat2 must have the same dtype, but got "
                f"{dtype_name(mat1)} and {dtype_name(mat2)}"
            )
        only_for("fiu", "addmm_impl_cpu_", mat1)
        return added(self, mat1 @ mat2, beta, alpha)


class Addmv(Stretched):
    """Return `beta · self + alpha · mat @ vec`."""

    node = "AddmvBackward0"
    derivative = dict(
        self=("beta · grad", lambda grad, beta: scaled(grad, beta)),
        mat=(
            "alpha · grad ⊗ vec",
            lambda grad, vec, alpha: scaled(outer_product(grad, vec), alpha),
        ),
        vec=("alpha · matᵀ @ grad", lambda grad, mat, alpha: scaled(mv(t(mat), grad), alpha)),
    )

    @staticmethod
    def forward(self: Any, mat: Any, vec: Any, beta: Any = 1, alpha: Any = 1) -> Any:
        check_matrix_vector(self.shape, mat, vec, self.ndim)
        return added(self, mat @ vec, beta, alpha)


class Addr(Stretched):
    """Return `beta · self + alpha · vec1 ⊗ vec2`."""

    node = "AddrBackward0"
    derivative = dict(
        self=("beta · grad", lambda grad, beta: scaled(grad, beta)),
        vec1=("alpha · grad @ vec2", lambda grad, vec2, alpha: scaled(mv(grad, vec2), alpha)),
        vec2=("alpha · gradᵀ @ vec1", lambda grad, vec1, alpha: scaled(mv(t(grad), vec1), alpha)),
    )

    @staticmethod
    def forward(self: Any, vec1: Any, vec2: Any, beta: Any = 1, alpha: Any = 1) -> Any:
        _check_vectors("addr", vec1=vec1, vec2=vec2)
        return added(self, np.multiply.outer(vec1, vec2), beta, alpha)


class Baddbmm(Stretched):
    """Return `beta · self + alpha · batch1 @ batch2`, matrix by matrix."""

    node = "BaddbmmBackward0"
    derivative = dict(
        self=("beta · grad", lambda grad, beta: scaled(grad, beta)),
        batch1=(
            "alpha · grad @ batch2ᵀ",
            lambda grad, batch2, alpha: scaled(bmm(grad, transpose(batch2, 1, 2)), alpha),
        ),
        batch2=(
            "alpha · batch1ᵀ @ grad",
            lambda grad, batch1, alpha: scaled(bmm(transpose(batch1, 1, 2), grad), alpha),
        ),
    )

    @staticmethod
    def forward(self: Any, batch1: Any, batch2: Any, beta: Any = 1, alpha: Any = 1) -> Any:
        wrap_dim(1, batch1.ndim)
        wrap_dim(2, batch2.ndim)
        check_batches(batch1, batch2, "baddbmm")
        return added(self, batch1 @ batch2, beta, alpha)


addmm, addmv, addr, baddbmm = [register(each) for each in (Addmm, Addmv, Addr, Baddbmm)]


@public("tensordot")
def tensordot(self: Any, other: Any, dims: Any = 2) -> Any:
    """Return the sum of products over `dims`: the last of `self` and first of `other`, or two lists."""
    first, second = _contracted(self, other, dims)
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


class LinalgCross(Stretched):
    """Return the cross products of vectors of length 3 along `dim`."""

    public = False
    stretched = 2
    node = "LinalgCrossBackward0"
    derivative = dict(
        self=("other × grad", lambda grad, other, dim: linalg_cross(other, grad, dim)),
        other=("grad × self", lambda grad, self, dim: linalg_cross(grad, self, dim)),
    )

    @staticmethod
    def forward(self: Any, other: Any, dim: int) -> Any:
        return np.cross(self, other, axis=dim)


linalg_cross: Operation = register(LinalgCross)


def cross_along(self: Tensor, other: Tensor, dim: int = -1) -> Any:
    """Return the cross products of vectors of length 3 along `dim`."""
    if self.ndim != other.ndim:
        raise RuntimeError("linalg.cross: inputs must have the same number of dimensions.")
    wrap_dim(dim, self.ndim)
    if self.shape[dim] != 3 or other.shape[dim] != 3:
        raise RuntimeError(
            f"linalg.cross: inputs dimension {dim} must have length 3. "
            f"Got {self.shape[dim]} and {other.shape[dim]}"
        )
    broadcast(tuple(self.shape), tuple(other.shape))
    return linalg_cross.apply(self, other, dim)


@public("cross")
def cross(self: Any, other: Any, dim: int | None = None) -> Any:
    """Return the cross products of vectors of length 3 along `dim`."""
    if dim is None:
        warnings.warn(
            "Using torch.cross without specifying the dim arg is deprecated.\nPlease either pass the "
            "dim explicitly or simply use torch.linalg.cross.\nThe default value of dim will change "
            "to agree with that of linalg.cross in a future release.",
            UserWarning,
            stacklevel=3,
        )
        dim = next((d for d, n in enumerate(self.shape) if n == 3), None)
        if dim is None:
            raise RuntimeError("no dimension of size 3 in input")
    return cross_along(self, other, dim)


class Trace(Operation):
    """Return the sum of the diagonal of a matrix."""

    node = "TraceBackward0"
    derivative = dict(
        self=(
            "grad on the diagonal, 0 elsewhere",
            lambda grad, self_sym_sizes: put_flat(
                expand(grad, (min(self_sym_sizes),)),
                np.arange(min(self_sym_sizes)) * (self_sym_sizes[1] + 1),
                self_sym_sizes,
            ),
        )
    )

    @staticmethod
    def forward(self: Any) -> Any:
        if self.ndim != 2:
            raise RuntimeError(f"trace: expected a matrix, but got tensor with dim {self.ndim}")
        return np.trace(self)


trace = register(Trace)
# A method only: `autograd_lab.trace` is the package that holds traces.
method("trace", functions.pop("trace"))
