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
from .switches import Switch
from .tensor import Tensor, wrap

if TYPE_CHECKING:
    from .operation import Operation

levels: Switch[int] = Switch("levels of forward mode")
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
    levels.only(outer)
    try:
        yield
    finally:
        levels.only(before)


def push(op: Operation, args: Sequence[Any], outputs: Sequence[Tensor]) -> None:
    """Give `outputs` of `op` their tangents, at every open level where an input carries one.

    The tangent of an inner level is itself computed with the outer levels open: it may carry
    tangents of its own.
    """
    inputs = op.tensor_inputs(args)
    for i, level in reversed(list(enumerate(levels))):
        tangents = [tangent_of(each, level) for each in inputs]
        if not op.node or all(t is None for t in tangents) or not outputs[0].is_floating_point():
            continue
        with only(levels[:i]), enable_grad():
            made = _linear if op.linear else _diagonal if op.elementwise else _transposed
            for output, tangent in zip(outputs, made(op, args, outputs, tangents), strict=False):
                set_tangent(output, level, tangent)
    node = outputs[0]._grad_fn
    for number, saved in node.saved_results() if node is not None else ():
        meta = outputs[number]._meta
        saved.tangents = meta.tangents if meta is not None else None


def push_write(op: Operation, args: Sequence[Any], target: Tensor) -> None:
    """Give `target`, which `op` wrote to, the tangents of what was written; its base and views too."""
    written = wrap(target._data)
    push(op, args, (written,))
    for i, level in enumerate(levels):
        tangent = tangent_of(written, level)
        base = target if target._base is None else target._base
        if tangent is None and tangent_of(base, level) is None:
            continue
        with only(levels[:i]):
            _spread_write(base, target, tangent, level)


def _spread_write(base: Tensor, target: Tensor, tangent: Tensor | None, level: int) -> None:
    """Put `tangent` (None for zeros) into that of `base`, and let all its views see it."""
    from .ops.strided import put_into, take_flat
    from .views import positions

    if tangent is None:
        tangent = wrap(np.zeros(target._data.shape, target._data.dtype))
    if base is target:
        whole = tangent
    else:
        before = tangent_of(base, level)
        if before is None:
            before = wrap(np.zeros(base._data.shape, base._data.dtype))
        whole = put_into(before, tangent, positions(target, base))
    set_tangent(base, level, whole)
    assert base is target or base._meta is not None
    for reference in (base._meta and base._meta.views) or ():
        view = reference()
        if view is not None:
            set_tangent(view, level, take_flat(whole, positions(view, base)))


def _linear(
    op: Operation, args: Sequence[Any], outputs: Sequence[Tensor], tangents: Sequence[Any]
) -> list[Tensor]:
    """Return J t of an operation that is linear in its one tensor: what it makes of the tangent."""
    made = op.apply(tangents[0], *args[1:])
    return list(made) if isinstance(made, tuple) else [made]


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
    total: list[Any] = [None] * len(seeds)
    for product, tangent in zip(op.pull_back(seeds, args, outputs), tangents, strict=True):
        if tangent is None or product is None or not product._requires_grad:
            continue
        along = _stretched(tangent, product)
        for j, part in enumerate(grad(product, seeds, along, None, True, allow_unused=True)):
            if part is not None:
                total[j] = part if total[j] is None else total[j] + part
    return [wrap(s._data) if t is None else t for s, t in zip(seeds, total, strict=True)]


def _stretched(tangent: Tensor, like: Tensor) -> Tensor:
    """Return `tangent` in the shape and dtype of `like`: what broadcasting did to its primal."""
    from .ops.copying import cast
    from .ops.shape import expand

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
