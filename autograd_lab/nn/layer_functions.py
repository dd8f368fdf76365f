"""What layers compute, as functions: linear, dropout, one_hot, normalize."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..engine.observe import told
from ..engine.register import check, functions, guard
from ..engine.tensor import Tensor, wrap


@guard("linear")
def linear(input: Any, weight: Any, bias: Any = None) -> Any:
    """Return `input @ weightᵀ + bias` for `input` (…, in) and `weight` (out, in)."""
    turned = weight.t()
    if bias is None:
        return functions["matmul"](input, turned)
    addmm = functions["addmm"]
    if input.ndim == 2:
        return addmm(bias, input, turned)
    rows = functions["reshape"](input, (-1, input.shape[-1]))
    return addmm(bias, rows, turned).view(*input.shape[:-1], weight.shape[0])


def dropout(input: Any, p: float = 0.5, training: bool = True, inplace: bool = False) -> Any:
    """Return `input` with each element zeroed with probability `p`, the others divided by 1 − p.

    Out of `training`, `input` itself. Raises ValueError unless `p` is a probability.
    """
    if not 0.0 <= p <= 1.0:
        raise ValueError(f"dropout probability has to be between 0 and 1, but got {p}")
    if not isinstance(input, Tensor):
        check("dropout", False, (input, p, training), {})
    if not training or p == 0 or not input.numel():
        return input
    if p == 1:
        noise: Any = wrap(np.zeros((), input._data.dtype))
    else:
        noise = functions["empty_like"](input).bernoulli_(1 - p).div_(1 - p)
    return input.mul_(noise) if inplace else functions["mul"](input, noise)


@guard("one_hot")
def one_hot(input: Tensor, num_classes: int = -1) -> Tensor:
    """Return 1 at each class and 0 elsewhere, in a new last dimension of `num_classes` (int64)."""
    classes = input._data
    if classes.dtype != np.int64:
        raise RuntimeError("one_hot is only applicable to index tensor of type LongTensor.")
    if not classes.size and num_classes <= 0:
        if num_classes == -1:
            raise RuntimeError("Can not infer total number of classes from empty tensor.")
        raise RuntimeError("Class values must be smaller than num_classes.")
    if classes.size and classes.min() < 0:
        raise RuntimeError("Class values must be non-negative.")
    if num_classes == -1:
        num_classes = int(classes.max()) + 1
    elif num_classes < 1:
        raise RuntimeError("num_classes should be positive")
    elif classes.size and classes.max() >= num_classes:
        raise RuntimeError("Class values must be smaller than num_classes.")
    return told(
        "one_hot", (input,), wrap((classes[..., None] == np.arange(num_classes)).astype(np.int64))
    )


def normalize(input: Any, p: float = 2.0, dim: int = 1, eps: float = 1e-12) -> Any:
    """Return `input` divided by its p-norm along `dim`, or by `eps` where that is larger."""
    return input / input.norm(p, dim, keepdim=True).clamp_min(eps).expand_as(input)
