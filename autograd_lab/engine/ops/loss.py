"""Losses: how far an output is from its target."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any, ClassVar

import numpy as np

from ..broadcasting import Broadcasting
from ..register import register
from ..short import on_two
from ..tensor import raw
from .elementwise import abs, sgn
from .elementwise_select import where
from .reduce import total

REDUCTIONS = {"none": 0, "mean": 1, "sum": 2}
"""torch keeps the choice as a number on the node."""


def reduced(loss: Any, reduction: int) -> Any:
    """Return the elementwise `loss` as it is (0), its mean (1) or its sum (2)."""
    if reduction == 0:
        return loss
    sums = total(loss, axis=None)
    return sums / loss.dtype.type(loss.size) if reduction == 1 else sums


def per_element(grad: Any, like: Any, reduction: int) -> Any:
    """Return the gradient of each elementwise loss, given that of the reduced one."""
    return grad / raw(like).size if reduction == 1 and raw(like).size else grad


class Loss(Broadcasting):
    """A function of input and target, element by element, reduced to one number or not."""

    public: ClassVar[bool] = False
    elementwise = False

    def changed(self, arrays: Sequence[Any], data: Any) -> Any:
        """Return the `targets` of `record`: input and target have one shape, but perhaps not one dtype."""
        first, second, *_ = arrays
        if first.dtype is second.dtype:
            return None
        return [(a.shape, a.dtype) for a in (first, second)]


class MseLoss(Loss):
    """Return the squared differences, or their mean or sum."""

    node = "MseLossBackward0"
    derivative = dict(
        self=(
            "2 · (self − target) · grad, over the number of elements for a mean",
            lambda grad, self, target, reduction: (
                2 * (self - target) * per_element(grad, self, reduction)
            ),
        ),
        target=(
            "2 · (target − self) · grad, over the number of elements for a mean",
            lambda grad, self, target, reduction: (
                2 * (target - self) * per_element(grad, self, reduction)
            ),
        ),
    )

    @staticmethod
    def forward(self: Any, target: Any, reduction: int) -> Any:
        off = self - target
        return reduced(off * off, reduction)


def of_smooth_l1(grad: Any, off: Any, reduction: int, beta: float) -> Any:
    """Return the gradient of the smooth absolute loss for a difference `off`."""
    return where(abs(off) < beta, off / beta, sgn(off)) * per_element(grad, off, reduction)


class SmoothL1Loss(Loss):
    """Return absolute differences, quadratic below `beta`, or their mean or sum."""

    node = "SmoothL1LossBackward0"
    derivative = dict(
        self=(
            "grad · (self − target) / beta, at most 1 in size",
            lambda grad, self, target, reduction, beta: of_smooth_l1(
                grad, self - target, reduction, beta
            ),
        ),
        target=(
            "grad · (target − self) / beta, at most 1 in size",
            lambda grad, self, target, reduction, beta: of_smooth_l1(
                grad, target - self, reduction, beta
            ),
        ),
    )
    name = "smooth_l1_loss"

    @staticmethod
    def forward(self: Any, target: Any, reduction: int, beta: float) -> Any:
        size = np.abs(self - target)
        loss = np.where(size < beta, 0.5 * size * size / beta, size - 0.5 * beta)
        return reduced(loss, reduction)


def of_huber(grad: Any, off: Any, reduction: int, delta: float) -> Any:
    """Return the gradient of the Huber loss for a difference `off`."""
    return where(abs(off) <= delta, off, delta * sgn(off)) * per_element(grad, off, reduction)


class HuberLoss(Loss):
    """Return half the squared differences, linear from `delta` on, or their mean or sum."""

    node = "HuberLossBackward0"
    derivative = dict(
        self=(
            "grad · (self − target), at most delta in size",
            lambda grad, self, target, reduction, delta: of_huber(
                grad, self - target, reduction, delta
            ),
        ),
        target=(
            "grad · (target − self), at most delta in size",
            lambda grad, self, target, reduction, delta: of_huber(
                grad, target - self, reduction, delta
            ),
        ),
    )

    @staticmethod
    def forward(self: Any, target: Any, reduction: int, delta: float) -> Any:
        size = np.abs(self - target)
        loss = np.where(size <= delta, 0.5 * size * size, delta * (size - 0.5 * delta))
        return reduced(loss, reduction)


mse_loss, smooth_l1_loss, huber_loss = [register(c) for c in (MseLoss, SmoothL1Loss, HuberLoss)]
squared_error = [
    on_two(mse_loss, (number,), forward=partial(MseLoss.forward, reduction=number))
    for number in REDUCTIONS.values()
]
"""By the number of the reduction: `mse_loss` as a function of input and target."""
