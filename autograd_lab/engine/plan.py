"""What a node keeps and what it computes, worked out once per operation and choice of inputs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from . import messages
from .saved_hooks import Packed
from .saved_hooks import active as packing
from .tensor import InferenceCounter, Tensor, wrap
from .written_out import WrittenOut, long_way, picker

if TYPE_CHECKING:
    from .node import Node
    from .operation import Operation

RESULTS = {"result": 0, "result0": 0, "result1": 1, "result2": 2}
"""Names by which a rule reads what the operation returned."""
FACTS: dict[str, Callable[[Any], Any]] = {
    "sym_sizes": lambda tensor: tensor._data.shape,
    "sym_strides": lambda tensor: (
        (*tensor._data.strides, tensor._data.itemsize) if tensor._requires_grad else ()
    ),
    "sym_argsize_0": lambda tensor: tensor._data.shape[0],
    "sym_numel": lambda tensor: tensor._data.size,
    "dim": lambda tensor: int(tensor._data.ndim),
    "dtype": lambda tensor: tensor._data.dtype,
    "shapes": lambda tensors: tuple(tuple(t._data.shape) for t in tensors),
}
"""What a rule may ask of an input without keeping the input: `self_sym_sizes` is its shape."""


class Saved:
    """Numbers kept for the derivative where no tensor may be: a node's own result, a plain number.

    A node must not hold its output tensor, which holds the node: such a circle would keep the graph
    alive until the garbage collector comes by.
    """

    __slots__ = ("_counter", "_data", "maker", "tangents")

    def __init__(self, data: Any, counter: list[int] | None = None) -> None:
        self._data = data
        self._counter = counter
        self.maker: Callable[[], Node | None] | None = None
        """What finds the node these numbers come from, where it is not the one that keeps them."""
        self.tangents: dict[int, Tensor] | None = None
        """What the result carries in forward mode, so that its derivative carries it on."""


class Plan:
    """Which values to keep and how to run the rules when some inputs of `op` need a gradient."""

    __slots__ = (
        "facts",
        "names",
        "others",
        "pick_plain",
        "pick_tensors",
        "plain_names",
        "pull",
        "results",
        "visit",
        "written",
    )

    def __init__(self, op: Operation, needed: Sequence[bool]) -> None:
        """Plan for `needed`, one flag per differentiable input of `op`."""
        run = [name for name, need in zip(op.inputs, needed, strict=True) if need]
        read = list(dict.fromkeys([*(n for name in run for n in op.reads[name]), *op.keeps]))
        tensors = [n for n in read if n in op.tensor_names]
        plain = [n for n in op.parameters if n not in op.tensor_names]
        results = [n for n in read if n in op.results]
        facts = [n for n in read if n not in (*tensors, *plain, *results)]
        self.names = (*tensors, *results)
        self.others = not set(tensors) <= {*op.inputs}
        """Whether tensors are kept that are no differentiable inputs, such as indices."""
        self.results = tuple(op.results[n] for n in results)
        self.plain_names = (*plain, *facts)
        self.pick_tensors = picker([op.parameters.index(n) for n in tensors])
        self.pick_plain = picker([op.parameters.index(n) for n in plain])
        self.facts = tuple(_fact(op, n) for n in facts)
        self.written = WrittenOut(op, needed, self.names, self.plain_names)
        self.pull = self.written.pull()
        self.visit = self.written.visit() if op.ordinary else long_way

    def keep(
        self, args: Sequence[Any], outputs: Sequence[Tensor], finished: bool = True
    ) -> tuple[tuple[Any, ...], tuple[Any, ...]]:
        """Return the tensors (or stand-ins) to keep, and the plain values; see `names`.

        What is not `finished` has no results yet; `keep_results` adds them.
        """
        tensors: tuple[Any, ...] = self.pick_tensors(args)
        for value in tensors:
            if not isinstance(value, Tensor):
                tensors = tuple([_stand_in(v, outputs[0]) for v in tensors])
                break
        if finished:
            for i in self.results:
                tensors += (Saved(outputs[i]._data, outputs[i]._shared_counter()),)
        if packing:
            tensors = tuple([_packed(v) for v in tensors])
        plain: tuple[Any, ...] = self.pick_plain(args)
        if self.facts:
            plain += self.facts_about(args)
        return tensors, plain

    def facts_about(self, args: Sequence[Any]) -> tuple[Any, ...]:
        """Return what the rules want to know of inputs that are not kept."""
        return tuple([fact(args[position]) for position, fact in self.facts])

    def keep_results(self, outputs: Sequence[Tensor]) -> tuple[Any, ...]:
        """Return stand-ins for those of `outputs` that the rules read."""
        kept = tuple([Saved(outputs[i]._data, outputs[i]._shared_counter()) for i in self.results])
        return tuple([_packed(v) for v in kept]) if packing else kept

    def values(
        self, args: Sequence[Any], outputs: Sequence[Tensor]
    ) -> tuple[list[Any], tuple[Any, ...]]:
        """Return the same values as tensors with their history, without keeping them."""
        kind = outputs[0]._data.dtype.type
        picked = [
            v if v is None or isinstance(v, Tensor) else wrap(kind(v))
            for v in self.pick_tensors(args)
        ]
        plain: tuple[Any, ...] = self.pick_plain(args)
        return (
            [*picked, *(outputs[i] for i in self.results)],
            (*plain, *self.facts_about(args)),
        )


class NoPlan:
    """Stands for the plan of a node that no operation has made."""

    visit = staticmethod(long_way)


NO_PLAN: Any = NoPlan()


class Plans(dict[int, Plan]):
    """The plans of an operation, each made when it is first asked for.

    The key has a bit for each input that needs a gradient.
    """

    __slots__ = ("_op",)

    def __init__(self, op: Operation) -> None:
        """Start without any."""
        super().__init__()
        self._op = op

    def __missing__(self, choice: int) -> Plan:
        if not self:
            self._op.prepare()
        needed = [bool(choice >> i & 1) for i in range(len(self._op.inputs))]
        self[choice] = plan = Plan(self._op, needed)
        return plan


def _packed(value: Any) -> Packed:
    if isinstance(value, Tensor):
        if type(value._counter) is InferenceCounter:
            raise RuntimeError(messages.INFERENCE_SAVED)
        return Packed(value)
    alias = wrap(value._data)
    alias._counter = value._counter
    return Packed(alias)


def _stand_in(value: Any, output: Tensor) -> Any:
    if isinstance(value, Tensor):
        return value
    return Saved(None if value is None else output._data.dtype.type(value))


def strides(fact: tuple[int, ...]) -> tuple[int, ...]:
    """Return strides in elements, from strides in bytes and the bytes of an element."""
    return tuple([step // fact[-1] for step in fact[:-1]])


def _fact(op: Operation, name: str) -> tuple[int, Callable[[Any], Any]]:
    parameter, _, fact = name.partition("_")
    return op.parameters.index(parameter), FACTS[fact]


def versions(saved: Sequence[Any]) -> tuple[int, ...] | None:
    """Return the write counters of saved values, None if all are 0."""
    written = False
    for value in saved:
        counter = None if isinstance(value, int | float) else value._counter
        if counter is not None:
            if type(counter) is InferenceCounter:
                raise RuntimeError(messages.INFERENCE_SAVED)
            if counter[0]:
                written = True
    counters = [getattr(value, "_counter", None) for value in saved] if written else ()
    return tuple([counter[0] if counter else 0 for counter in counters]) if written else None
