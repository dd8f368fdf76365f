"""What a node keeps and what it computes, worked out once per operation and choice of inputs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from operator import itemgetter
from typing import TYPE_CHECKING, Any

from .tensor import Tensor

if TYPE_CHECKING:
    from .operation import Operation

RESULT = "result"
FACTS: dict[str, Callable[[Any], Any]] = {
    "sym_sizes": lambda tensor: tuple(tensor._data.shape),
    "sym_numel": lambda tensor: int(tensor._data.size),
    "dtype": lambda tensor: tensor._data.dtype,
}
"""What a rule may ask of an input without keeping the input: `self_sym_sizes` is its shape."""


class Saved:
    """Numbers kept for the derivative where no tensor may be: a node's own result, a plain number.

    A node must not hold its output tensor, which holds the node: such a circle would keep the graph
    alive until the garbage collector comes by.
    """

    __slots__ = ("_counter", "_data")

    def __init__(self, data: Any, counter: list[int] | None = None) -> None:
        self._data = data
        self._counter = counter


class Plan:
    """Which values to keep and which rules to run when some inputs of `op` need a gradient."""

    __slots__ = ("facts", "names", "pick", "rules", "saves_result", "tensors")

    def __init__(self, op: Operation, needed: Sequence[bool]) -> None:
        """Plan for `needed`, one flag per differentiable input of `op`."""
        rules = [
            (i, name) for i, (name, need) in enumerate(zip(op.inputs, needed, strict=True)) if need
        ]
        read = list(dict.fromkeys(n for _, name in rules for n in op.reads[name]))
        tensors = [n for n in read if n in op.tensor_names and n != RESULT]
        plain = [n for n in op.parameters if n not in op.tensor_names]
        facts = [n for n in read if n not in tensors and n not in plain and n != RESULT]
        self.saves_result = RESULT in read
        self.names = (*tensors, *([RESULT] if self.saves_result else []), *plain, *facts)
        self.tensors = len(tensors)
        self.pick = _picker([op.parameters.index(n) for n in (*tensors, *plain)])
        self.facts = tuple(_fact(op, n) for n in facts)
        self.rules = tuple(
            (i, _bound(op.derivative[name][1], [self.names.index(n) for n in op.reads[name]]))
            for i, name in rules
        )

    def keep(self, args: Sequence[Any], output: Tensor) -> tuple[Any, ...]:
        """Return the values to keep, in the order of `names`."""
        n = self.tensors
        kept: tuple[Any, ...] = self.pick(args)
        for value in kept[:n]:
            if not isinstance(value, Tensor):
                kept = (*(_as_saved(v, output) for v in kept[:n]), *kept[n:])
                break
        if self.saves_result:
            kept = (*kept[:n], Saved(output._data, output._shared_counter()), *kept[n:])
        if self.facts:
            kept += tuple([fact(args[position]) for position, fact in self.facts])
        return kept


def _picker(positions: list[int]) -> Callable[[Sequence[Any]], tuple[Any, ...]]:
    """Return what takes the values at `positions` out of a sequence, always as a tuple."""
    if len(positions) > 1:
        return itemgetter(*positions)
    if positions:
        only = positions[0]
        return lambda values: (values[only],)
    return lambda values: ()


def _bound(rule: Callable[..., Any], where: list[int]) -> Callable[[Any, Sequence[Any]], Any]:
    """Return `rule` as a function of the gradient and all saved values."""
    if not where:
        return lambda grad, values: rule(grad)
    if len(where) == 1:
        only = where[0]
        return lambda grad, values: rule(grad, values[only])
    pick = itemgetter(*where)
    return lambda grad, values: rule(grad, *pick(values))


def _as_saved(value: Any, output: Tensor) -> Any:
    return value if isinstance(value, Tensor) else Saved(output._data.dtype.type(value))


def _fact(op: Operation, name: str) -> tuple[int, Callable[[Any], Any]]:
    parameter, _, fact = name.partition("_")
    return op.parameters.index(parameter), FACTS[fact]
