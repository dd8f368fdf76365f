"""Tensors made of several others: `block_diag`, `cartesian_prod`, `combinations`."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..register import functions, register
from ..tensor import Tensor, wrap
from ..variadic import Variadic
from .joining import meshgrid, stacked
from .spelling import public


def corners(sizes: Any) -> list[tuple[slice, slice]]:
    """Return where each block lies, given the shapes of all."""
    found, row, column = [], 0, 0
    for size in sizes:
        rows, columns = (1,) * (2 - len(size)) + tuple(size)
        found.append((slice(row, row + rows), slice(column, column + columns)))
        row, column = row + rows, column + columns
    return found


class BlockDiag(Variadic):
    """Return the matrices one after the other along the diagonal, 0 elsewhere."""

    public = False
    node = "BlockDiagBackward0"
    derivative = dict(
        tensors=(
            "grad of each block",
            lambda grad, tensors_shapes: [
                grad[corner].reshape(size)
                for corner, size in zip(corners(tensors_shapes), tensors_shapes, strict=True)
            ],
        )
    )

    @staticmethod
    def forward(tensors: Any) -> Any:
        for i, each in enumerate(tensors):
            if each.ndim > 2:
                raise RuntimeError(
                    "torch.block_diag: Input tensors must have 2 or fewer dimensions. Input "
                    f"{i} has {each.ndim} dimensions"
                )
        blocks = corners([each.shape for each in tensors])
        out = np.zeros((blocks[-1][0].stop, blocks[-1][1].stop), tensors[0].dtype)
        for block, each in zip(blocks, tensors, strict=True):
            out[block] = each
        return out


block_diag_of = register(BlockDiag)


def block_diag(*tensors: Any) -> Any:
    """Return the matrices (vectors are rows) one after the other along the diagonal, 0 elsewhere."""
    return block_diag_of.apply(tensors) if tensors else wrap(np.zeros((1, 0), np.float32))


def cartesian_prod(*tensors: Any) -> Any:
    """Return all choices of one element per vector, a row each."""
    for each in tensors:
        if each.ndim != 1:
            raise RuntimeError(f"Expect a 1D vector, but got shape {list(each.shape)}")
    if len(tensors) == 1:
        return tensors[0]
    return stacked([grid.flatten() for grid in meshgrid(*tensors, indexing="ij")], 1)


@public("combinations", as_method=False)
def combinations(self: Tensor, r: int = 2, with_replacement: bool = False) -> Any:
    """Return all ways to take `r` elements of a vector in order, a row each."""
    if self.ndim != 1:
        raise RuntimeError(f"Expect a 1D vector, but got shape {list(self.shape)}")
    if r < 0:
        raise RuntimeError(f"Expect a non-negative number, but got {r}")
    if r == 0:
        return wrap(np.empty(0, self._data.dtype))
    n = self.shape[0]
    places = np.indices((n,) * r)
    ordered = np.less_equal if with_replacement else np.less
    kept = ordered(places[:-1], places[1:]).all(0) if r > 1 else np.ones((n,) * r, bool)
    mask = wrap(kept)
    grids = meshgrid(*[self] * r, indexing="ij")
    rows = [functions["masked_select"](grid, mask) for grid in grids]
    return stacked(rows, 1)


functions |= {"block_diag": block_diag, "cartesian_prod": cartesian_prod}
