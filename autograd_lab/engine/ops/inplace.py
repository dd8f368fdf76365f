"""In-place forms: `add_`, `mul_`, `zero_`, `+=`: the result takes the place of the first input."""

from __future__ import annotations

from typing import Any

import numpy as np

from .. import dtypes
from .._methods import Methods
from ..grad_mode import state
from ..observe import observers
from ..operation import Operation
from ..register import register
from ..tensor import Tensor, wrap
from ..views import check_writable, history_changed, rebase
from . import elementwise


def snapshot(tensor: Tensor) -> Tensor:
    """Return what `tensor` was before the write: its numbers copied, its history kept."""
    before = wrap(np.array(tensor._data))
    before._grad_fn, before._output_nr = tensor.grad_fn, tensor._output_nr
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
        record_write(op, target, (before, *args[1:]), op.changed(arrays, data))
    history_changed(target)
    if observers:
        for observer in observers:
            observer.on_op(f"{op.name}_", args, target, target._grad_fn if tracked else None)
    return target


def record_write(op: Operation, target: Tensor, args: Any, targets: Any) -> None:
    """Enter the write into the history of `target`, or of the base it is a view of."""
    if target._base is None:
        op.record(target, args, targets)
        target._output_nr = 0
        return
    written = wrap(target._data)
    written._counter = target._counter
    op.record(written, args, targets)
    assert written._grad_fn is not None
    rebase(target, written._grad_fn)


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
