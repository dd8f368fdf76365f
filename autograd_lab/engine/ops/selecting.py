"""Windows: one slice, a range, a diagonal, sliding windows; as views."""

from __future__ import annotations

from operator import index as as_index
from typing import Any

import numpy as np

from ..operation import Operation
from ..register import expose, method, register
from ..tensor import Tensor
from ..views import ViewOperation
from .dims import window, wrap_dim
from .strided import put_flat


class SelectBackward(Operation):
    """Return zeros of shape `input_sizes` with `grad_output` as slice `index` of dimension `dim`."""

    public = False
    node = "SelectBackwardBackward0"
    derivative = dict(grad_output=("that slice", lambda grad, dim, index: select(grad, dim, index)))

    def _tensor_arguments(self) -> set[str]:
        return set()

    @staticmethod
    def forward(grad_output: Any, input_sizes: Any, dim: int, index: int) -> Any:
        return placed(grad_output, input_sizes, dim, index)


select_backward = register(SelectBackward)


def placed(part: Any, sizes: tuple[int, ...], dim: int, where: Any) -> Any:
    """Return zeros of shape `sizes` with `part` at `where` in dimension `dim`."""
    out = np.zeros(sizes, part.dtype)
    out[window(len(sizes), dim % len(sizes), where)] = part
    return out


class Select(ViewOperation):
    """Return slice `index` of dimension `dim`, without that dimension."""

    node = "SelectBackward0"
    derivative = dict(
        self=(
            "grad in that slice, 0 elsewhere",
            lambda grad, self_sym_sizes, dim, index: select_backward(
                grad, self_sym_sizes, dim, index
            ),
        )
    )

    def _tensor_arguments(self) -> set[str]:
        return set()

    @staticmethod
    def forward(self: Any, dim: int, index: int) -> Any:
        if not self.ndim:
            raise IndexError("select() cannot be applied to a 0-dim tensor.")
        dim = wrap_dim(dim, self.ndim)
        if not -self.shape[dim] <= index < self.shape[dim]:
            raise IndexError(
                f"select(): index {index} out of range for tensor of size {list(self.shape)} "
                f"at dimension {dim}"
            )
        return self[window(self.ndim, dim, index)]


select: Operation = register(Select)


class SliceBackward(Operation):
    """Return zeros of shape `input_sizes` with `grad_output` as a range of dimension `dim`."""

    public = False
    node = "SliceBackwardBackward0"
    derivative = dict(
        grad_output=(
            "that range",
            lambda grad, dim, start, end, step: slice_range(grad, dim, start, end, step),
        )
    )

    @staticmethod
    def forward(
        grad_output: Any, input_sizes: Any, dim: int, start: int, end: int, step: int
    ) -> Any:
        return placed(grad_output, input_sizes, dim, slice(start, end, step))


slice_backward = register(SliceBackward)


class Slice(ViewOperation):
    """Return every `step`-th slice of dimension `dim` from `start` up to but without `end`."""

    public = False
    node = "SliceBackward0"
    derivative = dict(
        self=(
            "grad in that range, 0 elsewhere",
            lambda grad, self_sym_sizes, dim, start, end, step: slice_backward(
                grad, self_sym_sizes, dim, start, end, step
            ),
        )
    )

    @staticmethod
    def forward(self: Any, dim: int, start: int, end: int, step: int) -> Any:
        return self[window(self.ndim, dim, slice(start, end, step))]


slice_range: Operation = register(Slice)


def narrow(self: Tensor, dim: int, start: Any, length: int) -> Any:
    """Return a view of `length` slices of dimension `dim`, from `start` on."""
    if not self.ndim:
        raise RuntimeError("narrow() cannot be applied to a 0-dim tensor.")
    if length < 0:
        raise RuntimeError("narrow(): length must be non-negative.")
    wrap_dim(dim, self.ndim)
    size, start = self._data.shape[dim], as_index(start)
    if not -size <= start <= size:
        raise IndexError(
            f"start out of range (expected to be in range of [{-size}, {size}], but got {start})"
        )
    start = start + size if start < 0 else start
    if start + length > size:
        raise RuntimeError(f"start ({start}) + length ({length}) exceeds dimension size ({size}).")
    return slice_range.apply(self, dim, start, start + length, 1)


