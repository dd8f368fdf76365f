"""Functions that are written out for a plan, as a person would write them for these inputs.

A loop that looks up what each rule reads takes twice as long as the calls written out. For a product whose
factors both need a gradient, what is written here is

    lambda grad, tensors, plain: [rule0(grad, tensors[1]), rule1(grad, tensors[0])]

and, for the node's turn in a pass that nobody watches,

    def visit(node, arrived, retain_graph):
        __tracebackhide__ = True  # a rule that raises is shown
        saved = node._saved
        if saved is None or node._extra is not None:
            return False
        saved0, saved1, = saved
        if type(saved0) is Tensor and saved0._counter is None:
            saved0 = saved0._data
        elif (saved0 := untouched(saved0)) is TOUCHED:
            return False
        …
        grad = arrived.pop(node, None)
        if grad is None:
            return False
        edge0, edge1, = node._edges
        if edge0 is not None:
            passed = rule0(grad, saved1)
            if edge0 not in arrived:
                arrived[edge0] = passed
            elif type(passed) is ndarray:
                deliver(arrived, edge0, passed)
            else:
                arrived[edge0] = arrived[edge0] + passed
        …
        if not retain_graph:
            node._saved = None
        return True

Where there is more to do, it returns False and has done nothing: where hooks are to be called, broadcasting
is to be undone, or saved values are gone or were written to. `Node.gradients`, the general way, does that.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any

from numpy import ndarray

from .meeting import deliver
from .tensor import Tensor

if TYPE_CHECKING:
    from .operation import Operation
    from .plan import Plan

Visit = Callable[[Any, dict[Any, Any], bool], bool]
Result = Callable[..., Tensor]
NUMBERS = frozenset({float, int})
TOUCHED = object()
"""What `untouched` returns of values that the rules must not read just like that."""

BEGIN = """\
def visit(node, arrived, retain_graph):
    __tracebackhide__ = True
    saved = node._saved
    if saved is None or node._extra is not None:
        return False
"""
READ = """\
    if type(saved{0}) is Tensor and saved{0}._counter is None:
        saved{0} = saved{0}._data
    elif (saved{0} := untouched(saved{0})) is TOUCHED:
        return False
"""
TAKE = """\
    grad = arrived.pop(node, None)
    if grad is None:
        return False
"""
PLAIN = """\
    plain = node._plain
"""
PASS_ON = """\
    if edge{0} is not None:
        passed = {1}
        if edge{0} not in arrived:
            arrived[edge{0}] = passed
        elif type(passed) is ndarray:
            deliver(arrived, edge{0}, passed)
        else:
            arrived[edge{0}] = arrived[edge{0}] + passed
"""
RELEASE = """\
    if not retain_graph:
        node._saved = None
"""
END = """\
    return True
"""
RESULT = """\
def result(data, {operands}):
    output = new(Tensor)
    output._data = data
    output._grad = output._meta = None
    output._counter = {counter}
    output._output_nr = 0
    output._requires_grad = True
    node = output._grad_fn = Node()
    node._edges = ({edges})
    node._number = next(sequence)
    node._plan = plan
    node._saved = ({saved})
    node._plain = {plain}
    node._extra = None
    return output
