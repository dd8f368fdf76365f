"""Losses for probabilities: binary cross entropies."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..operation import Operation, size_mismatch
from ..register import register
from ..tensor import raw
from .activations import sigmoid
from .elementwise import abs
from .elementwise_exp import exp, log, log1p
from .elementwise_select import where
from .loss import per_element, reduced
from .reduce import like


def times(loss: Any, weight: Any) -> Any:
    """Return `loss · weight`; RuntimeError if that would be larger than `loss`."""
    if weight is None:
        return loss
    try:
        shape = np.broadcast_shapes(loss.shape, weight.shape)
    except ValueError:
        raise RuntimeError(size_mismatch(weight, loss)) from None
    if shape != loss.shape:
        raise RuntimeError(
            f"output with shape {list(loss.shape)} doesn't match the broadcast shape {list(shape)}"
        )
    return loss * weight


def log_bounded(array: Any) -> Any:
    """Return logarithms, none below −100."""
    return np.maximum(np.log(array), -100)


class BinaryCrossEntropy(Operation):
    """Return the cross entropy of probabilities and targets, weighted, or its mean or sum."""

    public = False
    node = "BinaryCrossEntropyBackward0"
    derivative = dict(
        self=(
            "grad · (self − target) / (self · (1 − self))",
            lambda grad, self, target, weight, reduction: _weighted(
                (self - target) / _at_least((1 - self) * self, 1e-12), grad, self, weight, reduction
            ),
        ),
        target=(
            "grad · (ln(1 − self) − ln(self))",
            lambda grad, self, target, weight, reduction: _weighted(
                log1p(-self) - log(self), grad, self, weight, reduction
            ),
        ),
    )

    def _tensor_arguments(self) -> set[str]:
        return set()

    @staticmethod
    def forward(self: Any, target: Any, weight: Any, reduction: int) -> Any:
        for name, array in (("target", target), ("input", self)):
            if ((array < 0) | (array > 1)).any():
                raise RuntimeError(f"all elements of {name} should be between 0 and 1")
        loss = (target - 1) * np.maximum(np.log1p(-self), -100) - target * log_bounded(self)
        return reduced(times(loss, weight), reduction)


def _at_least(value: Any, bound: float) -> Any:
    return where(value < bound, bound, value)


def _weighted(slope: Any, grad: Any, self: Any, weight: Any, reduction: int) -> Any:
    slope = slope * per_element(grad, self, reduction)
    return slope if weight is None else slope * like(slope, raw(weight))


class BinaryCrossEntropyWithLogits(Operation):
    """Return the cross entropy of `sigmoid(self)` and `target`, computed without overflow."""

    public = False
    node = "BinaryCrossEntropyWithLogitsBackward0"
    derivative = dict(
        self=(
            "grad · (sigmoid(self) − target)",
            lambda grad, self, target, weight, pos_weight, reduction: _weighted(
                _logit_slope(self, target, pos_weight), grad, self, weight, reduction
            ),
        ),
        target=(
            "−grad · self",
            lambda grad, self, target, weight, pos_weight, reduction: _weighted(
                _target_slope(self, pos_weight), grad, self, weight, reduction
            ),
        ),
    )

    def _tensor_arguments(self) -> set[str]:
        return set()

    @staticmethod
    def forward(self: Any, target: Any, weight: Any, pos_weight: Any, reduction: int) -> Any:
        costs = np.log1p(np.exp(-np.abs(self))) + np.maximum(-self, 0)
        if pos_weight is not None:
            costs = (1 + times(target, pos_weight - 1)) * costs
        loss = (1 - target) * self + costs
        return reduced(times(loss, weight), reduction)


def _logit_slope(self: Any, target: Any, pos_weight: Any) -> Any:
    probability = sigmoid(self)
    if pos_weight is None:
        return probability - target
    positive = like(self, raw(pos_weight)) * target
    return (positive + 1 - target) * probability - positive


def _target_slope(self: Any, pos_weight: Any) -> Any:
    if pos_weight is None:
        return -self
    return _log_sigmoid(-self) - like(self, raw(pos_weight)) * _log_sigmoid(self)


def _log_sigmoid(self: Any) -> Any:
    return where(self < 0, self, 0) - log1p(exp(-abs(self)))


binary_cross_entropy_of = register(BinaryCrossEntropy)
binary_cross_entropy_with_logits_of = register(BinaryCrossEntropyWithLogits)