class DiagonalBackward(Operation):
    """Return zeros of shape `input_sizes` with `grad_output` on a diagonal."""

    public = False
    node = "DiagonalBackwardBackward0"
    derivative = dict(
        grad_output=(
            "that diagonal",
            lambda grad, offset, dim1, dim2: diagonal(grad, offset, dim1, dim2),
        )
    )

    @staticmethod
    def forward(grad_output: Any, input_sizes: Any, offset: int, dim1: int, dim2: int) -> Any:
        out = np.zeros(input_sizes, grad_output.dtype)
        Diagonal.forward(out, offset, dim1, dim2)[...] = grad_output
        return out


diagonal_backward = register(DiagonalBackward)


class Diagonal(ViewOperation):
    """Return the diagonal of the matrices in dimensions `dim1` and `dim2`, as the last dimension."""

    node = "DiagonalBackward0"
    derivative = dict(
        self=(
            "grad on the diagonal, 0 elsewhere",
            lambda grad, self_sym_sizes, offset, dim1, dim2: diagonal_backward(
                grad, self_sym_sizes, offset, dim1, dim2
            ),
        )
    )

    @staticmethod
    def forward(self: Any, offset: int = 0, dim1: int = 0, dim2: int = 1) -> Any:
        first, second = wrap_dim(dim1, self.ndim), wrap_dim(dim2, self.ndim)
        if first == second:
            raise RuntimeError(f"diagonal dimensions cannot be identical {dim1}, {dim2}")
        taken = np.diagonal(self, offset, first, second)
        if self.flags.writeable:
            taken.flags.writeable = True
        return taken


diagonal: Operation = register(Diagonal)


class DiagonalCopy(Operation):
    """Return a copy of the diagonal of a matrix."""

    public = False
    node = "DiagonalBackward0_copy"
    derivative = Diagonal.derivative

    @staticmethod
    def forward(self: Any, offset: int, dim1: int, dim2: int) -> Any:
        return np.array(Diagonal.forward(self, offset, dim1, dim2))


diagonal_copy = register(DiagonalCopy)


class Unfold(ViewOperation):
    """Return all windows of `size` slices of a dimension, `step` apart, as a last dimension."""

    public = False
    node = "UnfoldBackward0"
    derivative = dict(
        self=(
            "grad of every window an element is in, summed",
            lambda grad, self_sym_sizes, dimension, size, step: put_flat(
                grad, _unfolded_places(self_sym_sizes, dimension, size, step), self_sym_sizes
            ),
        )
    )

    @staticmethod
    def forward(self: Any, dimension: int, size: int, step: int) -> Any:
        dim = wrap_dim(dimension, self.ndim)
        whole = self.shape[dim] if self.ndim else 1
        if size > whole:
            raise RuntimeError(
                f"maximum size for tensor at dimension {dim} is {whole} but size is {size}"
            )
        if step <= 0:
            raise RuntimeError(f"step is {step} but must be > 0")
        if not self.ndim:
            return self.reshape(1)[:size]
        windows = np.lib.stride_tricks.sliding_window_view(self, size, dim, writeable=True)
        return windows[window(windows.ndim, dim, slice(None, None, step))]


unfold = register(Unfold)


def _unfolded_places(sizes: tuple[int, ...], dimension: int, size: int, step: int) -> Any:
    return Unfold.forward(
        np.arange(np.prod(sizes, dtype=int)).reshape(sizes), dimension, size, step
    )


def unfolded(self: Tensor, dimension: int, size: int, step: int) -> Any:
    """Return a view of all windows of `size` slices of a dimension, `step` apart, as a last dimension."""
    return unfold.apply(self, dimension, size, step)


expose("narrow", narrow)
method("unfold", unfolded)
