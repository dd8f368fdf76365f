"""Linear algebra: inverse, determinant, systems of equations, powers of matrices."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..operation import Operation
from ..register import register
from ..tensor import Tensor, raw, wrap
from .matmul import dtype_name, matmul
from .reduce import like, sum_to_size
from .spelling import public
from .squeezing import squeeze, unsqueeze
from .strided import take_flat
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


def zero_pivot(matrix: Any) -> int:
    """Return which diagonal element, from 1, Gaussian elimination finds zero first; 0 for none."""
    upper = np.array(matrix)
    for i in range(len(upper)):
        pivot = i + int(np.argmax(np.abs(upper[i:, i])))
        upper[[i, pivot]] = upper[[pivot, i]]
        if upper[i, i] == 0:
            return i + 1
        upper[i + 1 :] -= np.outer(upper[i + 1 :, i] / upper[i, i], upper[i])
    return 0


class LinalgInvEx(Operation):
    """Return the inverses of square matrices."""

    public = False
    node = "LinalgInvExBackward0"
    derivative = dict(
        A=(
            "−resultᵀ @ grad @ resultᵀ",
            lambda grad, result: -multiplied(turned(result), multiplied(grad, turned(result))),
        )
    )

    @staticmethod
    def forward(A: Any) -> Any:
        check_square("linalg.inv", A)
        try:
            return np.linalg.inv(A)
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


class LinalgDet(Operation):
    """Return the determinants of square matrices."""

    public = False
    node = "LinalgDetBackward0"
    derivative = dict(
        A=(
            "grad · det · A⁻ᵀ",
            lambda grad, A, result: unsqueeze(unsqueeze(grad, -1), -1) * cofactors(A, result),
        )
    )

    @staticmethod
    def forward(A: Any) -> Any:
        check_square("linalg.det", A)
        return np.linalg.det(A)


def cofactors(A: Any, result: Any) -> Any:
    """Return det · A⁻ᵀ; for a matrix without inverse from its singular values."""
    if not raw(A).size:
        return like(A, raw(A))
    if np.all(raw(result)):
        return turned(inv_of(A)) * unsqueeze(unsqueeze(result, -1), -1)
    if isinstance(A, Tensor):
        return minors(A)
    u, s, vh = np.linalg.svd(A)
    others = np.where(np.eye(s.shape[-1], dtype=bool), 1, s[..., None, :]).prod(-1)
    sign = np.linalg.det(u) * np.linalg.det(vh)
    return ((u * others[..., None, :]) @ vh) * sign[..., None, None]


def minors(A: Any) -> Any:
    """Return the same, from the determinants of what is left without one row and one column."""
    n = A.shape[-1]
    rest = np.array([[j for j in range(n) if j != i] for i in range(n)], np.int64)
    places = np.arange(raw(A).size).reshape(A.shape)
    kept = places[..., rest[:, None, :, None], rest[None, :, None, :]]
    signs = (-1.0) ** np.add.outer(np.arange(n), np.arange(n))
    return det_of(take_flat(A, kept)) * like(A, signs.astype(raw(A).dtype))


det_of = register(LinalgDet)


@public("det")
def det(self: Any) -> Any:
    """Return the determinants of square matrices."""
    return det_of.apply(self)


class LinalgSolveEx(Operation):
    """Return X with A @ X = B."""

    public = False
    node = "LinalgSolveExBackward0"
    derivative = dict(
        A=(
            "−(A⁻ᵀ @ grad) @ resultᵀ",
            lambda grad, A, B, result: fitted(
                -_outer(solved(turned(A), grad, B), result, is_vector(A, B)), A
            ),
        ),
        B=("A⁻ᵀ @ grad", lambda grad, A, B: fitted(solved(turned(A), grad, B), B)),
    )

    def _tensor_arguments(self) -> set[str]:
        return {"A", "B"}

    @staticmethod
    def forward(A: Any, B: Any) -> Any:
        check_square("linalg.solve", A)
        vector = is_vector(A, B)
        columns = B[..., None] if vector else B
        if columns.shape[-2] != A.shape[-1]:
            raise RuntimeError(
                "linalg.solve: Incompatible shapes of A and B for the equation AX = B "
                f"({A.shape[-2]}x{A.shape[-1]} and {columns.shape[-2]}x{columns.shape[-1]})"
            )
        try:
            found = np.linalg.solve(A, columns)
        except np.linalg.LinAlgError:
            raise LinAlgError(
                f"torch.linalg.solve:{_first_singular(A)[0]} The solver failed because the input "
                "matrix is singular."
            ) from None
        return found[..., 0] if vector else found


solve_of: Operation = register(LinalgSolveEx)


def is_vector(A: Any, B: Any) -> bool:
    """Return whether `B` is a vector, or a batch of vectors, rather than of matrices."""
    return bool(B.ndim == 1 or (A.ndim - 1 == B.ndim and tuple(B.shape) == tuple(A.shape[:-1])))


def solved(A: Any, grad: Any, B: Any) -> Any:
    """Return the solution for a right side `grad`, a vector where `B` is one."""
    if is_vector(A, B):
        return squeeze(solve_of(A, unsqueeze(grad, -1)), -1)
    return solve_of(A, grad)


def _outer(first: Any, second: Any, vectors: bool) -> Any:
    """Return first @ secondᵀ, for vectors the outer product."""
    if vectors:
        return unsqueeze(first, -1) * unsqueeze(second, -2)
    return multiplied(first, turned(second))


def fitted(grad: Any, like_what: Any) -> Any:
    """Sum over what broadcasting added."""
    size = tuple(like_what.shape)
    return grad if tuple(grad.shape) == size else sum_to_size(grad, size)


def solve(A: Tensor, B: Tensor, *, left: bool = True) -> Any:
    """Return X with A @ X = B, or X @ A = B unless `left`; A square, one or a batch."""
    if left:
        return solve_of.apply(A, B)
    return transpose.apply(solve_of.apply(turned(A), turned(B)), -2, -1)


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
