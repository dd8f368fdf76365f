"""The activation functions of `nn.functional`."""

from __future__ import annotations

from typing import Any

from ..engine.operation import Operation
from ..engine.ops import activations, rectifiers
from ..engine.ops.inplace import write
from ..engine.register import check, functions, guard
from ..engine.tensor import Tensor

sigmoid = functions["sigmoid"]
tanh = functions["tanh"]


def _run(op: Operation, inplace: bool, *args: Any, instead: Operation | None = None) -> Tensor:
    """Run `op`; if `inplace`, put the result (of `instead`, if given) into the first argument."""
    try:
        if inplace:
            return write(instead or op, *args)
        result: Tensor = op.apply(*args)
        return result
    except Exception:
        __tracebackhide__ = True
        check(op.name, False, args, {})
        raise


def relu(input: Tensor, inplace: bool = False) -> Tensor:
    """Return `input` where positive, else 0; its derivative at 0 is 0."""
    return _run(rectifiers.relu, inplace, input)


def relu6(input: Tensor, inplace: bool = False) -> Tensor:
    """Return `input`, but at least 0 and at most 6."""
    return hardtanh(input, 0, 6, inplace)


def hardtanh(
    input: Tensor, min_val: float = -1.0, max_val: float = 1.0, inplace: bool = False
) -> Tensor:
    """Return `input`, but at least `min_val` and at most `max_val`.

    Raises ValueError if `min_val` is larger than `max_val`.
    """
    if min_val > max_val:
        raise ValueError("min_val cannot be greater than max_val")
    return _run(rectifiers.hardtanh, inplace, input, min_val, max_val)


def leaky_relu(input: Tensor, negative_slope: float = 0.01, inplace: bool = False) -> Tensor:
    """Return `input` where positive, else `negative_slope` times it."""
    return _run(
        rectifiers.leaky_relu,
        inplace,
        input,
        negative_slope,
        instead=rectifiers.leaky_relu_in_place,
    )


def elu(input: Tensor, alpha: float = 1.0, inplace: bool = False) -> Tensor:
    """Return `input` where positive, else `alpha · (e^input − 1)`."""
    return _run(rectifiers.elu, inplace, input, alpha, 1, 1, instead=rectifiers.elu_in_place)


def selu(input: Tensor, inplace: bool = False) -> Tensor:
    """Return `elu` scaled so that mean 0 and variance 1 are kept from layer to layer."""
    alpha, scale = 1.6732632423543772848170429916717, 1.0507009873554804934193349852946
    return _run(rectifiers.elu, inplace, input, alpha, scale, 1, instead=rectifiers.elu_in_place)


@guard("gelu")
def gelu(input: Tensor, *, approximate: str = "none") -> Tensor:
    """Return `input` times the share of a normal distribution below it.

    `approximate="tanh"` computes the share with a hyperbolic tangent.
    """
    result: Tensor = activations.gelu.apply(input, approximate)
    return result


def silu(input: Tensor, inplace: bool = False) -> Tensor:
    """Return `input · sigmoid(input)`."""
    return _run(activations.silu, inplace, input)


@guard("softplus")
def softplus(input: Tensor, beta: float = 1, threshold: float = 20) -> Tensor:
    """Return `ln(1 + e^(beta · input)) / beta`, and `input` where `beta · input > threshold`."""
    return _run(activations.softplus, False, input, beta, threshold)


@guard("log_sigmoid")
def logsigmoid(input: Tensor) -> Tensor:
    """Return `ln(sigmoid(input))`."""
    result: Tensor = activations.log_sigmoid.apply(input)[0]
    return result


__all__ = [
    "elu",
    "gelu",
    "hardtanh",
    "leaky_relu",
    "logsigmoid",
    "relu",
    "relu6",
    "selu",
    "sigmoid",
    "silu",
    "softplus",
    "tanh",
]
