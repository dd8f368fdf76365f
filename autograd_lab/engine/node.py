"""The graph: one node per recorded operation, one AccumulateGrad per leaf.

A node knows the nodes its gradients go to (`next_functions`) and keeps the values its derivative
needs. It never holds its own output tensor (that one holds the node), so a graph is freed by
reference counts alone.
"""

from __future__ import annotations

import itertools
import weakref
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from . import messages
from .hooks import Hook, Hooks, RemovableHandle, added, detecting, hooks_of
from .observe import observers, tell
from .plan import Plan, Saved, strides
from .saved_hooks import Packed
from .tensor import Meta, Tensor, wrap

if TYPE_CHECKING:
    from .operation import Operation

sequence = itertools.count()
"""Numbers for nodes, and for what must be known to lie before or behind them."""
_leaf_numbers = itertools.count(2**62, -1)


class Extra:
    """What only some nodes have."""

    __slots__ = ("edge_numbers", "hooks", "targets", "versions")

    def __init__(self) -> None:
        self.edge_numbers: tuple[int, ...] | None = None
        """Which output of the next node each input was; None if they all were output 0."""
        self.hooks: Hooks | None = None
        """Functions of the user to call on the way."""
        self.targets: Any = None
        """Shape and dtype of each input, where broadcasting or promotion changed one."""
        self.versions: tuple[int, ...] | None = None
        """Write counters of what was saved; None if all were 0."""


def _rare(name: str) -> Any:
    """Return the attribute of a node that is a field of its `Extra`, None as long as it has none."""

    def get(node: Node) -> Any:
        return None if node._extra is None else getattr(node._extra, name)

    def put(node: Node, value: Any) -> None:
        if node._extra is None:
            if value is None:
                return
            node._extra = Extra()
        setattr(node._extra, name, value)

    return property(get, put)


