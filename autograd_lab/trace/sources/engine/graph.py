"""The engine's graph, written into a `Builder` node by node."""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, cast

from ....engine.node import AccumulateGrad
from ....engine.printing import numbers, printoptions
from ....engine.tensor import Tensor, raw
from ...builder import Builder
from ...identity import IdentityMap
from ...model import Saved, Trace, Value
from ...source_text import SourceText

SHOWN = 64
"""Tensors with more elements than this are written with `...` inside."""
LONGEST = 400
"""Characters of a written value that are kept."""

NO_CONSTANTS: Mapping[int, object] = MappingProxyType({})
IPYTHON_NAME = re.compile(r"_+|_\d+")
"""Variables in which IPython keeps earlier results."""


def value_of(tensor: Tensor) -> Value:
    """Return what a tensor looks like now; costs the same for huge ones."""
    data = raw(tensor)
    if data.size > SHOWN:
        with printoptions(threshold=0, edgeitems=2):
            text = numbers(data)
    else:
        text = numbers(data)
    if len(text) > LONGEST:
        text = text[:LONGEST] + "…"
    return Value(tuple(tensor.shape), str(tensor.dtype).removeprefix("torch."), text)


def maybe_value(tensor: object) -> Value | None:
    """Return the value of a tensor, None for anything else."""
    return value_of(tensor) if isinstance(tensor, Tensor) else None


def _value(item: object) -> Value:
    """Return the value of a tensor, or of a Python number."""
    return maybe_value(item) or Value((), type(item).__name__, repr(item))


class EngineGraph:
    """Adds leaves, operations and constants, and whatever history they bring along."""

    def __init__(self, builder: Builder) -> None:
        """Write into `builder`."""
        self._record = builder
        self.leaves: list[Tensor] = []

    def of_tensor(self, tensor: Tensor) -> int | None:
        """Return the node of a tensor that requires grad, adding it and its history if unknown."""
        if tensor.grad_fn is None:
            return self.leaf(tensor)
        node = self.of_grad_fn(tensor.grad_fn)
        if node is not None and self._record.nodes[node].value is None:
            self._record.change_node(node, value=value_of(tensor))
        return node

    def leaf(self, tensor: Tensor) -> int | None:
        """Return the node of a leaf; a constant that has come to require grad becomes one."""
        known = self._record.find(tensor)
        if known is None:
            known = self._record.add_node(
                tensor, "leaf", value_of(tensor), "AccumulateGrad", located=False
            )
        elif self._record.nodes[known].kind == "constant":
            self._record.change_node(known, kind="leaf", name="AccumulateGrad", op="")
        else:
            return known
        if known is not None:
            self.leaves.append(tensor)
        return known

    def constant(self, holder: object) -> int | None:
        """Return the node of a value without gradient: a tensor, or a number taken from one."""
        known = self._record.find(holder)
        return self.new_constant(holder) if known is None else known

    def new_constant(self, holder: object, op: str = "") -> int | None:
        """Add a value without gradient; `op` is the running operation if that made it."""
        return self._record.add_node(holder, "constant", _value(holder), op=op, located=bool(op))

    def of_grad_fn(self, grad_fn: Any) -> int | None:
        """Return the node of a grad_fn, adding its history if it was made before the recording."""
        if isinstance(grad_fn, AccumulateGrad):
            return self.leaf(grad_fn.variable)
        waiting = [grad_fn]
        while waiting and not self._record.crowded:
            unknown = [
                source for source, _ in waiting[-1].next_functions if self._is_unknown(source)
            ]
            if unknown:
                waiting += unknown
                continue
            top = waiting.pop()
            if self._is_unknown(top):
                self.operation(top, None, located=False)
        return self._record.find(grad_fn)

    def operation(
        self,
        grad_fn: Any,
        value: Value | None,
        constants: Mapping[int, object] = NO_CONSTANTS,
        located: bool = True,
    ) -> int | None:
        """Add a recorded operation and the edges into it: gradients take them the other way.

        `constants` are its inputs without gradient, by slot. Inputs come first, so that a node's
        place in the graph is always behind theirs.
        """
        sources = {
            slot: self.of_grad_fn(source)
            for slot, (source, _) in enumerate(grad_fn.next_functions)
            if source is not None
        }
        sources |= {slot: self.constant(holder) for slot, holder in constants.items()}
        node = self._record.add_node(
            grad_fn,
            "op",
            value,
            grad_fn.name(),
            grad_fn.op.name if hasattr(grad_fn, "op") else grad_fn.short_name(),
            tuple(getattr(grad_fn, "inputs", ())),
            tuple(getattr(grad_fn, "formulas", ())),
            _saved(grad_fn),
            located,
        )
        for slot, source in sorted(sources.items()):
            self._record.add_edge(source, node, slot)
        return node

    def _is_unknown(self, grad_fn: Any) -> bool:
        """Whether a step on the way to the leaves is an operation that has no node yet."""
        return (
            grad_fn is not None
            and not isinstance(grad_fn, AccumulateGrad)
            and self._record.find(grad_fn) is None
        )

    def named(self, namespace: Mapping[str, object]) -> Trace:
        """Return the trace, with the names that tensors have in the user's namespace."""
        names, tensors = name_tensors(namespace)
        for tensor in tensors:
            # Older ones were seen as part of a history only, which knows no values.
            if tensor.grad_fn is not None and self._record.find(tensor.grad_fn) is not None:
                self.of_tensor(tensor)
        return self._record.build(names)


def name_tensors(namespace: Mapping[str, object]) -> tuple[IdentityMap[str], list[Tensor]]:
    """Return the variable of each grad_fn, leaf, number and `.grad`; and the tensors found.

    Of several names for one tensor the first counts; IPython's `_`, `__` and `_12` never do.
    """
    names: IdentityMap[str] = IdentityMap()
    tensors: list[tuple[str, Tensor]] = []
    for name, value in list(namespace.items()):
        if not isinstance(name, str) or IPYTHON_NAME.fullmatch(name):
            continue
        # `type`, because an object may claim any class and answer with an error.
        if issubclass(type(value), Tensor):
            tensor = cast(Tensor, value)
            tensors.append((name, tensor))
            names.setdefault(tensor if tensor.grad_fn is None else tensor.grad_fn, name)
        elif issubclass(type(value), float):
            names.setdefault(value, name)
    for name, tensor in tensors:
        if tensor.grad_fn is None and tensor.grad is not None:
            names.setdefault(tensor.grad, f"{name}.grad")
    return names, [tensor for _, tensor in tensors]


def _saved(grad_fn: Any) -> tuple[Saved, ...]:
    """Return the values that a node keeps for its backward pass: tensors, and numbers."""
    try:
        kept = grad_fn.saved_values().items()
    except (RuntimeError, AttributeError):
        # Overwritten since, in a Function of the user's own; or a node that only raises.
        return ()
    return tuple(
        Saved(name, _value(value), raw(value).nbytes if isinstance(value, Tensor) else 0)
        for name, value in kept
        if isinstance(value, Tensor | float | int)
    )


def behind(tensor: Tensor, namespace: Mapping[str, object]) -> Trace:
    """Return the graph that leads to `tensor`, as a trace without events or source.

    Empty for a tensor that does not require grad.
    """
    graph = EngineGraph(Builder(SourceText("", ""), limit=sys.maxsize))
    if tensor.requires_grad:
        graph.of_tensor(tensor)
    return graph.named(namespace)


__all__ = ["EngineGraph", "behind", "maybe_value", "value_of"]
