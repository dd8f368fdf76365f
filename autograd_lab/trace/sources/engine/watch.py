"""Watches the package's own engine and writes down what it does."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from ....engine.grad_mode import is_grad_enabled
from ....engine.node import AccumulateGrad
from ....engine.observe import Observer, observers
from ....engine.tensor import Tensor
from ...builder import Builder, describe
from ...model import Trace, Value
from .graph import EngineGraph, maybe_value, value_of

LEAVING = {"detach", "item"}
"""Operations that exist to leave the graph; others only happen to."""


P = ParamSpec("P")
Notified = Callable[Concatenate["EngineSource", P], None]


def _guarded(method: Notified[P]) -> Notified[P]:
    """Keep a fault of the recording out of the user's code: it ends the recording alone."""

    @wraps(method)
    def notified(self: EngineSource, /, *args: P.args, **kwargs: P.kwargs) -> None:
        if self._record.broken:
            return
        try:
            method(self, *args, **kwargs)
        except Exception as fault:
            self._record.broken = describe(fault)

    return notified


class EngineSource(Observer):
    """Turns the engine's notifications into nodes, edges and events of a `Builder`."""

    def __init__(self, builder: Builder) -> None:
        """Write into `builder`."""
        self._record = builder
        self._graph = EngineGraph(builder)
        self._modes: list[str] = []
        self._accumulating: tuple[int, Tensor] | None = None

    def attach(self) -> None:
        """Begin to listen."""
        observers.append(self)

    def detach(self) -> None:
        """Stop listening, if it ever began."""
        observers[:] = [other for other in observers if other is not self]

    # --- forward --------------------------------------------------------------------------------

    @_guarded
    def on_op(self, name: str, inputs: Sequence[object], output: object, node: Any) -> None:
        """Note an operation: recorded in the graph, leaving it, or writing in place."""
        if not self._record.room():
            return
        results = output if isinstance(output, tuple | list) else (output,)
        in_place = name.endswith("_") and bool(inputs) and output is inputs[0]
        if in_place:
            self._write(name, output)
        if node is not None:
            self._recorded(name, inputs, results, node)
        elif not in_place:
            self._unrecorded(name, inputs, results)

    def _recorded(
        self, name: str, inputs: Sequence[object], results: Sequence[object], grad_fn: Any
    ) -> None:
        made = [t for t in results if isinstance(t, Tensor) and t.grad_fn is grad_fn]
        value = value_of(made[0]) if made else None
        node = self._graph.operation(grad_fn, value, self._constants(inputs, grad_fn))
        if node is not None:
            for tensor in made:
                self._record.stands_for(node, tensor)
        self._record.add_event("op", node=node, text=name)

    def _constants(self, inputs: Sequence[object], grad_fn: Any) -> dict[int, object]:
        """Return what entered an operation without gradient, by its slot.

        That is any tensor, and a number only if it was taken from one.
        """
        operation = getattr(grad_fn, "op", None)
        if operation is None:  # a Function of the user's own: its tensors in order
            by_slot: dict[int, object] = dict(
                enumerate(item for item in inputs if isinstance(item, Tensor))
            )
        else:
            given = dict(zip(operation.parameters, inputs, strict=False))
            by_slot = {slot: given.get(name) for slot, name in enumerate(grad_fn.inputs)}
        return {
            slot: item
            for slot, (source, _) in enumerate(grad_fn.next_functions)
            if source is None and self._is_constant(item := by_slot.get(slot))
        }

    def _is_constant(self, given: object) -> bool:
        return isinstance(given, Tensor) or self._record.find(given) is not None

    def _unrecorded(self, name: str, inputs: Sequence[object], results: Sequence[object]) -> None:
        """Follow a value that leaves the graph here, or that comes from one that did."""
        origins = [(slot, *self._origin(name, item)) for slot, item in enumerate(inputs)]
        cuts = [(inputs[slot], cut) for slot, _, cut in origins if cut]
        if cuts and (name in LEAVING or not is_grad_enabled()):
            self._record.add_event("detach", subject=cuts[0][0], text=cuts[0][1])
        if all(parent is None for _, parent, _ in origins):
            return
        for result in results:
            # True, False and small integers are shared by everyone: they cannot be followed.
            if isinstance(result, Tensor | float):
                node = self._graph.new_constant(result, name)
                for slot, parent, cut in origins:
                    self._record.add_edge(parent, node, slot, cut)

    def _origin(self, name: str, item: object) -> tuple[int | None, str]:
        """Return the node that an input stands for, if any, and what keeps it out of the graph."""
        if isinstance(item, Tensor) and item.requires_grad:
            return self._graph.of_tensor(item), self._cut(name)
        known = self._record.find(item)
        if known is None or self._record.nodes[known].kind == "constant":
            return known, ""
        return known, "requires_grad=False"

    def _cut(self, name: str) -> str:
        """Return what keeps the running operation out of the graph."""
        if name in LEAVING or is_grad_enabled():
            return name
        return self._modes[-1] if self._modes else "no_grad"

    def _write(self, name: str, output: object) -> None:
        """Note an in-place write; into a leaf's `.grad`, under that name."""
        owner = next((leaf for leaf in self._graph.leaves if leaf.grad is output), None)
        subject, suffix = (output, "") if owner is None else (owner, ".grad")
        self._record.add_event("inplace", subject, suffix, text=name, after=maybe_value(output))

    @_guarded
    def on_mode(self, name: str, entered: bool) -> None:
        """Note that a grad mode was entered or left."""
        if entered:
            self._modes.append(name)
        elif self._modes:
            self._modes.pop()
        if self._record.room():
            event = self._record.add_event("mode", text=name, entered=entered)
            # The expression is the whole block; its first line says it all.
            block = self._record.events[event].expression
            self._record.change_event(event, expression=block.partition("\n")[0])

    # --- backward -------------------------------------------------------------------------------

    @_guarded
    def on_backward(
        self, roots: Sequence[Tensor], gradients: Sequence[Tensor | None], retain_graph: bool
    ) -> None:
        """Note where a backward pass starts, and with what."""
        if self._record.room():
            root = self._graph.of_tensor(roots[0]) if roots else None
            self._record.add_event("backward", node=root, grads_in=_values(gradients))

    @_guarded
    def on_node(
        self,
        node: Any,
        grads_in: Sequence[Tensor | None],
        products: Sequence[Tensor | None],
        grads_out: Sequence[Tensor | None],
    ) -> None:
        """Note what a node received and passed on; a leaf's event is there already."""
        if isinstance(node, AccumulateGrad):
            self._settle()
        elif self._record.room():
            self._record.add_event(
                "node",
                node=self._graph.of_grad_fn(node),
                grads_in=_values(grads_in),
                products=_values(products),
                grads_out=_values(grads_out),
            )

    @_guarded
    def on_accumulate(self, node: Any, leaf: Tensor, contribution: Tensor) -> None:
        """Note what a leaf's `.grad` was and what is added; the sum can be read a moment later."""
        if self._record.room():
            event = self._record.add_event(
                "accumulate",
                node=self._graph.leaf(leaf),
                before=maybe_value(leaf.grad),
                contribution=value_of(contribution),
            )
            self._accumulating = event, leaf

    @_guarded
    def on_freed(self, node: Any) -> None:
        """Note that a node released what it had saved."""
        if self._record.room():
            self._record.add_event("freed", node=self._graph.of_grad_fn(node))

    @_guarded
    def on_backward_end(self, error: BaseException | None) -> None:
        """Note the end of a backward pass."""
        self._settle()
        if self._record.room():
            self._record.add_event("end", text="" if error is None else describe(error))

    def _settle(self) -> None:
        """Read the `.grad` that was about to grow: by now it has, or its pass is over."""
        if self._accumulating is not None:
            event, leaf = self._accumulating
            self._record.change_event(event, after=maybe_value(leaf.grad))
            self._accumulating = None

    # --- end ------------------------------------------------------------------------------------

    def finish(self, namespace: Mapping[str, object]) -> Trace:
        """Return the trace, with the names that tensors have in the user's namespace."""
        return self._graph.named(namespace)


def _values(tensors: Sequence[Tensor | None]) -> tuple[Value | None, ...]:
    return tuple(map(maybe_value, tensors))


__all__ = ["EngineSource"]