class Node:
    """What takes a gradient one operation back. Printed as `<MulBackward0 object at …>`."""

    __slots__ = ("_edges", "_extra", "_number", "_plain", "_plan", "_saved")
    op: Operation
    outputs = 1
    """How many of the tensors the operation returned can have a gradient."""
    _edges: tuple[Node | None, ...]
    """Where the gradient of each input goes; None for an input that needs none."""
    _number: int
    """The later a node was made, the larger: a backward pass takes later nodes first."""
    _plan: Plan
    _saved: tuple[Any, ...] | None
    """Tensors for the derivative, or stand-ins, in the plan's order; None once released."""
    _plain: tuple[Any, ...]
    """Plain values for the derivative, in the plan's order."""
    _extra: Extra | None
    """What only some nodes have; None for a node that has nothing of it."""
    _edge_numbers = _rare("edge_numbers")
    _hooks = _rare("hooks")
    _targets = _rare("targets")
    _versions = _rare("versions")

    def name(self) -> str:
        """Return the name, such as `"MulBackward0"`."""
        return type(self).__name__

    @property
    def next_functions(self) -> tuple[tuple[Node | None, int], ...]:
        """The nodes that this one hands its gradients to, each with the output it fed."""
        numbers = self._edge_numbers
        if numbers is None:
            return tuple([(edge, 0) for edge in self._edges])
        return tuple(zip(self._edges, numbers, strict=True))

    @property
    def formulas(self) -> tuple[str, ...]:
        """Per input, the local derivative as text, such as `"grad · other"`."""
        return self.op.formulas

    @property
    def inputs(self) -> tuple[str, ...]:
        """Names of the inputs, parallel to `next_functions`."""
        return self.op.inputs

    def saved_values(self) -> dict[str, Any]:
        """Return what is kept for the backward pass, by torch's names; empty once released.

        Tensors come as they were saved, the node's own result as a detached tensor.
        """
        if self._saved is None:
            return {}
        tensors = [_as_tensor(v) for v in self._saved]
        names = (*self._plan.names, *self._plan.plain_names)
        return dict(zip(names, (*tensors, *self._plain), strict=True))

    def register_hook(self, hook: Hook) -> RemovableHandle:
        """Call `hook(grad_inputs, grad_outputs)` after this node ran; it may return new `grad_inputs`."""
        if observers:
            tell("hook", self, name="node")
        return added(hooks_of(self).post, hook)

    def register_prehook(self, hook: Hook) -> RemovableHandle:
        """Call `hook(grad_outputs)` before this node runs; it may return other ones."""
        if observers:
            tell("hook", self, name="node_pre")
        return added(hooks_of(self).pre, hook)

    def _sequence_nr(self) -> int:
        """Return a number that grows with every node that is made."""
        return self._number

    def release(self) -> bool:
        """Let go of the saved tensors; return whether there were any."""
        if self._saved:
            self._saved = None
            return True
        return False

    def gradients(self, grad: Any, as_tensors: bool) -> list[Any]:
        """Return the gradients of the inputs, given that of the output; None where none is needed.

        A node with several outputs takes a list. Arrays in, arrays out; with `as_tensors`, tensors in
        and out, and the work itself is recorded.
        """
        saved = self._saved
        if saved is None:
            raise RuntimeError(messages.SECOND_BACKWARD)
        values = self._tensors(saved) if as_tensors else self._arrays(saved)
        if grad is None:
            return [None] * len(self._edges)
        return self._plan.pull(grad, values, self._plain)

    def _arrays(self, saved: tuple[Any, ...]) -> list[Any]:
        """Return what was saved as arrays (or numbers), unless overwritten since."""
        __tracebackhide__ = True  # `gradients` is shown
        values: list[Any] = []
        for i, value in enumerate(saved):
            if isinstance(value, int | float):
                values.append(value)
                continue
            if value._counter is not None:
                self._check_saved(i, value)
            values.append(value._data)
        return values

    def fitted(self, products: list[Any]) -> list[Any]:
        """Undo broadcasting and promotion: sum and cast each gradient to what its input was."""
        if self._targets is None:
            return products
        from .ops.reduce import fit

        fitted = []
        for i, (grad, target) in enumerate(zip(products, self._targets, strict=True)):
            if grad is None or target is None:
                fitted.append(grad)
                continue
            fitted.append(fit(grad, *target))
            if fitted[i].shape != target[0]:
                raise RuntimeError(
                    f"Function {self.name()} returned an invalid gradient at index {i} - got "
                    f"{list(grad.shape)} but expected shape compatible with {list(target[0])}"
                )
        return fitted

    def _tensors(self, saved: tuple[Any, ...]) -> list[Any]:
        """Return what was saved as tensors with their history (or numbers), unless overwritten since."""
        results = self._plan.results
        first = len(saved) - len(results)
        tensors: list[Any] = []
        for i, value in enumerate(saved):
            if isinstance(value, int | float):
                tensors.append(value)
                continue
            if value._data is None:
                tensors.append(None)
                continue
            if value._counter is not None:
                self._check_saved(i, value)
            if isinstance(value, Packed):
                value = value.unpacked()
            if isinstance(value, Tensor) and i < first:
                tensors.append(value)
            elif i < first or results[i - first] >= self.outputs:
                tensors.append(_as_tensor(value))
            else:
                tensors.append(self._output(value, results[i - first]))
        return tensors

    def _output(self, saved: Saved | Tensor, number: int) -> Tensor:
        """Return this node's result as the tensor it was, so that it can be differentiated again.

        A Tensor is what an unpack hook gave back: it knows neither its maker nor tangents.
        """
        tensor = wrap(saved._data)
        tensor._counter = saved._counter
        known = saved if isinstance(saved, Saved) else None
        window = known and known.maker and known.maker()
        tensor._comes_from(window or self, 0 if window else number)
        tensor._requires_grad = True
        if known and known.tangents:
            tensor._own_meta().tangents = known.tangents
        return tensor

    def saved_results(self) -> list[tuple[int, Saved]]:
        """Return which outputs of its own the node keeps, and as what."""
        plan = self._plan
        first = len(plan.names) - len(plan.results)
        kept = (self._saved or ())[first:]
        return [(n, v) for n, v in zip(plan.results, kept, strict=False) if isinstance(v, Saved)]

    def keep_results(self, outputs: Sequence[Tensor]) -> None:
        """Keep what the rules read of `outputs`, which now have their numbers."""
        kept = self._plan.keep_results(outputs)
        if kept:
            assert self._saved is not None
            then = self._versions or (0,) * len(self._saved)
            self._versions = (*then, *(v._counter[0] if v._counter else 0 for v in kept))
            self._saved += kept

    def _check_saved(self, i: int, value: Tensor | Saved) -> None:
        """Raise if a saved value was written to since it was saved, or cut off from its history."""
        maker: Node | None
        if isinstance(value, Tensor):
            maker = value.grad_fn
            cut = value._meta.detached if value._meta is not None else None
            if maker is None and cut is not None and self._number < cut:
                raise RuntimeError(messages.DETACHED_SAVED)
        else:
            maker = (value.maker and value.maker()) or self
        check_unwritten(value, self._versions[i] if self._versions else 0, maker)

    def short_name(self) -> str:
        """Return the name as messages about views and versions have it: `"Sum"`, `"Sum1"`."""
        name, _, number = self.name().partition("Backward")
        return name + number.removeprefix("0")


