"""Determinants."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ..named import Named
from ..operation import Operation
from ..register import register
from ..return_types import return_type
from ..tensor import Tensor, raw
from .elementwise_select import where
from .linear import FactorsNode, check_square, inv_of, turned
from .reduce import like
from .spelling import public
from .squeezing import unsqueeze
from .strided import take_flat


class DeterminantNode(FactorsNode):
    """A node that shows the LU factors of the transposed matrix, as torch's does."""

    __slots__ = ()

    def _matrices(self) -> Any:
        return turned(super()._matrices())


class LinalgDet(Operation):
    """Return the determinants of square matrices."""

    public = False
    node, kind = "LinalgDetBackward0", DeterminantNode
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


class LinalgSlogdet(Named):
    """Return the sign of determinants, and the logarithm of their absolute value."""

    public = False
    node, kind = "LinalgSlogdetBackward0", DeterminantNode
    fields = ("sign", "logabsdet")
    outputs = 2
    derivative = dict(
        A=(
            "grad of logabsdet · A⁻ᵀ",
            lambda grads, A: (
                None
                if grads[1] is None
                else unsqueeze(unsqueeze(grads[1], -1), -1) * turned(inv_of(A))
            ),
        )
    )
    keeps = ("A", "sign")

    @staticmethod
    def forward(A: Any) -> Any:
        check_square("linalg.slogdet", A)
        return tuple(np.linalg.slogdet(A))


slogdet_of = register(LinalgSlogdet)


@public("slogdet")
def slogdet(self: Any) -> Any:
    """Return the sign of determinants, and the logarithm of their absolute value."""
    return return_type("slogdet", LinalgSlogdet.fields, slogdet_of.apply(self))


def linalg_slogdet(A: Tensor) -> Any:
    """Return the sign of determinants, and the logarithm of their absolute value."""
    return slogdet_of.apply(A)


@public("logdet")
def logdet(self: Any) -> Any:
    """Return the logarithm of determinants, NaN for a negative one."""
    check_square("logdet", self._data)
    sign, logarithm = slogdet_of.apply(self)
    return where(sign == -1, math.nan, logarithm)
