"""Products of vectors and matrices."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..operation import Operation
from ..register import expose, method, register
from ..tensor import Tensor
from .shape import t, unsqueeze


class Dot(Operation):
    """Return the inner product of two vectors."""

    node = "DotBackward0"
    derivative = dict(
        self=("grad · tensor", lambda grad, tensor: grad * tensor),
        tensor=("grad · self", lambda grad, self: grad * self),
    )

    @staticmethod
    def forward(self: Any, tensor: Any) -> Any:
        if self.ndim != 1 or tensor.ndim != 1:
            raise RuntimeError(
                f"1D tensors expected, but got {self.ndim}D and {tensor.ndim}D tensors"
            )
        if self.size != tensor.size:
            raise RuntimeError(
                f"inconsistent tensor size, expected tensor [{self.size}] and src [{tensor.size}] to "
                f"have the same number of elements, but got {self.size} and {tensor.size} elements "
                "respectively"
            )
        return np.dot(self, tensor)


dot = register(Dot)


class Mm(Operation):
    """Return the product of two matrices."""

    node = "MmBackward0"
    derivative = dict(
        self=("grad @ mat2ᵀ", lambda grad, mat2: mm(grad, t(mat2))),
        mat2=("selfᵀ @ grad", lambda grad, self: mm(t(self), grad)),
    )

    @staticmethod
    def forward(self: Any, mat2: Any) -> Any:
        if self.shape[1] != mat2.shape[0]:
            (n, k), (k2, m) = self.shape, mat2.shape
            raise RuntimeError(f"mat1 and mat2 shapes cannot be multiplied ({n}x{k} and {k2}x{m})")
        return self @ mat2


mm: Operation = register(Mm)


class Mv(Operation):
    """Return the product of a matrix and a vector."""

    node = "MvBackward0"
    derivative = dict(
        self=("grad ⊗ vec", lambda grad, vec: unsqueeze(grad, 1) * unsqueeze(vec, 0)),
        vec=("selfᵀ @ grad", lambda grad, self: mv(t(self), grad)),
    )

    @staticmethod
    def forward(self: Any, vec: Any) -> Any:
        if self.shape[1] != vec.shape[0]:
            raise RuntimeError(
                f"size mismatch, got input ({self.shape[0]}), mat ({self.shape[0]}x{self.shape[1]}), "
                f"vec ({vec.shape[0]})"
            )
        return self @ vec


mv: Operation = register(Mv)


class SqueezeResult(Operation):
    """Drop the dimension `dim` that a product of vectors needed; memory of its own."""

    public = False
    node = "SqueezeBackward4"
    derivative = dict(self=("grad with that dimension", lambda grad, dim: unsqueeze(grad, dim)))

    @staticmethod
    def forward(self: Any, dim: int) -> Any:
        return np.squeeze(self, dim)


squeeze_result = register(SqueezeResult)


def matmul(self: Tensor, other: Tensor) -> Any:
    """Return the matrix product of vectors and matrices, in any combination."""
    ranks = (self.ndim, other.ndim)
    if ranks == (1, 1):
        return dot.apply(self, other)
    if ranks == (2, 1):
        return mv.apply(self, other)
    if ranks == (1, 2):
        return squeeze_result.apply(mm.apply(unsqueeze(self, 0), other), 0)
    if ranks == (2, 2):
        return mm.apply(self, other)
    if 0 in ranks:
        raise RuntimeError(
            f"both arguments to matmul need to be at least 1D, but they are {ranks[0]}D and {ranks[1]}D"
        )
    raise NotImplementedError("matmul() knows vectors and matrices only")


expose("matmul", matmul)
method("__matmul__", matmul)