def saved_value(name: str) -> property:
    """Return the property of a node that gives a saved value as torch does: `node._saved_self`.

    (One `__getattr__` for all of them would slow down every attribute of every node: CPython remembers
    nothing about classes that have one.)
    """

    def get(node: Node) -> Any:
        plan = node._plan
        if name in plan.plain_names:
            value = node._plain[plan.plain_names.index(name)]
            if name.endswith("_sym_strides"):
                return strides(value)
            return value if name in SCALARS else unsigned(value)
        if node._saved is None:
            raise RuntimeError(messages.SECOND_BACKWARD)
        if name not in plan.names:
            return None
        value = node._tensors(node._saved)[plan.names.index(name)]
        return wrap(np.array(value)) if isinstance(value, int | float) else value

    return property(get)


SCALARS = frozenset(["exponent", "max", "max_val", "min", "min_val", "ord", "other", "self"])
"""Saved numbers that torch shows as they are, negative or not."""


def _as_tensor(value: Any) -> Tensor | None:
    """Return what is saved as a tensor, with its write counter; None where an argument was left out."""
    if not isinstance(value, Saved):
        tensor: Tensor = value
        return tensor
    if value._data is None:
        return None
    result = wrap(value._data)
    result._counter = value._counter
    return result


def check_unwritten(value: Tensor | Saved, then: int, maker: Node | None = None) -> None:
    """Raise if `value`, a result of `maker`, was written to since its write counter was `then`."""
    now = value._counter[0] if value._counter else 0
    if now == then:
        return
    output = f", which is output 0 of {maker.short_name()}," if maker else ""
    shape, kind = list(value._data.shape), wrap(value._data).dtype.type_name
    hint = messages.HINT_UNDER_ANOMALY if detecting else messages.HINT
    raise RuntimeError(
        messages.MODIFIED.format(
            kind=kind, shape=shape, output=output, now=now, then=then, hint=hint
        )
    )


def unsigned(value: Any) -> Any:
    """Return saved numbers as torch shows them, which reads −1 as an unsigned 64-bit integer."""
    if type(value) is tuple:
        return tuple([unsigned(each) for each in value])
    return value + 2**64 if type(value) is int and value < 0 else value


class AccumulateGrad(Node):
    """The end of the way for a leaf: adds what arrives into its `.grad`."""

    __module__ = "builtins"  # so that it prints as `<AccumulateGrad object at …>`

    __slots__ = ("__weakref__", "shape", "variable")
    _edges = ()
    variable: Tensor
    """The leaf."""
    shape: tuple[int, ...]
    """The leaf's when the node was made: the shape it takes gradients in."""

    def __init__(self, leaf: Tensor) -> None:
        self.variable = leaf
        self.shape = tuple(leaf._data.shape)
        self._number = next(_leaf_numbers)
        self._extra = None

    def name(self) -> str:
        """Return `"torch::autograd::AccumulateGrad"`."""
        return "torch::autograd::AccumulateGrad"

    @property
    def next_functions(self) -> tuple[tuple[Node | None, int], ...]:
        """Always empty: this is where a path ends."""
        return ()

    formulas = ()
    inputs = ()

    def saved_values(self) -> dict[str, Any]:
        """Return nothing: adding needs no saved value."""
        return {}

    def release(self) -> bool:
        """Nothing is saved here."""
        return False


def gradient_edge(tensor: Tensor) -> Node | None:
    """Return the node that `tensor`'s gradient goes to: its grad_fn, or its AccumulateGrad."""
    return tensor.grad_fn or leaf_edge(tensor)


def expected_shape(tensor: Tensor, edge: Node | None) -> tuple[int, ...]:
    """Return the shape in which `edge` takes the gradient of `tensor`: that when it was made."""
    if type(edge) is AccumulateGrad:
        return edge.shape
    meta = tensor._meta
    if meta is not None and meta.shape is not None:
        return meta.shape
    return tuple(tensor._data.shape)


def leaf_edge(leaf: Tensor) -> Node | None:
    """Return the leaf's AccumulateGrad, the same one as long as somebody holds it.

    None for a view made without recording: it requires grad only because its base does.
    """
    meta = leaf._meta
    if meta is None:
        meta = leaf._meta = Meta()
    elif meta.base is not None and not meta.asked:
        return None
    elif meta.accumulate is not None:
        known: AccumulateGrad | None = meta.accumulate()
        if known is not None:
            return known
    node = AccumulateGrad(leaf)
    meta.accumulate = weakref.ref(node)
    return node
