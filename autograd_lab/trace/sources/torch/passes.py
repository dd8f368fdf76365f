"""What a backward pass of PyTorch does, node by node: hooks for the time of the pass."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import cache, partial
from typing import TYPE_CHECKING, Any

from ....engine.binary import Binary
from ....engine.broadcasting import Broadcasting
from ....engine.operation import Operation
from .library import is_custom, operation_of

if TYPE_CHECKING:
    from .source import TorchSource

UNUSED = "appears to not have been used in the graph"
"""In the error of a pass that went to its end."""


class Pass:
    """One backward pass that is watched."""

    def __init__(self, source: TorchSource, retain_graph: bool) -> None:
        """Tell `source` what happens; unless `retain_graph`, nodes release what they saved."""
        self.source = source
        self.watch, self.library = source.watch, source.library
        self.retain_graph = retain_graph
        self._roots: list[Any] = []
        self.visited: set[int] = set()
        """The numbers of the nodes that have run."""
        self._handles: list[Any] = []
        self._leaves: list[Any] = []

    def listen(self, roots: Iterable[Any]) -> None:
        """Hang hooks on all nodes that gradients may reach."""
        self._roots = [node for node in roots if node is not None]
        graph = self.watch.graph
        waiting = [(graph.target(node), node) for node in self._roots]
        seen: set[int] = set()
        while waiting:
            key, node = waiting.pop()
            if key in seen:
                continue
            seen.add(key)
            if type(node) is self.library.leaf_type:
                after = self._follow_leaf(node.variable)
            else:
                targets = graph.targets(node)
                for target, (source, _) in zip(targets, node.next_functions, strict=True):
                    if target is not None:
                        waiting.append((target[0], source))
                after = partial(self.source.visited, self, node, key, targets)
            self._handles.append(node.register_hook(after))

    def _follow_leaf(self, leaf: Any) -> Callable[[Any, Any], None]:
        """Return the hook for a leaf, having read what its `.grad` is now."""
        grad = self.library.grad(leaf)
        before = None if grad is None else self.watch.graph.value(grad)
        self._leaves.append(leaf)
        return partial(self.source.accumulated, leaf, before)

    def failing_node(self) -> Any:
        """Return the node that was running when the pass failed: the last made of those that were next.

        PyTorch takes the last made one of the nodes whose gradients have all arrived.
        """
        waiting = [*self._roots]
        found: dict[int, Any] = {}
        seen: set[int] = set()
        while waiting:
            node = waiting.pop()
            if node is None or type(node) is self.library.leaf_type:
                continue
            key = node._sequence_nr()
            if key in seen:
                continue
            seen.add(key)
            if key in self.visited:
                waiting += [source for source, _ in node.next_functions]
            else:
                found[key] = node
        return found[max(found)] if found else None

    def gradients(self) -> list[Any]:
        """Return the `.grad` of the leaves that gradients could reach."""
        return [grad for leaf in self._leaves if (grad := self.library.grad(leaf)) is not None]

    def leave(self) -> None:
        """Take the hooks away again."""
        for handle in self._handles:
            handle.remove()


def products(node: Any, grads: Sequence[Any], passed: Sequence[Any]) -> Sequence[Any]:
    """Return what the local formulas gave before the sums that undo broadcasting.

    PyTorch shows gradients after these sums. Where one was made, the engine's formula for the same
    operation gives the product anew, on the values that the node saved.
    """
    operation, names = _broadcast(node.name())
    received = grads[0]
    if operation is None or received is None or is_custom(node):
        return passed
    found = list(passed)
    shape, dtype = received.shape, received.dtype
    for slot, (name, grad) in enumerate(zip(names, passed, strict=False)):
        if grad is not None and (grad.shape != shape or grad.dtype is not dtype):
            found[slot] = _product(operation, name, node, received)
    return found


@cache
def _broadcast(node_name: str) -> tuple[Operation | None, tuple[str, ...]]:
    """Return the operation behind a node and which of its inputs it broadcasts; None if none."""
    operation = operation_of(node_name)
    if operation is None:
        return None, ()
    names = tuple(operation.inputs)
    if not isinstance(operation, (Binary, Broadcasting)):
        names = names[: getattr(operation, "stretched", 0)]
    return (operation, names) if names else (None, ())


def _product(operation: Operation, name: str, node: Any, grad: Any) -> Any:
    import torch

    rule = operation.derivative[name][1]
    read = [_plain(getattr(node, f"_saved_{each}")) for each in operation.reads[name]]
    plain = _plain(grad)
    made = rule(plain, *read)
    return grad if made is plain else torch.as_tensor(made)


def _plain(value: Any) -> Any:
    return value.detach().numpy() if hasattr(value, "detach") else value


__all__ = ["UNUSED", "Pass", "products"]
