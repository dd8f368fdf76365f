"""Triangles and diagonals of matrices."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..operation import Operation
from ..register import expose, register
from ..tensor import Tensor
from .dims import wrap_dim
from .flattening import ravel
from .inplace import in_place
from .selecting import diagonal, diagonal_copy


class Tril(Operation):
    """Return the lower triangle of matrices, 0 above the given diagonal."""

    node = "TrilBackward0"
    derivative = dict(self=("lower triangle of grad", lambda grad, diagonal: tril(grad, diagonal)))

    @staticmethod
    def forward(self: Any, diagonal: int = 0) -> Any:
        if self.ndim < 2:
            raise RuntimeError("tril: input tensor must have at least 2 dimensions")
        return np.tril(self, diagonal)


tril: Operation = register(Tril)


class Triu(Operation):
    """Return the upper triangle of matrices, 0 below the given diagonal."""

    node = "TriuBackward0"
    derivative = dict(self=("upper triangle of grad", lambda grad, diagonal: triu(grad, diagonal)))

    @staticmethod
    def forward(self: Any, diagonal: int = 0) -> Any:
        if self.ndim < 2:
            raise RuntimeError("triu: input tensor must have at least 2 dimensions")
        return np.triu(self, diagonal)


triu: Operation = register(Triu)


class DiagEmbed(Operation):
    """Return matrices with the last dimension of `self` on a diagonal, 0 elsewhere."""

    node = "DiagEmbedBackward0"
    derivative = dict(
        self=(
            "diagonal of grad",
            lambda grad, offset, dim1, dim2: diagonal(grad, offset, dim1, dim2),
        )
    )

    @staticmethod
    def forward(self: Any, offset: int = 0, dim1: int = -2, dim2: int = -1) -> Any:
        rank = self.ndim + 1
        first, second = wrap_dim(dim1, rank), wrap_dim(dim2, rank)
        if first == second:
            raise RuntimeError(f"diagonal dimensions cannot be identical {dim1}, {dim2}")
        side = (self.shape[-1] if self.ndim else 1) + abs(offset)
        shape = list(self.shape[:-1])
        for d in sorted((first, second)):
            shape.insert(d, side)
        out = np.zeros(shape, self.dtype)
        taken = np.diagonal(out, offset, first, second)
        taken.flags.writeable = True
        taken[...] = self
        return out


diag_embed = register(DiagEmbed)


def diag(self: Tensor, diagonal: int = 0) -> Any:
    """Return a matrix with a vector on a diagonal, or a copy of the diagonal of a matrix."""
    if self.ndim == 1:
        return diag_embed.apply(self, diagonal, -2, -1)
    if self.ndim == 2:
        return diagonal_copy.apply(self, diagonal, 0, 1)
    raise RuntimeError(f"diag(): Supports 1D or 2D tensors. Got {self.ndim}D")


def diagflat(self: Tensor, offset: int = 0) -> Any:
    """Return a matrix with all elements on a diagonal."""
    return diag_embed.apply(ravel(self), offset, -2, -1)


expose("diag", diag)
expose("diagflat", diagflat)
for _name in ("tril", "triu"):
    in_place(_name)
