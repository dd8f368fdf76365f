"""Numbers brought to mean 0 and variance 1: `layer_norm`."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..named import Named
from ..register import functions, guarded, register
from ..tensor import Tensor
from ..unary import only_for
from .elementwise_power import rsqrt
from .matmul import dtype_name
from .reduce import mean_dims, sum_to_size


def normalized(self: Any, dims: tuple[int, ...], eps: float) -> tuple[Any, Any]:
    """Return `self` with mean 0 and variance 1 over `dims`, and what it was multiplied by for that."""
    off = self - mean_dims(self, dims, True)
    factor = rsqrt(mean_dims(off * off, dims, True) + eps)
    return off * factor, factor


def of_normalized(grad: Any, input: Any, shape: tuple[int, ...], weight: Any, eps: float) -> Any:
    """Return the gradient of the input: what changes neither mean nor variance passes."""
    dims = tuple(range(-len(shape), 0))
    grad = grad if weight is None else grad * weight
    unit, factor = normalized(input, dims, eps)
    along = unit * mean_dims(grad * unit, dims, True)
    return (grad - mean_dims(grad, dims, True) - along) * factor


class NativeLayerNorm(Named):
    """Return the input with mean 0 and variance 1 over its last dimensions, times `weight` plus `bias`."""

    public = False
    node = "NativeLayerNormBackward0"
    derivative = dict(
        input=(
            "(grad · weight, without its mean and its share along the result) / deviation",
            lambda grad, input, normalized_shape, weight, eps: of_normalized(
                grad, input, normalized_shape, weight, eps
            ),
        ),
        weight=(
            "Σ grad · (input − mean) / deviation",
            lambda grad, input, normalized_shape, eps: sum_to_size(
                grad * normalized(input, tuple(range(-len(normalized_shape), 0)), eps)[0],
                normalized_shape,
            ),
        ),
        bias=("Σ grad", lambda grad, normalized_shape: sum_to_size(grad, normalized_shape)),
    )
    fields = ("result0", "result1", "result2")
    keeps = ("bias", "result1", "result2")

    @staticmethod
    def forward(
        input: Any, normalized_shape: tuple[int, ...], weight: Any, bias: Any, eps: float
    ) -> Any:
        dims = tuple(range(-len(normalized_shape), 0))
        only_for("f", "LayerNormKernelImpl", input)
        mean = np.mean(input, dims, keepdims=True)
        unit, factor = normalized(input, dims, eps)
        unit = unit if weight is None else unit * weight
        return (unit if bias is None else unit + bias), mean, factor


native_layer_norm = register(NativeLayerNorm)


def check_shapes(input: Tensor, shape: tuple[int, ...], **parameters: Any) -> None:
    """Raise unless the input ends with `shape`, and the parameters have it, and one dtype."""
    if not shape:
        raise RuntimeError(
            "Expected normalized_shape to be at least 1-dimensional, i.e., containing at least one "
            "element, but got normalized_shape = []"
        )
    for each in parameters.values():
        if each is not None and each.dtype is not input.dtype:
            raise RuntimeError(
                "mixed dtype (CPU): expect parameter to have scalar type of "
                f"{dtype_name(input._data)}"
            )
    for name, each in parameters.items():
        if each is not None and tuple(each.shape) != shape:
            raise RuntimeError(
                f"Expected {name} to be of same shape as normalized_shape, but got {name} of shape "
                f"{list(each.shape)} and normalized_shape = {list(shape)}"
            )
    if tuple(input.shape[-len(shape) :]) != shape:
        sizes = ", ".join(map(str, shape))
        raise RuntimeError(
            f"Given normalized_shape={list(shape)}, expected input with shape [*, {sizes}], but got "
            f"input of size{list(input.shape)}"
        )


def layer_norm(
    input: Tensor,
    normalized_shape: Any,
    weight: Any = None,
    bias: Any = None,
    eps: float = 1e-5,
    cudnn_enable: bool = True,
) -> Any:
    """Return `input` with mean 0 and variance 1 over its last dimensions, times `weight` plus `bias`."""
    shape = tuple(normalized_shape)
    check_shapes(input, shape, weight=weight, bias=bias)
    return native_layer_norm.apply(input, shape, weight, bias, eps)[0]


functions["layer_norm"] = guarded("layer_norm", layer_norm, False)
