"""Counting what the engine does."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from ....engine.node import AccumulateGrad
from ....engine.observe import Observer, observers
from ....engine.operation import OPERATIONS
from ....engine.saved_hooks import saved_tensors_hooks
from ....engine.tensor import Tensor
from ....engine.views import ViewOperation
from ..watch import LEAVING


class Counter(Observer):
    """Calls back for each operation, and for each visit of a backward pass."""

    def __init__(self, forward: Callable[[], None], backward: Callable[[], None]) -> None:
        """Take what to call."""
        self._forward, self._backward = forward, backward
        self._passes = 0

    def on_op(self, name: str, inputs: Sequence[object], output: object, node: Any) -> None:
        """Count an operation that computes something, outside of backward passes."""
        if not self._passes and name not in LEAVING:
            self._forward_unless_view(name)

    def _forward_unless_view(self, name: str) -> None:
        if name != "unsafe_view" and not isinstance(OPERATIONS.get(name), ViewOperation):
            self._forward()

    def on_backward(self, *_: Any) -> None:
        """Note that a pass runs."""
        self._passes += 1

    def on_node(self, node: Any, *_: Any) -> None:
        """Count a visit; adding to a leaf's `.grad` is none."""
        if not isinstance(node, AccumulateGrad):
            self._backward()

    def on_backward_end(self, error: BaseException | None) -> None:
        """Note that a pass is over."""
        self._passes -= 1


def unpack(held: Any) -> Tensor:
    """Return the tensor that was saved."""
    tensor: Tensor = held if isinstance(held, Tensor) else held.unpack()
    return tensor


@contextmanager
def counting(
    forward: Callable[[], None], backward: Callable[[], None], keep: Callable[..., Any]
) -> Iterator[None]:
    """Count while the block runs; `keep` makes what stands in for a saved tensor."""

    def pack(tensor: Tensor) -> Any:
        memory = tensor.numpy(force=True)
        if not memory.ndim:
            return tensor
        while memory.base is not None and hasattr(memory.base, "nbytes"):
            memory = memory.base
        place = memory.__array_interface__["data"][0]
        return keep(tensor, ("engine", place), memory.nbytes)

    counter = Counter(forward, backward)
    observers.append(counter)
    try:
        with saved_tensors_hooks(pack, unpack):
            yield
    finally:
        observers[:] = [other for other in observers if other is not counter]


__all__ = ["counting", "unpack"]
