"""Losses and softmax as functions: the part of `nn.functional` that measures how wrong an output is."""

from __future__ import annotations

import warnings
from typing import Any

from ..engine.ops import binary_entropy, by_number, loss
from ..engine.ops import nll as _nll
from ..engine.ops import softmax as _softmax
from ..engine.ops.elementwise_select import masked_fill
from ..engine.ops.reduce import mean, sum
from ..engine.register import check, functions
from ..engine.tensor import Tensor

IGNORED = -100
"""The target that counts for nothing, unless another one is given."""


def _number(reduction: str) -> int:
    """Return torch's number of a reduction; ValueError for another word."""
    if reduction not in loss.REDUCTIONS:
        raise ValueError(f"{reduction} is not a valid value for reduction")
    return loss.REDUCTIONS[reduction]


def _told(reduction: str, size_average: bool | None, reduce: bool | None) -> str:
    """Return the reduction, also where it is told in the old way, with a warning."""
    if size_average is None and reduce is None:
        return reduction
    kind = "none" if reduce is False else "sum" if size_average is False else "mean"
    warnings.warn(
        f"size_average and reduce args will be deprecated, please use reduction='{kind}' instead.",
        UserWarning,
        stacklevel=3,
    )
    return kind


def _reduce(losses: Tensor, reduction: str) -> Any:
    number = _number(reduction)
    return losses if number == 0 else mean(losses) if number == 1 else sum(losses)


def _pair(input: Tensor, target: Tensor) -> Any:
    """Return input and target, broadcast; warn if their sizes differ."""
    if target.shape == input.shape:
        return input, target
    warnings.warn(
        f"Using a target size ({target.shape}) that is different to the input size "
        f"({input.shape}). This will likely lead to incorrect results due to broadcasting. Please "
        "ensure they have the same size.",
        UserWarning,
        stacklevel=3,
    )
    return functions["broadcast_tensors"](input, target)


def mse_loss(
    input: Tensor,
    target: Tensor,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
) -> Any:
    """Return the mean (sum, or none: each one) of the squared differences."""
    reduction = _told(reduction, size_average, reduce)
    return loss.squared_error[_number(reduction)](*_pair(input, target))


def l1_loss(
    input: Tensor,
    target: Tensor,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
) -> Any:
    """Return the mean (sum, or none: each one) of the absolute differences."""
    reduction = _told(reduction, size_average, reduce)
    first, second = _pair(input, target)
    return _reduce(functions["abs"](first - second), reduction)


def smooth_l1_loss(
    input: Tensor,
    target: Tensor,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
    beta: float = 1.0,
) -> Any:
    """Return absolute differences, quadratic below `beta`, reduced."""
    reduction = _told(reduction, size_average, reduce)
    first, second = _pair(input, target)
    if beta < 0:
        raise RuntimeError("smooth_l1_loss does not support negative values for beta.")
    if beta == 0:
        return _reduce(functions["abs"](first - second), reduction)
    return loss.smooth_l1_loss.apply(first, second, _number(reduction), float(beta))


def huber_loss(input: Tensor, target: Tensor, reduction: str = "mean", delta: float = 1.0) -> Any:
    """Return half the squared differences, linear from `delta` on, reduced."""
    first, second = _pair(input, target)
    if delta <= 0:
        raise RuntimeError("huber_loss does not support non-positive values for delta.")
    return loss.huber_loss.apply(first, second, _number(reduction), float(delta))


def nll_loss(
    input: Tensor,
    target: Tensor,
    weight: Tensor | None = None,
    size_average: bool | None = None,
    ignore_index: int = IGNORED,
    reduce: bool | None = None,
    reduction: str = "mean",
) -> Any:
    """Return minus the log-probabilities in `input` of the classes in `target`, reduced.

    `input` is (classes), (batch, classes) or (batch, classes, …); `target` holds class numbers.
    """
    reduction = _told(reduction, size_average, reduce)
    number = _number(reduction)
    check("nll_loss_nd", False, (input, target, weight, number, ignore_index), {})
    return _nll.nll(input, target, weight, number, ignore_index)


def cross_entropy(
    input: Tensor,
    target: Tensor,
    weight: Tensor | None = None,
    size_average: bool | None = None,
    ignore_index: int = IGNORED,
    reduce: bool | None = None,
    reduction: str = "mean",
    label_smoothing: float = 0.0,
) -> Any:
    """Return the cross entropy of `softmax(input)` and `target`, class numbers or probabilities."""
    reduction = _told(reduction, size_average, reduce)
    check("cross_entropy_loss", False, (input, target, weight, _number(reduction)), {})
    if input.shape == target.shape:
        return _of_probabilities(input, target, weight, reduction, label_smoothing)
    _check_smoothing(label_smoothing)
    logs = _softmax.log_softmax(input, 0 if input.ndim == 1 else 1)
    hard = nll_loss(logs, target, weight, ignore_index=ignore_index, reduction=reduction)
    if not label_smoothing:
        return hard
    smooth = _smooth(logs, target, weight, ignore_index, reduction)
    share = label_smoothing / logs.shape[_nll.class_dim(logs)]
    return by_number.mul_number.apply(hard, 1 - label_smoothing) + by_number.mul_number.apply(
        smooth, share
    )


def _check_smoothing(smoothing: float) -> None:
    if not 0 <= smoothing <= 1:
        raise RuntimeError(f"label_smoothing must be between 0.0 and 1.0. Got: {smoothing:g}")


