"""Dimensions in another order: permute, transpose, movedim, and what is short for them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ..messages import warn_once
from ..operation import Operation
from ..register import expose, method, register
from ..tensor import Tensor
from ..views import ViewOperation
from .dims import as_ints, ints, wrap_dim
from .shape import alias
from .spelling import sized


class Permute(ViewOperation):
    """Return the dimensions in the order `dims`."""

    public = False
    node = "PermuteBackward0"
    derivative = dict(
        self=("grad in the old order", lambda grad, dims: permute(grad, inverse(dims)))
    )

    @staticmethod
    def forward(self: Any, dims: tuple[int, ...]) -> Any:
        if len(dims) != self.ndim:
            raise RuntimeError(
                "permute(sparse_coo): number of dimensions in the tensor input does not match the "
                f"length of the desired ordering of dimensions i.e. input.dim() = {self.ndim} is not "
                f"equal to len(dims) = {len(dims)}"
            )
        order = [wrap_dim(d, self.ndim) for d in dims]
        if len(set(order)) != len(order):
            raise RuntimeError("permute(): duplicate dims are not allowed.")
        return np.transpose(self, order)


permute: Operation = register(Permute)


def inverse(dims: Sequence[int]) -> tuple[int, ...]:
    """Return the order that undoes the order `dims`."""
    order = [d % len(dims) for d in dims]
    return tuple(sorted(range(len(order)), key=order.__getitem__))


class Transpose(ViewOperation):
    """Swap the dimensions `dim0` and `dim1`."""

    aliases = ("swapaxes", "swapdims")
    node = "TransposeBackward0"
    derivative = dict(
        self=(
            "grad with the dimensions swapped back",
            lambda grad, dim0, dim1: transpose(grad, dim0, dim1),
        )
    )

    @staticmethod
    def forward(self: Any, dim0: int, dim1: int) -> Any:
        first, second = wrap_dim(dim0, self.ndim), wrap_dim(dim1, self.ndim)
        return np.swapaxes(self, first, second) if self.ndim else self.view()


transpose: Operation = register(Transpose)


def permuted(self: Tensor, *dims: Any) -> Any:
    """Return a view with the dimensions in the order `dims`."""
    return permute.apply(self, ints(dims, "permute", "dims"))


def movedim(self: Tensor, source: Any, destination: Any) -> Any:
    """Return a view with the dimensions `source` moved to the places `destination`."""
    sources, targets = as_ints(source), as_ints(destination)
    if len(sources) != len(targets):
        raise RuntimeError(
            f"movedim: Invalid source or destination dims: source ({list(sources)} dims) should contain "
            f"the same number of dims as destination ({list(targets)} dims)"
        )
    from_, to = (tuple(wrap_dim(d, self.ndim) for d in each) for each in (sources, targets))
    for name, given, dims in (("source", sources, from_), ("destination", targets, to)):
        if len(set(dims)) != len(dims):
            raise RuntimeError(f"movedim: repeated dim in `{name}` ({list(given)})")
    if not self.ndim:
        return alias.apply(self)
    order = [d for d in range(self.ndim) if d not in from_]
    for place, d in sorted(zip(to, from_, strict=True)):
        order.insert(place, d)
    return permute.apply(self, tuple(order))


REVERSED = (
    "The use of `x.T` on tensors of dimension other than 2 to reverse their shape is deprecated and it "
    "will throw an error in a future release. Consider `x.mT` to transpose batches of matrices or "
    "`x.permute(*torch.arange(x.ndim - 1, -1, -1))` to reverse the dimensions of a tensor."
)
NO_MATRIX = "Tensor.{name} is deprecated on 0-D tensors. {advice}"


def reversed_dims(self: Tensor) -> Any:
    """Return a view with all dimensions in reverse order; torch advises against it but for matrices."""
    if self.ndim == 0:
        warn_once(
            NO_MATRIX.format(name="T", advice="This function is the identity in these cases.")
        )
    elif self.ndim != 2:
        warn_once(REVERSED)
    return permute.apply(self, tuple(range(self.ndim - 1, -1, -1)))


def matrix_transpose(self: Tensor, name: str = "adjoint()") -> Any:
    """Return a view with the last two dimensions swapped."""
    if self.ndim == 1:
        raise RuntimeError(
            f"tensor.{name} is only supported on matrices or batches of matrices. "
            f"Got {self.ndim}-D tensor."
        )
    if self.ndim:
        return transpose.apply(self, -2, -1)
    if name != "adjoint()":
        advice = "This function is the identity in these cases."
        warn_once(NO_MATRIX.format(name=name, advice=advice), stacklevel=4)
    return self


def _hermitian(self: Tensor) -> Any:
    """Return the transpose of a matrix, which for real numbers is its conjugate transpose."""
    if self.ndim not in (0, 2):
        raise RuntimeError(
            "tensor.H is only supported on matrices (2-D tensors). "
            f"Got {self.ndim}-D tensor."
            + (" For batches of matrices, consider using tensor.mH" if self.ndim > 2 else "")
        )
    if self.ndim:
        return transpose.apply(self, -2, -1)
    warn_once(NO_MATRIX.format(name="H", advice="Consider using x.conj()."))
    return self


sized("permute", "dims", permuted)
expose("movedim", movedim)
expose("moveaxis", movedim)
expose("adjoint", matrix_transpose)
method("T", property(reversed_dims))  # type: ignore[arg-type]
method("H", property(_hermitian))  # type: ignore[arg-type]
method("mT", property(lambda self: matrix_transpose(self, "mT")))  # type: ignore[arg-type]
method("mH", property(lambda self: matrix_transpose(self, "mH")))  # type: ignore[arg-type]
