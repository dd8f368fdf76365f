"""Short ways through an operation, for what loops are full of.

`Operation.apply` looks after everything: promotion, broadcasting, views, modes, observers. For plain
float tensors that are alike, with nobody watching, nothing of that is needed. What is left stands here in
one piece each; it comes to the same as the general way, at a third of the time. All else goes there.

CPython remembers in a function's code which class an attribute was last read from; the next time, with
an object of the same class, that takes 3 ns instead of 25. Code that all operations share meets another
class of node each time and never profits: so each operation has a copy of this code to itself.
"""

from __future__ import annotations

from collections.abc import Callable
from types import FunctionType
from typing import TYPE_CHECKING, Any

import numpy as np

from .node import leaf_edge, sequence
from .observe import observers
from .plan import Saved, versions
from .quiet import quietly
from .switches import unusual
from .tensor import Tensor, wrap

if TYPE_CHECKING:
    from .operation import Operation

OPERANDS = (Tensor, int, float)
"""What stands on the right of an operator; other types get the chance to answer for themselves."""
FLOAT32, FLOAT64 = np.float32, np.float64
DTYPE32, DTYPE64 = np.dtype(np.float32), np.dtype(np.float64)


def with_code_of_its_own(function: Any) -> Any:
    """Return a function that does the same, with a copy of the code."""
    return FunctionType(
        function.__code__.replace(),
        function.__globals__,
        function.__name__,
        function.__defaults__,
        function.__closure__,
    )


USED: dict[str, Any] = {
    "Saved": Saved,
    "leaf_edge": leaf_edge,
    "new": object.__new__,
    "sequence": sequence,
}
"""What a written out `result` uses."""


def _plain_result(data: Any, *operands: Any) -> Tensor:
    return wrap(data)


class Results:
    """What makes the results of `op`, for each choice of its first parameters that need a gradient."""

    __slots__ = ("_names", "_op", "_rest", "made")

    def __init__(self, op: Operation, operands: int, rest: tuple[Any, ...] = ()) -> None:
        """Start with what makes a result that needs none; `rest` are the further arguments."""
        self.made: list[Any] = [_plain_result, *[None] * (2**operands - 1)]
        self._op, self._names, self._rest = op, op.parameters[:operands], rest

    def make(self, choice: int) -> Callable[..., Tensor]:
        """Return that for `choice`, made now: most operations are never recorded."""
        plan = self._op.plans[choice]
        made: Callable[..., Tensor] = plan.written.result(plan, self._names, self._rest, USED)
        self.made[choice] = made
        return made


def on_two(
    op: Operation,
    rest: tuple[Any, ...] = (),
    alike: Callable[[Any, Any], bool] | None = None,
    forward: Callable[[Any, Any], Any] | None = None,
) -> Callable[[Any, Any], Any]:
    """Return `op` as an operator; `rest` are the defaults of its further parameters.

    The short way is for two tensors of one float dtype and shape, or one and a number; else `alike` says
    which arrays go it. There, `forward` may leave out what `alike` has looked at.
    """
    alike, forward = alike or are_alike, forward or op.forward
    general, results = op.apply, Results(op, 2, rest)
    made = results.made

    def on_operands(a: Any, b: Any) -> Any:
        if type(a) is not Tensor or observers or unusual:
            return general(a, b, *rest) if isinstance(b, OPERANDS) else NotImplemented
        x, choice = a._data, 1 if a._requires_grad else 0
        counted = a._counter is not None
        if type(b) is Tensor:
            y = b._data
            if b._counter is not None:
                if is_special(b):
                    return general(a, b, *rest)
                counted = True
            if b._requires_grad:
                choice = 3 if choice else 2
        elif type(b) is float or type(b) is int:
            y = b
        else:
            return general(a, b, *rest) if isinstance(b, OPERANDS) else NotImplemented
        kind = type(x)
        if kind is FLOAT32 or kind is FLOAT64:
            if type(y) is not kind and y is not b:
                return general(a, b, *rest)
        elif not alike(x, y):
            return general(a, b, *rest)
        if counted and a._counter is not None and is_special(a):
            return general(a, b, *rest)
        try:
            data = quietly(forward, x, y)
        except RuntimeError:  # another thread computes quietly
            return general(a, b, *rest)
        output = (made[choice] or results.make(choice))(data, a, b)
        if counted and choice:
            node: Any = output._grad_fn
            node._versions = versions(node._saved)
        return output

    return with_code_of_its_own(on_operands)  # type: ignore[no-any-return]


def is_special(tensor: Tensor) -> bool:
    """Return whether a tensor that has a write counter must go the general way.

    That is a view, one of several outputs, a tensor of inference mode, and whatever was cut off or got
    another shape; but not an operation's plain result, nor a leaf that was written to, as parameters are.
    """
    meta, counter = tensor._meta, tensor._counter
    if type(counter) is not list:
        return True
    if meta is None and counter[0] == 0:
        return False
    if tensor._grad_fn is not None or meta is None:
        return True
    if meta.base is not None or meta.detached is not None or meta.shape is not None:
        return True
    node = meta.accumulate() if meta.accumulate is not None else None
    return node is not None and node.shape != tensor._data.shape


def are_alike(x: Any, y: Any) -> bool:
    """Return whether `x` is an array of floats, and `y` one of the same dtype and shape, or a number."""
    kind = x.dtype
    if (kind is not DTYPE32 and kind is not DTYPE64) or type(x) is not np.ndarray:
        return False
    if type(y) is np.ndarray:
        return kind is y.dtype and x.shape == y.shape
    return type(y) is float or type(y) is int


def on_one(op: Operation) -> Callable[[Any], Any]:
    """Return `op` as a function of its one parameter, a tensor; the short way is for floats."""
    general, forward, results = op.apply, op.forward, Results(op, 1)
    made = results.made

    def function(a: Any) -> Any:
        if type(a) is not Tensor or observers or unusual:
            return general(a)
        kind = a._data.dtype
        if kind is not DTYPE32 and kind is not DTYPE64:
            return general(a)
        if a._counter is not None and is_special(a):
            return general(a)
        try:
            data = quietly(forward, a._data)
        except RuntimeError:  # another thread computes quietly
            return general(a)
        if not a._requires_grad:
            return wrap(data)
        output = (made[1] or results.make(1))(data, a)
        if a._counter is not None:
            node: Any = output._grad_fn
            node._versions = versions(node._saved)
        return output

    return with_code_of_its_own(function)  # type: ignore[no-any-return]
