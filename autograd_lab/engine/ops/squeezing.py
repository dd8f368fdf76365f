"""Dimensions of size 1: `squeeze` and `unsqueeze`."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..operation import Operation
from ..register import functions, method, register
from ..tensor import Tensor
from ..views import ViewOperation
from .dims import ints, wrap_dim, wrap_distinct
from .shape import reshape


class Unsqueeze(ViewOperation):
    """Insert a dimension of size 1 at `dim`."""

    node = "UnsqueezeBackward0"
    derivative = dict(self=("grad without that dimension", lambda grad, dim: squeeze(grad, dim)))

    @staticmethod
    def forward(self: Any, dim: int) -> Any:
        dim = wrap_dim(dim, self.ndim + 1)
        if not self.ndim or (self.flags.c_contiguous and 1 not in self.shape):
            return np.expand_dims(self, dim)
        steps = list(self.strides)  # NumPy would change those of other dimensions of size 1
        steps.insert(dim, self.shape[dim] * steps[dim] if dim < self.ndim else self.itemsize)
        shape = (*self.shape[:dim], 1, *self.shape[dim:])
        return np.lib.stride_tricks.as_strided(self, shape, steps)


unsqueeze = register(Unsqueeze)


class Squeeze(ViewOperation):
    """Remove the dimension `dim` if its size is 1."""

    public = False
    node = "SqueezeBackward1"
    derivative = dict(
        self=(
            "grad with that dimension",
            lambda grad, self_sym_sizes, dim: (
                unsqueeze(grad, dim) if self_sym_sizes and self_sym_sizes[dim] == 1 else grad
            ),
        )
    )

    @staticmethod
    def forward(self: Any, dim: int) -> Any:
        dim = wrap_dim(dim, self.ndim)
        if self.ndim and self.shape[dim] == 1:
            return np.squeeze(self, dim)
        return self.view()


squeeze: Operation = register(Squeeze)


class SqueezeAll(ViewOperation):
    """Remove every dimension of size 1."""

    public = False
    node = "SqueezeBackward0"
    derivative = dict(
        self=(
            "grad in the input's shape",
            lambda grad, self_sym_sizes: reshape(grad, self_sym_sizes),
        )
    )

    @staticmethod
    def forward(self: Any) -> Any:
        return np.squeeze(self)


squeeze_all = register(SqueezeAll)


class SqueezeDims(ViewOperation):
    """Remove those of several dimensions that have size 1."""

    public = False
    node = "SqueezeBackward2"
    derivative = dict(
        self=(
            "grad in the input's shape",
            lambda grad, self_sym_sizes, dim: reshape(grad, self_sym_sizes),
        )
    )

    @staticmethod
    def forward(self: Any, dim: tuple[int, ...]) -> Any:
        dims = wrap_distinct(dim, self.ndim)
        return np.squeeze(self, tuple(d for d in dims if self.ndim and self.shape[d] == 1))


squeeze_dims = register(SqueezeDims)


def squeeze_some(self: Tensor, dim: Any = None) -> Any:
    """Return a view without the dimensions of size 1: all of them, or those in `dim`."""
    if dim is None:
        return squeeze_all.apply(self)
    if isinstance(dim, (tuple, list)):
        return squeeze_dims.apply(self, ints(dim))
    return squeeze.apply(self, dim)


def squeezed(self: Tensor, dim: Any = None, *more: int) -> Any:
    """Return what `squeeze_some` does; the method takes several dimensions one by one, too."""
    return squeeze_some(self, (dim, *more) if more else dim)


functions["squeeze"] = squeeze_some
method("squeeze", squeezed)
