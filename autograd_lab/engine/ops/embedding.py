"""Rows of a table by their numbers: `embedding`."""

from __future__ import annotations

from typing import Any

import numpy as np

from .. import dtypes
from ..operation import Operation
from ..register import functions, guarded, register
from ..tensor import raw
from .reduce import like
from .strided import put_flat


class Embedding(Operation):
    """Return the rows of `weight` that `indices` names; the row `padding_idx` gets no gradient."""

    public = False
    node = "EmbeddingBackward0"
    derivative = dict(
        weight=(
            "grad added to the rows that were taken",
            lambda grad, indices, padding_idx, scale_grad_by_freq, weight_sym_argsize_0: to_rows(
                grad, raw(indices), padding_idx, scale_grad_by_freq, weight_sym_argsize_0
            ),
        )
    )

    def _tensor_arguments(self) -> set[str]:
        return {"indices"}

    @staticmethod
    def forward(
        weight: Any, indices: Any, padding_idx: int, scale_grad_by_freq: bool, sparse: bool
    ) -> Any:
        if weight.ndim != 2:
            raise RuntimeError("'weight' must be 2-D")
        if indices.dtype not in (np.int64, np.int32):
            kind = dtypes.of_numpy(indices.dtype).class_name
            raise RuntimeError(
                "Expected tensor for argument #1 'indices' to have one of the following scalar types: "
                f"Long, Int; but got torch.{kind}Tensor instead (while checking arguments for embedding)"
            )
        if ((indices < 0) | (indices >= len(weight))).any():
            raise IndexError("index out of range in self")
        return weight[indices]


def to_rows(grad: Any, indices: Any, padding_idx: int, by_frequency: bool, count: int) -> Any:
    """Return a table of zeros with the gradients of the rows that were taken added to them."""
    share = (indices != padding_idx).astype(raw(grad).dtype)
    if by_frequency:
        share = share / np.bincount(indices.ravel(), minlength=count)[indices].astype(share.dtype)
    width = grad.shape[-1]
    places = indices[..., None] * width + np.arange(width)
    return put_flat(grad * like(grad, share[..., None]), places, (count, width))


embedding_of = register(Embedding)


def embedding(
    weight: Any,
    indices: Any,
    padding_idx: int = -1,
    scale_grad_by_freq: bool = False,
    sparse: bool = False,
) -> Any:
    """Return the rows of `weight` that `indices` names, in a new last dimension."""
    return embedding_of.apply(weight, indices, padding_idx, scale_grad_by_freq, sparse)


functions["embedding"] = guarded("embedding", embedding, False)
