"""Functions of the user that a backward pass calls on its way.

In torch's order, at each node: the hooks on the tensors it made (each may replace the gradient),
`retain_grad`, the node's pre-hooks, the node itself, its post-hooks; at a leaf, at last, the hooks that
run once `.grad` has grown.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import TYPE_CHECKING, Any
from weakref import ref

from .dtypes import of_numpy
from .grad_mode import state, switch_recording
from .switches import Switch
from .tensor import Tensor, wrap

if TYPE_CHECKING:
    from .node import Node

Hook = Callable[..., Any]
detecting: Switch[bool] = Switch("anomaly detection")
"""Holds one flag while anomaly detection is on: whether NaN counts as an error."""
_numbers = itertools.count()


class RemovableHandle:
    """What registering a hook returns: `remove()` takes the hook away again."""

    def __init__(self, hooks: dict[int, Hook]) -> None:
        self.id = next(_numbers)
        self._hooks = hooks

    def remove(self) -> None:
        """Take the hook away; harmless the second time."""
        self._hooks.pop(self.id, None)

    def __enter__(self) -> RemovableHandle:
        return self

    def __exit__(self, *error: object) -> None:
        self.remove()


def added(hooks: dict[int, Hook], hook: Hook) -> RemovableHandle:
    """Add `hook` to `hooks` and return its handle."""
    handle = RemovableHandle(hooks)
    hooks[handle.id] = hook
    return handle


class Hooks:
    """The hooks of one node."""

    __slots__ = ("on_tensor", "post", "pre", "retained", "traceback")

    def __init__(self) -> None:
        self.on_tensor: dict[int, dict[int, Hook]] = {}
        """By output number: hooks on the tensors the node made."""
        self.retained: dict[int, ref[Tensor]] = {}
        """By output number: the tensor whose `.grad` is to be kept."""
        self.pre: dict[int, Hook] = {}
        self.post: dict[int, Hook] = {}
        self.traceback = ""
        """Where the node was made, if anomaly detection was on."""

    def before(self, grads: list[Any], create_graph: bool) -> list[Any]:
        """Return the gradients that reach the node after tensor hooks and `retain_grad`."""
        grads = list(grads)
        for number, hooks in self.on_tensor.items():
            for hook in list(hooks.values()):
                grads[number] = run_tensor_hook(hook, grads[number], create_graph)
        for number, reference in self.retained.items():
            tensor = reference()
            if tensor is not None and grads[number] is not None:
                keep_grad(tensor, grads[number])
        return grads

    def prepare(self, grads: list[Any], create_graph: bool) -> list[Any]:
        """Return the gradients after the node's own pre-hooks."""
        for hook in list(self.pre.values()):
            given = call(hook, create_graph, tuple(_shown(g) for g in grads))
            if given is not None:
                grads = [_as_before(g, create_graph) for g in _as_tuple(given)]
        return grads

    def after(self, passed: list[Any], grads: list[Any], create_graph: bool) -> list[Any]:
        """Return what the node passes on after its post-hooks."""
        for hook in list(self.post.values()):
            given = call(
                hook,
                create_graph,
                tuple(_shown(p) for p in passed),
                tuple(_shown(g) for g in grads),
            )
            if given is not None:
                passed = [_as_before(p, create_graph) for p in _as_tuple(given)]
        return passed


def hooks_of(node: Node) -> Hooks:
    """Return the node's hooks, an empty set of them at first."""
    hooks: Hooks | None = node._hooks
    if hooks is None:
        hooks = node._hooks = Hooks()
    return hooks


def hand_on(tensor: Tensor, before: Node | None, number: int) -> None:
    """Let what keeps `tensor`'s gradient move to its new node; it was output `number` of `before`."""
    if tensor.retains_grad and before is not None and tensor._grad_fn is not None:
        hooks_of(tensor._grad_fn).retained[tensor._output_nr] = hooks_of(before).retained.pop(
            number
        )


def run_tensor_hook(hook: Hook, grad: Any, create_graph: bool) -> Any:
    """Return what `hook` makes of `grad`: a new gradient, or the same if it returns None."""
    if grad is None:
        return None
    given = call(hook, create_graph, _shown(grad))
    if given is None:
        return grad
    if not isinstance(given, Tensor):
        raise TypeError(f"expected Variable, but hook returned '{type(given).__name__}'")
    if given._data.shape != grad.shape:
        raise RuntimeError(f"hook '{_name(hook)}' has changed the size of value")
    kind = of_numpy(grad._data.dtype if isinstance(grad, Tensor) else grad.dtype)
    if given.dtype is not kind:
        raise RuntimeError(
            f"hook '{_name(hook)}' has changed the type of value (was torch.{kind.class_name}Tensor "
            f"got torch.{given.dtype.class_name}Tensor)"
        )
    return _as_before(given, create_graph)


def keep_grad(tensor: Tensor, grad: Any) -> None:
    """Put `grad` into a non-leaf's `.grad`, added to what is there."""
    new = _shown(grad)
    tensor._grad = new.clone() if tensor._grad is None else tensor._grad + new


def call(hook: Hook, create_graph: bool, *args: Any) -> Any:
    """Call `hook`, recording only under `create_graph`."""
    before = state.enabled
    switch_recording(create_graph)
    try:
        return hook(*args)
    finally:
        switch_recording(before)


def _name(hook: Hook) -> str:
    return getattr(hook, "__name__", "<unknown>")


def _shown(grad: Any) -> Any:
    return grad if grad is None or isinstance(grad, Tensor) else wrap(grad)


def _as_before(grad: Any, create_graph: bool) -> Any:
    return grad if create_graph or grad is None else grad._data


def _as_tuple(given: Any) -> tuple[Any, ...]:
    return (given,) if isinstance(given, Tensor) else tuple(given)
