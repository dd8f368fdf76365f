"""Losses: how far an output is from its target."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..operation import Operation
from ..register import register
from .activations import sigmoid

REDUCTIONS = {"none": 0, "mean": 1, "sum": 2}
"""torch keeps the choice as a number on the node."""


def reduced(loss: Any, reduction: int) -> Any:
    """Return the elementwise `loss` as it is (0), its mean (1) or its sum (2)."""
    if reduction == 0:
        return loss
    total = np.add.reduce(loss, axis=None)
    return total / loss.dtype.type(loss.size) if reduction == 1 else total


def spread_loss(grad: Any, like: Any, reduction: int) -> Any:
    """Return the gradient of each elementwise loss, given that of the reduced one."""
    return (
        grad / like._data.size
        if reduction == 1 and hasattr(like, "_data")
        else (grad / like.size if reduction == 1 else grad)
    )


class BinaryCrossEntropyLogits(Operation):
    """Return the cross entropy of `sigmoid(self)` and `target`, computed without overflow."""

    public = False
    node = "BinaryCrossEntropyWithLogitsBackward0"
    derivative = dict(
        self=(
            "grad · (sigmoid(self) − target), over the number of elements for a mean",
            lambda grad, self, target, reduction: (
                (sigmoid(self) - target) * spread_loss(grad, self, reduction)
            ),
        )
    )

    @staticmethod
    def forward(self: Any, target: Any, reduction: int) -> Any:
        loss = (1 - target) * self + np.maximum(-self, 0) + np.log1p(np.exp(-np.abs(self)))
        return reduced(loss, reduction)


binary_cross_entropy_logits = register(BinaryCrossEntropyLogits)
