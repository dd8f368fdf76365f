"""`autograd_lab.nn.functional`: activations and losses as functions."""

from __future__ import annotations

from ..engine.ops.loss import REDUCTIONS, binary_cross_entropy_logits
from ..engine.tensor import Tensor
from .activation_functions import (
    elu,
    gelu,
    hardtanh,
    leaky_relu,
    logsigmoid,
    relu,
    relu6,
    selu,
    sigmoid,
    silu,
    softplus,
    tanh,
)
from .layer_functions import dropout, linear, normalize, one_hot


def binary_cross_entropy_with_logits(
    input: Tensor, target: Tensor, reduction: str = "mean"
) -> Tensor:
    """Return the cross entropy between `sigmoid(input)` and `target`, both of one shape.

    `reduction` is `"mean"`, `"sum"` or `"none"`. Raises ValueError if the shapes differ.
    """
    if input.shape != target.shape:
        raise ValueError(
            f"Target size ({target.shape}) must be the same as input size ({input.shape})"
        )
    result: Tensor = binary_cross_entropy_logits.apply(input, target, REDUCTIONS[reduction])
    return result


__all__ = [
    "binary_cross_entropy_with_logits",
    "dropout",
    "elu",
    "gelu",
    "hardtanh",
    "leaky_relu",
    "linear",
    "logsigmoid",
    "normalize",
    "one_hot",
    "relu",
    "relu6",
    "selu",
    "sigmoid",
    "silu",
    "softplus",
    "tanh",
]