def _smooth(
    logs: Tensor, target: Any, weight: Tensor | None, ignore_index: int, reduction: str
) -> Any:
    """Return the loss of a target that gives every class the same share."""
    dim = _nll.class_dim(logs)
    scaled = logs if weight is None else logs * _along(weight, logs)
    losses = masked_fill(-sum(scaled, dim), target == ignore_index, 0.0)
    if reduction != "mean":
        return _reduce(losses, reduction)
    return sum(losses) / _nll.counted(target, weight, ignore_index)


def _along(weight: Tensor, logs: Tensor) -> Any:
    shape = [1] * logs.ndim
    shape[_nll.class_dim(logs)] = weight.numel()
    return functions["reshape"](weight, shape)


def _of_probabilities(
    input: Tensor, target: Tensor, weight: Tensor | None, reduction: str, smoothing: float
) -> Any:
    """Return the cross entropy where `target` holds probabilities."""
    if not target.is_floating_point():
        raise RuntimeError(
            "Expected floating point type for target with class probabilities, got "
            f"{target.dtype.class_name}"
        )
    _check_smoothing(smoothing)
    dim = _nll.class_dim(input)
    if not input.ndim:
        raise IndexError(f"Dimension specified as {dim} but tensor has no dimensions")
    logs = _softmax.log_softmax(input, dim)
    classes = input.shape[dim]
    if smoothing:
        target = by_number.mul_number.apply(target, 1 - smoothing)
        target = by_number.add_number.apply(target, smoothing / classes)
    products = logs * target
    if weight is not None:
        products = products * _along(weight, logs)
    if reduction == "none":
        return -sum(products, dim)
    loss_sum = -sum(products)
    if reduction == "sum":
        return loss_sum
    return by_number.div_number.apply(loss_sum, input.numel() // classes)


def binary_cross_entropy(
    input: Tensor,
    target: Tensor,
    weight: Tensor | None = None,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
) -> Any:
    """Return the cross entropy of the probabilities in `input` and `target`, both of one shape."""
    reduction = _told(reduction, size_average, reduce)
    number = _number(reduction)
    if target.shape != input.shape:
        raise ValueError(
            f"Using a target size ({target.shape}) that is different to the input size "
            f"({input.shape}) is deprecated. Please ensure they have the same size."
        )
    return binary_entropy.binary_cross_entropy_of.apply(
        input, target, _expanded(weight, input), number
    )


def _expanded(weight: Tensor | None, like: Tensor) -> Any:
    if weight is None or weight.shape == like.shape:
        return weight
    try:
        return functions["broadcast_to"](weight, like.shape)
    except RuntimeError:  # the operation has the words for it
        return weight


def binary_cross_entropy_with_logits(
    input: Tensor,
    target: Tensor,
    weight: Tensor | None = None,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
    pos_weight: Tensor | None = None,
) -> Any:
    """Return the cross entropy between `sigmoid(input)` and `target`, both of one shape.

    `pos_weight` counts the positive targets more. ValueError if the shapes differ.
    """
    reduction = _told(reduction, size_average, reduce)
    number = _number(reduction)
    if target.shape != input.shape:
        raise ValueError(
            f"Target size ({target.shape}) must be the same as input size ({input.shape})"
        )
    for name, each in (("weight", weight), ("pos_weight", pos_weight)):
        if each is not None and each.requires_grad:
            raise RuntimeError(
                "The function 'binary_cross_entropy_with_logits' is not differentiable with respect to "
                f"argument '{name}'. This input cannot have requires_grad True."
            )
    return binary_entropy.binary_cross_entropy_with_logits_of.apply(
        input, target, weight, pos_weight, number
    )


def kl_div(
    input: Any,
    target: Any,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
    log_target: bool = False,
) -> Any:
    """Return target · (ln(target) − input), reduced; `"batchmean"` divides by the batch only."""
    reduction = _told(reduction, size_average, reduce)
    if reduction == "mean":
        warnings.warn(
            "reduction: 'mean' divides the total loss by both the batch size and the support size."
            "'batchmean' divides only by the batch size, and aligns with the KL div math definition."
            "'mean' will be changed to behave the same as 'batchmean' in the next major release.",
            UserWarning,
            stacklevel=2,
        )
    if log_target:
        losses = functions["exp"](target) * (target - input)
    else:
        losses = functions["xlogy"](target, target) - target * input
    if reduction == "batchmean":
        return sum(losses) / input.shape[0] if input.ndim else sum(losses)
    return _reduce(losses, reduction)


def _dim(name: str, dim: int | None, ndim: int) -> int:
    """Return `dim`; choose one, with a warning, if it is None."""
    if dim is not None:
        return dim
    warnings.warn(
        f"Implicit dimension choice for {name} has been deprecated. Change the call to include dim=X "
        "as an argument.",
        UserWarning,
        stacklevel=3,
    )
    return 0 if ndim in (0, 1, 3) else 1


def softmax(input: Tensor, dim: int | None = None, _stacklevel: int = 3, dtype: Any = None) -> Any:
    """Return exponentials along `dim`, divided by their sum."""
    return _softmax.softmax(input, _dim("softmax", dim, input.ndim), dtype)


def log_softmax(
    input: Tensor, dim: int | None = None, _stacklevel: int = 3, dtype: Any = None
) -> Any:
    """Return the logarithm of `softmax` along `dim`."""
    return _softmax.log_softmax(input, _dim("log_softmax", dim, input.ndim), dtype)


def softmin(input: Any, dim: int | None = None, _stacklevel: int = 3, dtype: Any = None) -> Any:
    """Return the `softmax` of `−input` along `dim`."""
    return _softmax.softmax(-input, _dim("softmin", dim, input.ndim), dtype)
