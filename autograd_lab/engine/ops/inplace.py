"""In-place forms: `add_`, `mul_`, `zero_`, `+=`: the result takes the place of the first input."""

from __future__ import annotations

from typing import Any

import numpy as np

from .. import dtypes, messages
from .._methods import Methods
from ..grad_mode import state
from ..observe import observers
from ..operation import Operation
from ..register import register
from ..tensor import Tensor, wrap
from . import elementwise


def check_writable(tensor: Tensor, tracked: bool) -> None:
    """Raise what torch raises where an in-place write would make gradients wrong."""
    if not state.enabled:
        return
    base = tensor._base
    if base is None:
        if tensor._requires_grad and tensor._grad_fn is None:
            raise RuntimeError(messages.LEAF_INPLACE)
    elif base._requires_grad and base._grad_fn is None:
        raise RuntimeError(messages.VIEW_OF_LEAF_INPLACE)
    elif tracked:
        raise NotImplementedError("in-place writes to a view that requires grad")


def snapshot(tensor: Tensor) -> Tensor:
    """Return what `tensor` was before the write: its numbers copied, its history kept."""
    before = wrap(np.array(tensor._data))
    before._grad_fn, before._output_nr = tensor._grad_fn, tensor._output_nr
    before._requires_grad = tensor._requires_grad
    return before


def write(op: Operation, *args: Any) -> Tensor:
    """Run `op` and put its result into `args[0]`, history and all."""
    target: Tensor = args[0]
    tracked = state.enabled and any(isinstance(a, Tensor) and a._requires_grad for a in args)
    check_writable(target, tracked)
    arrays = [a._data if isinstance(a, Tensor) else a for a in args]
    data = op.compute(arrays)
    check_fits(data, target)
    before = snapshot(target) if tracked else target
    target._buffer()[...] = data
    target._wrote()
    if tracked:
        op.record(target, (before, *args[1:]), op.changed(arrays, data))
    if observers:
        for observer in observers:
            observer.on_op(f"{op.name}_", args, target, target._grad_fn if tracked else None)
    return target


def check_fits(data: Any, target: Tensor) -> None:
    """Raise if a result of this shape and dtype cannot be stored in `target`."""
    if data.shape != target._data.shape:
        raise RuntimeError(
            f"output with shape {list(target.shape)} doesn't match the broadcast shape "
            f"{list(data.shape)}"
        )
    kind = dtypes.of_numpy(data.dtype)
    if kind.category > target.dtype.category:
        raise RuntimeError(
            f"result type {kind.class_name} can't be cast to the desired output type "
            f"{target.dtype.class_name}"
        )


def _expose(op: Operation, operator: str = "") -> None:
    padding = {"add": (1,), "sub": (1,)}.get(op.name, ())

    def method(self: Tensor, *args: Any) -> Tensor:
        missing = len(op.parameters) - 1 - len(args)
        return write(op, self, *args, *(padding if missing else ()))

    method.__name__ = f"{op.name}_"
    method.__doc__ = f"Put the result of `{op.name}` into this tensor."
    setattr(Methods, method.__name__, method)
    if operator:
        setattr(Methods, operator, method)


class Zero(Operation):
    """Return zeros in the shape of `self`."""

    node = "ZeroBackward0"
    derivative = dict(self=("0", lambda grad: grad * 0))

    @staticmethod
    def forward(self: Any) -> Any:
        return np.zeros(self.shape, self.dtype)


zero = register(Zero)


for _op, _operator in (
    (elementwise.add, "__iadd__"),
    (elementwise.sub, "__isub__"),
    (elementwise.mul, "__imul__"),
    (elementwise.div, "__itruediv__"),
    (elementwise.exp, ""),
    (elementwise.sigmoid, ""),
    (elementwise.tanh, ""),
    (elementwise.relu, ""),
    (zero, ""),
):
    _expose(_op, _operator)