"""


def untouched(value: Any) -> Any:
    """Return the numbers of what was saved; `TOUCHED` if it was written to or cut off since."""
    if type(value) in NUMBERS:
        return value
    counter = value._counter
    if counter is not None:
        meta = value._meta if type(value) is Tensor else None
        if counter[0] or (meta is not None and meta.detached is not None):
            return TOUCHED
    return value._data


NAMES: dict[str, Any] = {
    "TOUCHED": TOUCHED,
    "Tensor": Tensor,
    "deliver": deliver,
    "ndarray": ndarray,
    "untouched": untouched,
}
"""What `visit` uses."""


def long_way(node: Any, arrived: dict[Any, Any], retain_graph: bool) -> bool:
    """Stand for the `visit` of a node that always goes the general way."""
    return False


class WrittenOut:
    """What is written out for `op` when some of its inputs, one flag each, need a gradient."""

    def __init__(
        self, op: Operation, needed: Sequence[bool], names: Sequence[str], plain: Sequence[str]
    ) -> None:
        """Take the names of the tensors and of the plain values that a node keeps, in order."""
        self._op, self._needed = op, needed
        self._names, self._plain = names, plain
        self._rules = {f"rule{i}": op.derivative[n][1] for i, n in enumerate(op.inputs)}

    def pull(self) -> Callable[..., list[Any]]:
        """Return the function that runs the rules.

        The tensors come as arrays for an ordinary backward pass, as they are under `create_graph`.
        """
        calls = [
            self._call(i, name, "tensors[{}]") if self._needed[i] else "None"
            for i, name in enumerate(self._op.inputs)
        ]
        source = f"lambda grad, tensors, plain: [{', '.join(calls)}]"
        return eval(source, self._rules)  # type: ignore[no-any-return]

    def visit(self) -> Visit:
        """Return the function that takes a node its turn, and returns whether it did."""
        kept = range(len(self._names))
        read = [
            f"    {_row(map('saved{}'.format, kept))}= saved\n",
            *(READ.format(i) for i in kept),
        ]
        edges = f"    {_row(map('edge{}'.format, range(len(self._needed))))}= node._edges\n"
        passing_on = [
            PASS_ON.format(i, self._call(i, name, "saved{}"))
            for i, name in enumerate(self._op.inputs)
            if self._needed[i]
        ]
        # What keeps nothing can be visited twice.
        release = [RELEASE] if kept else []
        plain = [PLAIN] if any("plain[" in each for each in passing_on) else []
        lines = [BEGIN, *(read if kept else []), TAKE, *plain, edges, *passing_on, *release, END]
        names = {**NAMES, **self._rules}
        exec("".join(lines), names)
        return names["visit"]  # type: ignore[no-any-return]

    def result(
        self, plan: Plan, operands: Sequence[str], rest: tuple[Any, ...], names: dict[str, Any]
    ) -> Result:
        """Return the function that makes of new numbers, and of the operands, a recorded tensor.

        The operands, by their parameters' names, are all inputs; `rest` are the further arguments. `names`
        has what `RESULT` uses besides.
        """
        places = {name: f"operand{i}" for i, name in enumerate(operands)}
        edges = [
            f"{place}._grad_fn or leaf_edge({place})" if need else "None"
            for place, need in zip(places.values(), self._needed, strict=True)
        ]
        saved = [places.get(name, "Saved(data, output._counter)") for name in self._names]
        text = RESULT.format(
            operands=", ".join(places.values()),
            counter="[0]" if plan.results else "None",
            edges=_row(edges),
            saved=_row(saved),
            plain=f"rest + plan.facts_about(({_row(places.values())}))" if plan.facts else "rest",
        )
        names = {**names, "Node": self._op.Node, "Tensor": Tensor, "plan": plan, "rest": rest}
        exec(text, names)
        return names["result"]  # type: ignore[no-any-return]

    def _call(self, i: int, name: str, tensor: str) -> str:
        """Return the call of a rule with the gradient and what it reads besides."""
        given = ["grad"]
        for read in self._op.reads[name]:
            kept = read in self._names
            given.append(
                tensor.format(self._names.index(read))
                if kept
                else f"plain[{self._plain.index(read)}]"
            )
        return f"rule{i}({', '.join(given)})"


def picker(positions: Iterable[int]) -> Callable[[Sequence[Any]], tuple[Any, ...]]:
    """Return what takes the values at `positions` out of a sequence."""
    return eval(f"lambda values: ({_row(map('values[{}]'.format, positions))})")  # type: ignore[no-any-return]


def _row(members: Iterable[str]) -> str:
    """Return the members of a tuple as they are written, each with its comma."""
    return "".join(f"{member}, " for member in members)
