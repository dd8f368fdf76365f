"""Windows onto memory: what a view of a base that was written to becomes, and taking and putting."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..node import Node
from ..operation import Operation
from ..register import register
from ..tensor import Tensor, wrap
from ..views import ViewOperation


class WindowNode(Node):
    """A node that a saved result can point to without holding it."""

    __slots__ = ("__weakref__",)


class AsStrided(Operation):
    """Return the window onto `self` of a size, strides and offset in elements."""

    public = False
    kind = WindowNode
    node = "AsStridedBackward0"
    derivative = dict(
        self=(
            "grad at the places of the window, 0 elsewhere",
            lambda grad, positions, self_sym_sizes: put_flat(grad, positions, self_sym_sizes),
        )
    )

    @staticmethod
    def forward(self: Any, size: Any, stride: Any, storage_offset: int, positions: Any) -> Any:
        return self.reshape(-1)[positions]

    announce = ViewOperation.announce


as_strided = register(AsStrided)


class TakeFlat(Operation):
    """Return the elements of `self`, counted in row order, at `positions`."""

    public = False
    node = "TakeBackward0"
    derivative = dict(
        self=(
            "grad at those places, 0 elsewhere",
            lambda grad, positions, self_sym_sizes: put_flat(grad, positions, self_sym_sizes),
        )
    )

    @staticmethod
    def forward(self: Any, positions: Any) -> Any:
        taken = np.reshape(self, -1)[positions]
        return np.where(positions < 0, 0, taken) if (positions < 0).any() else taken


take_flat: Operation = register(TakeFlat)


class PutFlat(Operation):
    """Return zeros of shape `sizes` with `self` added at `positions`, counted in row order."""

    public = False
    node = "PutBackward0"
    derivative = dict(
        self=("grad at those places", lambda grad, positions: take_flat(grad, positions))
    )

    @staticmethod
    def forward(self: Any, positions: Any, sizes: Any) -> Any:
        out = np.zeros(sizes, self.dtype)
        inside = positions >= 0
        np.add.at(out.reshape(-1), positions[inside], self[inside])
        return out


put_flat: Operation = register(PutFlat)


def put_into(whole: Any, part: Any, positions: Any) -> Any:
    """Return `whole` with `part` (None for zeros) in place of what is at `positions`."""
    shape = tuple(whole.shape)
    outside = np.ones(shape, bool)
    outside.reshape(-1)[positions] = False
    kept = whole * (wrap(outside) if isinstance(whole, Tensor) else outside)
    return kept if part is None else kept + put_flat(part, positions, shape)
