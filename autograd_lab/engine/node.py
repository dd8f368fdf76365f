"""The graph: one node per recorded operation, one AccumulateGrad per leaf.

A node knows the nodes its gradients go to (`next_functions`) and keeps the values its derivative
needs. It never holds its own output tensor (that one holds the node), so a graph is freed by
reference counts alone.
"""

from __future__ import annotations

import itertools
import weakref
from typing import TYPE_CHECKING, Any

from . import messages
from .hooks import Hook, Hooks, RemovableHandle, added, detecting, hooks_of
from .observe import observers, tell
from .plan import Plan, Saved
from .saved_hooks import Packed
from .tensor import Meta, Tensor, wrap

if TYPE_CHECKING:
    from .operation import Operation

next_order = itertools.count(0, -1).__next__
_leaf_numbers = itertools.count(-(2**62), 1)


class Node:
    """What takes a gradient one operation back. Printed as `<MulBackward0 object at …>`."""

    __slots__ = (
        "_edge_numbers",
        "_edges",
        "_hooks",
        "_order",
        "_plain",
        "_plan",
        "_saved",
        "_targets",
        "_versions",
    )
    op: Operation
    outputs = 1
    """How many of the tensors the operation returned can have a gradient."""
    _edges: tuple[Node | None, ...]
    """Where the gradient of each input goes; None for an input that needs none."""
    _edge_numbers: tuple[int, ...] | None
    """Which output of that node the input was; None if they all were output 0."""
    _order: int
    """The later a node was made, the smaller: the heap takes later nodes first."""
    _plan: Plan
    _saved: tuple[Any, ...] | None
    """Tensors for the derivative, or stand-ins, in the plan's order; None once released."""
    _plain: tuple[Any, ...]
    """Plain values for the derivative, in the plan's order."""
    _versions: tuple[int, ...] | None
    """Write counters when they were saved; None if all were 0."""
    _hooks: Hooks | None
    """Functions of the user to call on the way; None as long as there are none."""
    _targets: tuple[Any, ...] | None
    """Shape and dtype of each input, where broadcasting or promotion changed one."""

    def name(self) -> str:
        """Return the name, such as `"MulBackward0"`."""
        return type(self).__name__

    @property
    def next_functions(self) -> tuple[tuple[Node | None, int], ...]:
        """The nodes that this one hands its gradients to, each with the output it fed."""
        numbers = self._edge_numbers or (0,) * len(self._edges)
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
        tensors = [wrap(v._data) if isinstance(v, Saved) else v for v in self._saved]
        names = (*self._plan.names, *self._plan.plain_names)
        return dict(zip(names, (*tensors, *self._plain), strict=True))

    def __getattr__(self, name: str) -> Any:
        """Give saved values as torch does: `node._saved_self`, `node._saved_dim`."""
        if not name.startswith("_saved_") or name[7:] not in self.op.saveable:
            raise AttributeError(f"'{self.name()}' object has no attribute '{name}'")
        plan = self._plan
        if name[7:] in plan.plain_names:
            return unsigned(self._plain[plan.plain_names.index(name[7:])])
        if self._saved is None:
            raise RuntimeError(messages.SECOND_BACKWARD)
        return self._tensors()[plan.names.index(name[7:])] if name[7:] in plan.names else None

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
        return -self._order

    def release(self) -> bool:
        """Let go of the saved tensors; return whether there were any."""
        if self._saved:
            self._saved = None
            return True
        return False

    def gradients(self, grads: list[Any], as_tensors: bool) -> list[Any]:
        """Return the gradients of the inputs, given those of the outputs; None where none is needed.

        Arrays in, arrays out; with `as_tensors`, tensors in and out, and the work itself is recorded.
        """
        tensors = self._tensors() if as_tensors else self._arrays()
        products: list[Any] = [None] * len(self._edges)
        grad = grads[0] if len(grads) == 1 else grads
        if grad is not None:
            for i, rule in self._plan.rules:
                products[i] = rule(grad, tensors, self._plain)
        return products

    def fitted(self, products: list[Any]) -> list[Any]:
        """Undo broadcasting and promotion: sum and cast each gradient to what its input was."""
        if self._targets is None:
            return products
        from .ops.reduce import fit

        return [
            grad if target is None or grad is None else fit(grad, *target)
            for grad, target in zip(products, self._targets, strict=True)
        ]

    def _arrays(self) -> list[Any]:
        """Return the numbers of what was saved, unless they were overwritten since."""
        if self._saved is None:
            raise RuntimeError(messages.SECOND_BACKWARD)
        versions = self._versions
        arrays: list[Any] = []
        for value in self._saved:
            counter = value._counter
            if counter is not None and counter[0] != (versions[len(arrays)] if versions else 0):
                self._check_version(len(arrays), value)
            arrays.append(value._data)
        return arrays

    def _tensors(self) -> list[Tensor]:
        """Return what was saved as tensors with their history, unless overwritten since."""
        self._arrays()
        assert self._saved is not None
        results = self._plan.results
        first = len(self._saved) - len(results)
        tensors = []
        for i, value in enumerate(self._saved):
            if isinstance(value, Packed):
                value = value.unpacked()
            if isinstance(value, Tensor) and i < first:
                tensors.append(value)
            elif i < first or results[i - first] >= self.outputs:
                tensors.append(wrap(value._data))
            else:
                tensors.append(self._output(value, results[i - first]))
        return tensors

    def _output(self, saved: Saved, number: int) -> Tensor:
        """Return this node's result as the tensor it was, so that it can be differentiated again."""
        tensor = wrap(saved._data)
        tensor._counter = saved._counter
        tensor._grad_fn = self
        tensor._output_nr = number
        tensor._requires_grad = True
        if saved.tangents:
            tensor._own_meta().tangents = saved.tangents
        return tensor

    def saved_results(self) -> list[tuple[int, Saved]]:
        """Return which outputs of its own the node keeps, and as what."""
        plan = self._plan
        first = len(plan.names) - len(plan.results)
        kept = (self._saved or ())[first:]
        return [(n, v) for n, v in zip(plan.results, kept, strict=False) if isinstance(v, Saved)]

    def _check_version(self, i: int, value: Tensor | Saved) -> None:
        """Raise if the i-th saved value was written to since it was saved."""
        now = value._counter[0] if value._counter else 0
        then = self._versions[i] if self._versions else 0
        if now == then:
            return
        maker: Node | None = self
        number = 0
        if isinstance(value, Tensor):
            maker, number = value._grad_fn, value._output_nr
        output = f", which is output {number} of {maker.short_name()}," if maker else ""
        shape, kind = list(value._data.shape), wrap(value._data).dtype.class_name
        hint = messages.HINT_UNDER_ANOMALY if detecting else messages.HINT
        raise RuntimeError(
            messages.MODIFIED.format(
                kind=kind, shape=shape, output=output, now=now, then=then, hint=hint
            )
        )

    def short_name(self) -> str:
        """Return the name as messages about views and versions have it: `"Sum"`, `"Sum1"`."""
        name, _, number = self.name().partition("Backward")
        return name + number.removeprefix("0")


def unsigned(value: Any) -> Any:
    """Return a saved number as torch shows it, which reads −1 as an unsigned 64-bit integer."""
    return value + 2**64 if type(value) is int and value < 0 else value


class AccumulateGrad(Node):
    """The end of the way for a leaf: adds what arrives into its `.grad`."""

    __module__ = "builtins"  # so that it prints as `<AccumulateGrad object at …>`

    __slots__ = ("__weakref__", "variable")
    _edges = ()
    variable: Tensor
    """The leaf."""

    def __init__(self, leaf: Tensor) -> None:
        self.variable = leaf
        self._order = next(_leaf_numbers)
        self._hooks = None

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


def leaf_edge(leaf: Tensor) -> Node | None:
    """Return the leaf's AccumulateGrad, the same one as long as somebody holds it.

    None for a view made without recording: it requires grad only because its base does.
    """
    meta = leaf._meta
    if meta is None:
        meta = leaf._meta = Meta()
    if meta.base is not None and not meta.asked:
        return None
    node = meta.accumulate() if meta.accumulate is not None else None
    if node is None:
        node = AccumulateGrad(leaf)
        meta.accumulate = weakref.ref(node)
    return node
