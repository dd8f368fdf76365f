"""Linear algebra: inverses, powers of matrices, and what they have in common with the rest."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..node import Node
from ..operation import Operation
from ..register import register
from ..tensor import Tensor, raw, wrap
from .matmul import dtype_name, matmul
from .spelling import public
from .transposing import transpose


class LinAlgError(RuntimeError):
    """A matrix has no inverse."""


LinAlgError.__name__ = LinAlgError.__qualname__ = "_LinAlgError"


def check_square(name: str, array: Any) -> None:
    """Raise unless `array` is a square matrix of floats, or a batch of such."""
    if array.ndim < 2:
        raise RuntimeError(f"{name}: The input tensor A must have at least 2 dimensions.")
    rows, columns = array.shape[-2:]
    if rows != columns:
        raise RuntimeError(
            f"{name}: A must be batches of square matrices, but they are {rows} by {columns} matrices"
        )
    if array.dtype.kind != "f":
        raise RuntimeError(
            f"{name}: Expected a floating point or complex tensor as input. Got {dtype_name(array)}"
        )


def multiplied(a: Any, b: Any) -> Any:
    """Return the matrix product of two arrays, or of two tensors."""
    return matmul(a, b) if isinstance(a, Tensor) else a @ b


def turned(a: Any) -> Any:
    """Return the transpose of matrices."""
    return transpose(a, -2, -1)


def factored(matrix: Any) -> tuple[Any, Any]:
    """Return the LU factors of a matrix in one, and which row, from 1, each step brought up."""
    factors = np.array(matrix)
    pivots = np.zeros(len(factors), np.int32)
    for i in range(len(factors)):
        pivot = i + int(np.argmax(np.abs(factors[i:, i])))
        pivots[i] = pivot + 1
        factors[[i, pivot]] = factors[[pivot, i]]
        if factors[i, i] != 0:
            factors[i + 1 :, i] /= factors[i, i]
            factors[i + 1 :, i + 1 :] -= np.outer(factors[i + 1 :, i], factors[i, i + 1 :])
    return factors, pivots


def zero_pivot(matrix: Any) -> int:
    """Return which diagonal element, from 1, Gaussian elimination finds zero first; 0 for none."""
    zero = np.flatnonzero(np.diagonal(factored(matrix)[0]) == 0)
    return int(zero[0]) + 1 if zero.size else 0


class FactorsNode(Node):
    """A node that shows the LU factors of its matrix, as torch's does; no gradient needs them."""

    __slots__ = ()
    _saved_A: Any

    @property
    def _saved_LU(self) -> Tensor:
        return self._factors(0)

    @property
    def _saved_pivots(self) -> Tensor:
        return self._factors(1)

    def _matrices(self) -> Any:
        return raw(self._saved_A)

    def _factors(self, which: int) -> Tensor:
        matrices = self._matrices()
        found = [factored(matrix)[which] for matrix in matrices.reshape(-1, *matrices.shape[-2:])]
        return wrap(np.reshape(found, matrices.shape[: matrices.ndim - which]))


class LinalgInvEx(Operation):
    """Return the inverses of square matrices."""

    public = False
    node = "LinalgInvExBackward0"
    derivative = dict(
        A=(
            "−inverseᵀ @ grad @ inverseᵀ",
            lambda grad, inverse: -multiplied(turned(inverse), multiplied(grad, turned(inverse))),
        )
    )
    results = {"inverse": 0}

    @staticmethod
    def forward(A: Any) -> Any:
        check_square("linalg.inv", A)
        try:
            return np.swapaxes(np.linalg.inv(np.swapaxes(A, -1, -2)), -1, -2)  # torch's strides
        except np.linalg.LinAlgError:
            raise LinAlgError(_singular("linalg.inv", A)) from None


def _first_singular(array: Any) -> tuple[str, int]:
    """Return which matrix of a batch has no inverse, in words, and which of its pivots is zero."""
    pivots = [zero_pivot(matrix) for matrix in array.reshape(-1, *array.shape[-2:])]
    i, place = next((i, place) for i, place in enumerate(pivots) if place)
    return (f" (Batch element {i}):" if array.ndim > 2 else ""), place


def _singular(name: str, array: Any) -> str:
    which, place = _first_singular(array)
    return (
        f"{name}:{which} The diagonal element {place} is zero, the inversion could not be completed "
        "because the input matrix is singular."
    )


inv_of = register(LinalgInvEx)


@public("inverse")
def inverse(self: Any) -> Any:
    """Return the inverses of square matrices."""
    return inv_of.apply(self)


@public("matrix_power")
def matrix_power(self: Any, n: int) -> Any:
    """Return the product of `n` copies of a square matrix, of its inverse for a negative `n`."""
    check_square("linalg.matrix_power", self._data)
    if n < 0:
        return matrix_power(inverse(self), -n)
    if n == 0:
        return self.clone().copy_(wrap(np.eye(self.shape[-1], dtype=self._data.dtype)))
    if n == 1:
        return self.clone()
    if n == 3:
        return matmul(matmul(self, self), self)
    result, square = None, self
    while n:
        if n % 2:
            result = square if result is None else matmul(result, square)
        n //= 2
        square = matmul(square, square) if n else square
    return result
