"""Forward mode: tangents travel along with the values.

A dual tensor carries, per level, a tangent: the directional derivative of what it holds. An operation
needs no second rule for this. Its derivative takes a gradient g to Jᵀg and is linear in g; so what that
map does to g, transposed, takes a tangent t to Jt. Elementwise operations are spared the detour: there
J is diagonal and its own transpose.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import numpy as np

from .grad_mode import enable_grad
from .tensor import Tensor, wrap

if TYPE_CHECKING:
    from .operation import Operation

levels: list[int] = []
"""The levels that are open, outermost first; an operation looks whether there are any."""


def tangent_of(tensor: Any, level: int) -> Tensor | None:
    """Return the tangent that `tensor` carries at `level`."""
    if not isinstance(tensor, Tensor) or tensor._meta is None:
        return None
    return tensor._meta.tangents.get(level) if tensor._meta.tangents else None


def set_tangent(tensor: Tensor, level: int, tangent: Tensor) -> None:
    """Let `tensor` carry `tangent` at `level`."""
    meta = tensor._own_meta()
    meta.tangents = {**(meta.tangents or {}), level: tangent}


@contextmanager
def only(outer: Sequence[int]) -> Iterator[None]:
    """Let operations inside see these levels alone."""
    before = levels[:]
    levels[:] = outer
    try:
        yield
    finally:
        levels[:] = before


def push(op: Operation, args: Sequence[Any], outputs: Sequence[Tensor]) -> None:
    """Give `outputs` of `op` their tangents, at every open level where an input carries one.

    The tangent of an inner level is itself computed with the outer levels open: it may carry
    tangents of its own.
    """
    inputs = op.tensor_inputs(args)
    for i, level in reversed(list(enumerate(levels))):
        tangents = [tangent_of(each, level) for each in inputs]
        if not op.node or all(t is None for t in tangents):
            continue
        with only(levels[:i]), enable_grad():
            made = _diagonal if op.elementwise else _transposed
            for output, tangent in zip(outputs, made(op, args, outputs, tangents), strict=False):
                set_tangent(output, level, tangent)


def _diagonal(
    op: Operation, args: Sequence[Any], outputs: Sequence[Tensor], tangents: Sequence[Any]
) -> list[Tensor]:
    """Return J t where J is diagonal: what the rules make of the tangents themselves."""
    total: Any = None
    for i, tangent in enumerate(tangents):
        if tangent is not None:
            part = op.pull_back([_stretched(tangent, outputs[0])], args, outputs)[i]
            total = part if total is None else total + part
    return [total]


def _transposed(
    op: Operation, args: Sequence[Any], outputs: Sequence[Tensor], tangents: Sequence[Any]
) -> list[Tensor]:
    """Return J t, a tangent per differentiable output: g ↦ Jᵀg is linear, its gradient along t is J t."""
    from .backward import grad

    seeds = [
        wrap(np.zeros(o._data.shape, o._data.dtype)).requires_grad_()
        for o in outputs
        if o.is_floating_point()
    ]
    total: list[Any] = [wrap(seed._data) for seed in seeds]
    for product, tangent in zip(op.pull_back(seeds, args, outputs), tangents, strict=True):
        if tangent is None or product is None or not product._requires_grad:
            continue
        along = _stretched(tangent, product)
        for j, part in enumerate(grad(product, seeds, along, None, True, allow_unused=True)):
            if part is not None:
                total[j] = total[j] + part
    return total


def _stretched(tangent: Tensor, like: Tensor) -> Tensor:
    """Return `tangent` in the shape and dtype of `like`: what broadcasting did to its primal."""
    from .ops.shape import cast, expand

    if tangent.shape != like.shape:
        tangent = expand.apply(tangent, tuple(like.shape))
    return tangent if tangent.dtype is like.dtype else cast.apply(tangent, like._data.dtype)


def jvp_once(func: Any, inputs: Sequence[Any], i: int, tangent: Tensor) -> list[Tensor | None]:
    """Return the tangents of `func`'s outputs when input `i` moves along `tangent`."""
    from .ops.shape import view

    level = (levels[-1] if levels else 0) - 1
    moved = view.apply(inputs[i], tuple(inputs[i].shape))
    set_tangent(moved, level, tangent)
    levels.append(level)
    try:
        outputs = func(*inputs[:i], moved, *inputs[i + 1 :])
    finally:
        levels.pop()
    return [tangent_of(out, level) for out in outputs]
