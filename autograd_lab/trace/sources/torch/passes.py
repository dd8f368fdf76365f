"""What a backward pass of PyTorch does, node by node: hooks for the time of the pass."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from ....engine.binary import Binary
from ....engine.broadcasting import Broadcasting
from ....engine.operation import Operation
from ..arrivals import Target
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
        self._visited: set[int] = set()
        self._handles: list[Any] = []
        self._leaves: list[Any] = []

    def listen(self, roots: Iterable[Any]) -> None:
        """Hang hooks on all nodes that gradients may reach."""
        self._roots = [node for node in roots if node is not None]
        waiting = [*self._roots]
        graph, seen = self.watch.graph, set()
        while waiting:
            node = waiting.pop()
            leaf = self.library.leaf(node)
            key = self.library.key(node) if leaf is None else -1 - graph.number(leaf)
            if key in seen:
                continue
            seen.add(key)
            if leaf is None:
                self._follow(node, key, graph.targets(node))
                waiting += [source for source, _ in node.next_functions if source is not None]
            else:
                self._follow_leaf(node, leaf)

    def _follow(self, node: Any, key: int, targets: list[Target]) -> None:
        def after(passed: Any, grads: Any) -> None:
            self._visited.add(key)
            self.source.visited(node, targets, grads, passed, self.retain_graph)

        self._handles.append(node.register_hook(after))

    def _follow_leaf(self, node: Any, leaf: Any) -> None:
        grad = self.library.grad(leaf)
        before = None if grad is None else self.watch.graph.value(grad)
        self._leaves.append(leaf)

        def after(passed: Any, grads: Any) -> None:
            self.source.accumulated(leaf, grads[0], before)

        self._handles.append(node.register_hook(after))

    def failing_node(self) -> Any:
        """Return the node that was running when the pass failed: the last made of those that were next.

        PyTorch takes the last made one of the nodes whose gradients have all arrived.
        """
        waiting, key = [*self._roots], self.library.key
        found: list[Any] = []
        seen: set[int] = set()
        while waiting:
            node = waiting.pop()
            if node is None or self.library.leaf(node) is not None or key(node) in seen:
                continue
            seen.add(key(node))
            if key(node) in self._visited:
                waiting += [source for source, _ in node.next_functions]
            else:
                found.append(node)
        return max(found, key=key, default=None)

    def gradients(self) -> list[Any]:
        """Return the `.grad` of the leaves that gradients could reach."""
        return [grad for leaf in self._leaves if (grad := self.library.grad(leaf)) is not None]

    def leave(self) -> None:
        """Take the hooks away again."""
        for handle in self._handles:
            handle.remove()


def products(node: Any, grads: Sequence[Any], passed: Sequence[Any]) -> list[Any]:
    """Return what the local formulas gave before the sums that undo broadcasting.

    PyTorch shows gradients after these sums. Where one was made, the engine's formula for the same
    operation gives the product anew, on the values that the node saved.
    """
    operation = operation_of(node.name())
    found = list(passed)
    if operation is None or is_custom(node) or grads[0] is None:
        return found
    several = isinstance(operation, Binary | Broadcasting)
    count = len(passed) if several else getattr(operation, "stretched", 0)
    for slot, (name, grad) in enumerate(zip(operation.inputs, passed[:count], strict=False)):
        if grad is not None and (grad.shape, grad.dtype) != (grads[0].shape, grads[0].dtype):
            found[slot] = _product(operation, name, node, grads[0])
    return found


def _product(operation: Operation, name: str, node: Any, grad: Any) -> Any:
    import torch

    rule = operation.derivative[name][1]
    read = [_plain(getattr(node, f"_saved_{each}")) for each in operation.reads[name]]
    return torch.as_tensor(rule(_plain(grad), *read))


def _plain(value: Any) -> Any:
    return value.detach().numpy() if hasattr(value, "detach") else value


__all__ = ["UNUSED", "Pass", "products"]
