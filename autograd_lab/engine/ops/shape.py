"""Other shapes of the same numbers, copies, casts."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from .. import dtypes
from ..observe import observers
from ..operation import Operation
from ..register import expose, method, register
from ..tensor import Tensor, wrap
from ..views import ViewOperation


class View(ViewOperation):
    """Return the same elements in another shape, without copying."""

    public = False
    node = "ViewBackward0"
    derivative = dict(
        self=(
            "grad in the input's shape",
            lambda grad, self_sym_sizes: reshape(grad, self_sym_sizes),
        )
    )

    @staticmethod
    def forward(self: Any, size: tuple[int, ...]) -> Any:
        return np.reshape(self, size)


view = register(View)


class Expand(ViewOperation):
    """Return a larger shape in which dimensions of size 1 repeat, without copying."""

    public = False
    node = "ExpandBackward0"
    derivative = dict(
        self=(
            "grad, summed over the repeats",
            lambda grad, self_sym_sizes: _summed(grad, self_sym_sizes),
        )
    )

    @staticmethod
    def forward(self: Any, size: tuple[int, ...]) -> Any:
        return np.broadcast_to(self, size)


expand = register(Expand)


def _summed(grad: Any, sizes: tuple[int, ...]) -> Any:
    from .reduce import sum_to_size

    return sum_to_size(grad, sizes)


class Unsqueeze(ViewOperation):
    """Insert a dimension of size 1 at `dim`."""

    node = "UnsqueezeBackward0"
    derivative = dict(self=("grad without that dimension", lambda grad, dim: squeeze(grad, dim)))

    @staticmethod
    def forward(self: Any, dim: int) -> Any:
        return np.expand_dims(self, dim)


unsqueeze = register(Unsqueeze)


class Squeeze(ViewOperation):
    """Remove the dimension `dim` of size 1."""

    public = False
    node = "SqueezeBackward1"
    derivative = dict(self=("grad with that dimension", lambda grad, dim: unsqueeze(grad, dim)))

    @staticmethod
    def forward(self: Any, dim: int) -> Any:
        return np.squeeze(self, dim)


squeeze: Operation = register(Squeeze)


class T(ViewOperation):
    """Transpose a matrix; vectors and numbers stay as they are."""

    node = "TBackward0"
    derivative = dict(self=("gradᵀ", lambda grad: t(grad)))

    @staticmethod
    def forward(self: Any) -> Any:
        return self.T


t: Operation = register(T)


class Clone(Operation):
    """Return a copy that keeps its history."""

    node = "CloneBackward0"
    derivative = dict(self=("grad", lambda grad: grad))

    @staticmethod
    def forward(self: Any) -> Any:
        return np.array(self)


clone = register(Clone)


class Cast(Operation):
    """Return the same numbers in another dtype."""

    public = False
    node = "ToCopyBackward0"
    derivative = dict(
        self=("grad in the input's dtype", lambda grad, self_dtype: cast(grad, self_dtype))
    )

    @staticmethod
    def forward(self: Any, kind: np.dtype[Any]) -> Any:
        return self.astype(kind)

    def record(self, output: Tensor, *rest: Any) -> None:
        """Record casts between floats only: integers carry no gradient."""
        if output.is_floating_point():
            super().record(output, *rest)


cast: Operation = register(Cast)


def to(self: Any, dtype: Any) -> Any:
    """Return the tensor in `dtype`; the tensor itself if it has it already."""
    return self if self.dtype is dtype else cast.apply(self, dtype.numpy)


def reshape(self: Any, *shape: Any) -> Any:
    """Return the elements in another shape; one size may be −1."""
    size = shape[0] if len(shape) == 1 and not isinstance(shape[0], int) else shape
    return view(self, _filled_in(tuple(size), math.prod(self.shape)))


def _filled_in(size: tuple[int, ...], numel: int) -> tuple[int, ...]:
    """Replace the one −1 in `size` by what is left; RuntimeError if nothing fits."""
    known = math.prod(n for n in size if n != -1)
    fits = known == numel if -1 not in size else known > 0 and numel % known == 0
    if not fits or size.count(-1) > 1:
        raise RuntimeError(f"shape '{list(size)}' is invalid for input of size {numel}")
    return tuple(numel // known if n == -1 else n for n in size)


def detach(self: Tensor) -> Tensor:
    """Return the same numbers, sharing memory, cut off from their history."""
    output = wrap(self._buffer())
    output._counter = self._shared_counter()
    if observers:
        for observer in observers:
            observer.on_op("detach", (self,), output, None)
    return output


expose("reshape", reshape)
expose("detach", detach)
method("view", reshape)
method("to", to)
for _name, _kind in dict(
    float=dtypes.float32,
    double=dtypes.float64,
    long=dtypes.int64,
    int=dtypes.int32,
    bool=dtypes.bool_,
).items():
    method(_name, lambda self, kind=_kind: to(self, kind))
