"""Systems of linear equations."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..operation import Operation
from ..register import guard, register
from ..tensor import Tensor
from .linear import FactorsNode, LinAlgError, _first_singular, check_square, multiplied, turned
from .matmul import dtype_name
from .reduce import sum_to_size
from .squeezing import squeeze, unsqueeze


class LinalgSolveEx(Operation):
    """Return X with A @ X = B, or X @ A = B unless `left`."""

    public = False
    node, kind = "LinalgSolveExBackward0", FactorsNode
    derivative = dict(
        A=(
            "−(A⁻ᵀ @ grad) @ resultᵀ, or −resultᵀ @ (grad @ A⁻ᵀ)",
            lambda grad, A, B, result, left: of_matrix(
                solved(turned(A), grad, B, left), result, A, B, left
            ),
        ),
        B=(
            "A⁻ᵀ @ grad, or grad @ A⁻ᵀ",
            lambda grad, A, B, left: fitted(solved(turned(A), grad, B, left), B),
        ),
    )

    def _tensor_arguments(self) -> set[str]:
        return {"A", "B"}

    @staticmethod
    def forward(A: Any, B: Any, left: bool = True) -> Any:
        if A.dtype != B.dtype:
            raise RuntimeError(
                "linalg.solve: Expected A and B to have the same dtype, but found A of type "
                f"{dtype_name(A)} and B of type {dtype_name(B)} instead"
            )
        check_square("linalg.solve", A)
        vector = is_vector(A, B)
        rows = B[..., None] if vector else B
        if rows.shape[-2 if left else -1] != A.shape[-1]:
            raise RuntimeError(
                "linalg.solve: Incompatible shapes of A and B for the equation "
                f"{'AX = B' if left else 'XA = B'} ({A.shape[-2]}x{A.shape[-1]} and "
                f"{rows.shape[-2]}x{rows.shape[-1]})"
            )
        try:
            if not left:
                return np.swapaxes(
                    np.linalg.solve(np.swapaxes(A, -1, -2), np.swapaxes(B, -1, -2)), -1, -2
                )
            found = np.linalg.solve(A, rows)
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


def solved(A: Any, grad: Any, B: Any, left: bool) -> Any:
    """Return the solution for a right side `grad`, a vector where `B` is one."""
    if is_vector(A, B):
        return squeeze(solve_of(A, unsqueeze(grad, -1), True), -1)
    return solve_of(A, grad, left)


def of_matrix(grad: Any, result: Any, A: Any, B: Any, left: bool) -> Any:
    """Return the gradient of the matrix, `grad` being that of the right side."""
    if is_vector(A, B):
        return fitted(-(unsqueeze(grad, -1) * unsqueeze(result, -2)), A)
    return fitted(
        -(multiplied(grad, turned(result)) if left else multiplied(turned(result), grad)), A
    )


def fitted(grad: Any, like_what: Any) -> Any:
    """Sum over what broadcasting added."""
    size = tuple(like_what.shape)
    return grad if tuple(grad.shape) == size else sum_to_size(grad, size)


@guard("linalg_solve")
def solve(A: Tensor, B: Tensor, *, left: bool = True) -> Any:
    """Return X with A @ X = B, or X @ A = B unless `left`; A square, one or a batch."""
    return solve_of.apply(A, B, left)
