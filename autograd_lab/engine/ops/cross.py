"""The cross product, and the trace of a matrix."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np

from ..operation import Operation
from ..register import functions, register
from ..tensor import Tensor
from .added_products import Stretched
from .dims import wrap_dim
from .matmul import (
    broadcast,
)
from .shape import expand
from .spelling import public
from .strided import put_flat


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
matrix_trace = functions.pop("trace")
"""The function. `autograd_lab.trace` is the package that holds traces, and calls this when it is called."""
