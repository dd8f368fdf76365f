"""What layers compute, as functions: linear, embedding, layer_norm, dropout, pad, similarities."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..engine.grad_mode import no_grad
from ..engine.observe import told
from ..engine.ops.norm import vector_norm_over
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
    positions = wrap((classes[..., None] == np.arange(num_classes)).astype(np.int64))
    return told("one_hot", (input,), positions)


def normalize(input: Any, p: float = 2.0, dim: int = 1, eps: float = 1e-12) -> Any:
    """Return `input` divided by its p-norm along `dim`, or by `eps` where that is larger."""
    return input / input.norm(p, dim, keepdim=True).clamp_min(eps).expand_as(input)


def embedding(
    input: Any,
    weight: Any,
    padding_idx: int | None = None,
    max_norm: float | None = None,
    norm_type: float = 2.0,
    scale_grad_by_freq: bool = False,
    sparse: bool = False,
) -> Any:
    """Return the rows of `weight` that `input` names; the row `padding_idx` gets no gradient.

    With `max_norm`, rows that are longer are shortened first, in place. `sparse` has no effect.
    """
    row = -1 if padding_idx is None else padding_idx
    if padding_idx is not None:
        assert -weight.shape[0] <= row < weight.shape[0], (
            "Padding_idx must be within num_embeddings"
        )
        row %= weight.shape[0]
    if max_norm is not None:
        with no_grad():
            for i in np.unique(input._data):
                size = weight[int(i)].norm(norm_type).item()
                if size > max_norm:
                    weight[int(i)] *= max_norm / (size + 1e-7)
    return functions["embedding"](weight, input, row, scale_grad_by_freq, sparse)


@guard("layer_norm")
def layer_norm(
    input: Any, normalized_shape: Any, weight: Any = None, bias: Any = None, eps: float = 1e-5
) -> Any:
    """Return `input` with mean 0 and variance 1 over its last dimensions, times `weight` plus `bias`."""
    return functions["layer_norm"](input, normalized_shape, weight, bias, eps)


@guard("pad")
def pad(input: Any, pad: Any, mode: str = "constant", value: float | None = None) -> Any:
    """Return `input` with `value` (0) around it: `pad` says how much, in pairs, last dimension first."""
    if len(pad) % 2:
        raise RuntimeError("Padding length must be divisible by 2")
    if len(pad) > 2 * input.ndim:
        raise RuntimeError(
            "Padding length should be less than or equal to two times the input dimension but got "
            f"padding length {len(pad)} and input of dimension {input.ndim}"
        )
    if mode == "constant":
        return functions["constant_pad_nd"](input, pad, 0 if value is None else value)
    if mode in ("reflect", "replicate", "circular"):
        raise NotImplementedError(f"pad() in mode {mode} is not part of autograd_lab")
    raise NotImplementedError(f"Unrecognised padding mode {mode}")


@guard("cosine_similarity")
def cosine_similarity(x1: Any, x2: Any, dim: int = 1, eps: float = 1e-8) -> Any:
    """Return the cosine of the angle between vectors along `dim`; 0 for one shorter than `eps`."""
    x1, x2 = functions["broadcast_tensors"](x1, x2)
    norms = [vector_norm_over(each, 2, dim, True).clone() for each in (x1, x2)]
    with no_grad():
        for norm in norms:
            norm.clamp_min_(eps)
    return ((x1 / norms[0]) * (x2 / norms[1])).sum(dim)
