"""What a backward pass of PyTorch does, node by node: hooks for the time of the pass."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import cache, partial
from typing import TYPE_CHECKING, Any, NamedTuple

from ....engine.binary import Binary
from ....engine.broadcasting import Broadcasting
from ....engine.operation import Operation
from ...model import Value
from ..graph import Target
from .library import NO_NUMBERS, array_of, is_custom, is_packed, operation_of

if TYPE_CHECKING:
    from .source import TorchSource

Hook = Callable[[Any, Any], None]
Broadcast = tuple[Operation, tuple[str, ...]]
"""An operation, and which of its inputs it broadcasts."""
UNUSED = "appears to not have been used in the graph"
"""In the error of a pass that went to its end."""


class Visited(NamedTuple):
    """A node that a pass may come to, and what is known of it before."""

    grad_fn: Any
    node: int | None
    """Its place in the trace's graph."""
    key: int
    """Its `_sequence_nr()`."""
    targets: list[Target]
    broadcast: Broadcast | None
    frees: bool
    """Whether it lets go of memory when the pass has come through."""


class Pass:
    """One backward pass that is watched."""

    def __init__(self, source: TorchSource, retain_graph: bool) -> None:
        """Tell `source` what happens; unless `retain_graph`, nodes release what they saved."""
        self.source, self.library = source, source.library
        self._graph, self._writer = source.watch.graph, source.watch.running
        self._retain_graph = retain_graph
        self._roots: list[Any] = []
        self._visited: set[int] = set()
        """The numbers of the nodes that have run."""
        self._handles: list[Any] = []
        self._leaves: list[Any] = []

    def listen(self, roots: Iterable[Any]) -> None:
        """Hang hooks on all nodes that gradients may reach."""
        self._roots = [node for node in roots if node is not None]
        graph, leaf_type = self._graph, self.library.leaf_type
        waiting = [(graph.target(node), node) for node in self._roots]
        seen: set[int] = set()
        while waiting:
            key, node = waiting.pop()
            if key in seen:
                continue
            seen.add(key)
            if type(node) is leaf_type:
                after = self._follow_leaf(node.variable)
            else:
                targets = graph.targets(node)
                for target, (source, _) in zip(targets, node.next_functions, strict=True):
                    if target is not None:
                        waiting.append((target[0], source))
                after = self._follow(node, key, targets)
            self._handles.append(node.register_hook(after))

    def _follow(self, grad_fn: Any, key: int, targets: list[Target]) -> Hook:
        """Return the hook for a node."""
        node = self._graph.of_grad_fn(grad_fn)
        visited = Visited(
            grad_fn,
            node,
            key,
            targets,
            None if is_custom(grad_fn) else _broadcast(grad_fn.name()),
            not self._retain_graph and (self._keeps(grad_fn, node) or self.library.packs(grad_fn)),
        )
        return partial(self.source.visited, self, visited)

    def _keeps(self, grad_fn: Any, node: int | None) -> bool:
        """Return whether a node keeps memory."""
        if node is not None:
            return any(saved.nbytes for saved in self._graph.saved_of(node))
        kept = self.library.saved(grad_fn)  # there is room to count alone
        return any(isinstance(value, self.library.tensor_type) for _, value in kept)

    def _follow_leaf(self, leaf: Any) -> Hook:
        """Return the hook for a leaf, having read what its `.grad` is now."""
        grad = self.library.grad(leaf)
        before = None if grad is None else self._graph.value(grad)
        self._leaves.append(leaf)
        return partial(self.source.accumulated, self, leaf, before)

    def visit(self, visited: Visited, passed: Sequence[Any], grads: Sequence[Any]) -> None:
        """Note what a node received and passed on, and that it lets go of what it saved."""
        grad_fn, node, key, targets, broadcast, frees = visited
        self._visited.add(key)
        if None in targets:  # to whom PyTorch may give something all the same
            passed = [g if t else None for g, t in zip(passed, targets, strict=True)]
        made = passed if broadcast is None else _products(broadcast, grad_fn, grads[0], passed)
        self._writer.visited(node, key, targets, grads, made, passed)
        if frees:
            self._writer.freed(node)

    def accumulate(self, leaf: Any, before: Value | None, contribution: Any) -> None:
        """Note that a gradient was added to what a leaf's `.grad` was before."""
        event = self._writer.accumulating(leaf, contribution, before)
        self._writer.accumulated(event, leaf)

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
            if key in self._visited:
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


@cache
def _broadcast(node_name: str) -> Broadcast | None:
    """Return the operation behind a node and which of its inputs it broadcasts; None if none."""
    operation = operation_of(node_name)
    if operation is None:
        return None
    names = tuple(operation.inputs)
    if not isinstance(operation, (Binary, Broadcasting)):
        names = names[: getattr(operation, "stretched", 0)]
    return (operation, names) if names else None


def _products(
    broadcast: Broadcast, node: Any, received: Any, passed: Sequence[Any]
) -> Sequence[Any]:
    """Return what the local formulas gave before the sums that undo broadcasting.

    PyTorch shows gradients after these sums. Where one was made, the engine's formula for the same
    operation gives the product anew, on the values that the node saved.
    """
    if received is None or received.is_complex():  # the engine's formulas are those of real numbers
        return passed
    operation, names = broadcast
    found = list(passed)
    try:
        shape, dtype = received.shape, received.dtype
        for slot, (name, grad) in enumerate(zip(names, passed, strict=False)):
            if grad is None or (grad.shape == shape and grad.dtype is dtype):
                continue
            if not _needs_packed(node, operation.reads[name]):
                found[slot] = _product(operation, name, node, received)
    except NO_NUMBERS:
        return passed
    return found


def _needs_packed(node: Any, names: Iterable[str]) -> bool:
    """Return whether a formula reads a saved value that only a hook of the user's brings back."""
    return any(is_packed(getattr(node, f"_raw_saved_{name}", None)) for name in names)


def _product(operation: Operation, name: str, node: Any, grad: Any) -> Any:
    import torch

    rule = operation.derivative[name][1]
    read = [_plain(getattr(node, f"_saved_{each}")) for each in operation.reads[name]]
    plain = _plain(grad)
    made = rule(plain, *read)
    return grad if made is plain else torch.as_tensor(made, dtype=grad.dtype)


def _plain(value: Any) -> Any:
    return array_of(value) if hasattr(value, "detach") else value


__all__ = ["UNUSED", "Pass", "Visited"]
