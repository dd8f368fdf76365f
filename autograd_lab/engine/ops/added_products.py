"""A product added to something: `addmm` and its kin."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

import numpy as np

from ..operation import Operation
from ..register import register
from ..tensor import Tensor, wrap
from .dims import wrap_dim
from .elementwise import scaled
from .matmul import (
    bmm,
    check_batches,
    check_matrices,
    check_matrix_vector,
    dtype_name,
    mm,
    mv,
    outer_product,
)
from .products import check_vectors
from .shape import expanded_size, t
from .transposing import transpose


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

    named_only = 2
    node = "AddmmBackward0"
    derivative = dict(
        self=("beta · grad", lambda grad, beta: scaled(grad, beta)),
        mat1=("alpha · grad @ mat2ᵀ", lambda grad, mat2, alpha: scaled(mm(grad, t(mat2)), alpha)),
        mat2=("alpha · mat1ᵀ @ grad", lambda grad, mat1, alpha: scaled(mm(t(mat1), grad), alpha)),
    )
    keeps = ("mat1_sym_sizes", "mat1_sym_strides", "mat2_sym_sizes", "mat2_sym_strides")

    @staticmethod
    def forward(self: Any, mat1: Any, mat2: Any, beta: Any = 1, alpha: Any = 1) -> Any:
        check_added(self, mat2)
        check_matrices(mat1, mat2, "mat1", ", got {}-D tensor")
        if mat1.dtype != mat2.dtype:
            raise RuntimeError(
                "mat1 and mat2 must have the same dtype, but got "
                f"{dtype_name(mat1)} and {dtype_name(mat2)}"
            )
        return added(self, mat1 @ mat2, beta, alpha)


class Addmv(Stretched):
    """Return `beta · self + alpha · mat @ vec`."""

    named_only = 2
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

    named_only = 2
    node = "AddrBackward0"
    derivative = dict(
        self=("beta · grad", lambda grad, beta: scaled(grad, beta)),
        vec1=("alpha · grad @ vec2", lambda grad, vec2, alpha: scaled(mv(grad, vec2), alpha)),
        vec2=("alpha · gradᵀ @ vec1", lambda grad, vec1, alpha: scaled(mv(t(grad), vec1), alpha)),
    )

    @staticmethod
    def forward(self: Any, vec1: Any, vec2: Any, beta: Any = 1, alpha: Any = 1) -> Any:
        check_vectors("addr", vec1=vec1, vec2=vec2)
        return added(self, np.multiply.outer(vec1, vec2), beta, alpha)


class Baddbmm(Stretched):
    """Return `beta · self + alpha · batch1 @ batch2`, matrix by matrix."""

    named_only = 2
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
        check_batches(batch1, batch2)
        return added(self, batch1 @ batch2, beta, alpha)


addmm, addmv, addr, baddbmm = [register(each) for each in (Addmm, Addmv, Addr, Baddbmm)]
