"""The engine's answers to what the shared part of the watching asks."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from functools import cache
from typing import Any

from ....engine.function import FunctionNode
from ....engine.grad_mode import state
from ....engine.node import AccumulateGrad, sequence
from ....engine.saved_hooks import Packed
from ....engine.tensor import Tensor
from ....nn.module import Module
from ....nn.parameter import Parameter
from ....optim.optimizer import Optimizer
from ...model import Value
from ..library import Facts, NodeDescription
from ..values import dtype_name, value_of
from .counting import unpack


class EngineLibrary:
    """See `Library`.

    It reads the fields behind the properties: 28 tensors are looked at in each step of a small network.
    """

    name = "autograd_lab"
    tensor_type, parameter_type = Tensor, Parameter
    module_type, optimizer_type = Module, Optimizer
    leaf_type = AccumulateGrad
    unnoticed: Callable[[], AbstractContextManager[Any]] = nullcontext

    def __init__(self) -> None:
        """Begin now: what is made from here on should be seen made."""
        self.first_key = next(sequence)

    def value(self, tensor: Any) -> Value:
        """Return what the tensor looks like now."""
        return value_of(tensor._data)

    def facts(self, tensor: Any) -> Facts:
        """Return its grad_fn, shape, dtype, whether it requires grad, write counter, and base."""
        array, meta, requires_grad = tensor._data, tensor._meta, tensor._requires_grad
        base = None if meta is None else meta.base
        # Only a view's grad_fn may be another by now.
        grad_fn = tensor._grad_fn if base is None else self.grad_fn(tensor)
        kind, version = dtype_name(array.dtype), self.version(tensor)
        return grad_fn, array.shape, kind, requires_grad, version, base

    def token(self, grad: Any) -> Any:
        """Return what tells a gradient from others as long as it exists."""
        return id(grad._data)

    def records(self) -> bool:
        """Return whether operations are recorded now."""
        return state.grad_mode and not state.inference

    def grad_fn(self, tensor: Any) -> Any:
        """Return the node that made it; one that a write has made invalid counts as none."""
        try:
            return tensor.grad_fn
        except RuntimeError:
            return None

    def grad(self, tensor: Any) -> Any:
        """Return its `.grad`, without the warning that reading one may bring."""
        grad = tensor._grad
        tell = grad is not None and (self.grad_fn(tensor) is None or tensor.retains_grad)
        return grad if tell else None

    def has_hooks(self, leaf: Any) -> bool:
        """Return whether hooks of the user's see, and may replace, what arrives at a leaf."""
        return leaf._meta is not None and bool(leaf._meta.hooks)

    def has_post_accumulate_grad_hooks(self, leaf: Any) -> bool:
        """Return whether hooks of the user's go on with its `.grad` once a gradient was added."""
        return leaf._meta is not None and bool(leaf._meta.post_accumulate)

    def version(self, tensor: Any) -> int:
        """Return the write counter, 0 where none is kept."""
        counter = tensor._counter
        return counter[0] if type(counter) is list else 0  # another type marks inference mode

    def is_inference(self, tensor: Any) -> bool:
        """Return whether it was made in inference mode."""
        found: bool = tensor.is_inference()
        return found

    def nbytes(self, tensor: Any) -> int:
        """Return how many bytes its elements take."""
        size: int = tensor._data.nbytes
        return size

    def describe(self, grad_fn: Any) -> NodeDescription:
        """Return what is to be said of the node."""
        custom = isinstance(grad_fn, FunctionNode)
        return grad_fn.name(), tuple(grad_fn.inputs), tuple(grad_fn.formulas), custom

    def saved(self, grad_fn: Any) -> list[tuple[str, Any]]:
        """Return the tensors and numbers it keeps, by name; nothing once they are released."""
        try:
            kept = [(name, _unpacked(v)) for name, v in grad_fn.saved_values().items()]
        except (RuntimeError, AttributeError):
            # Overwritten since, in a Function of the user's own; or a node that only raises.
            return []
        found = [(name, value) for name, value in kept if isinstance(value, Tensor | float | int)]
        found.sort(key=lambda item: (not isinstance(item[1], Tensor), item[0]))
        return found

    def context(self, grad_fn: Any) -> list[str]:
        """Return what a user's Function did with its `ctx`: see `function` in the table of events."""
        saved = ["save_for_backward"] if grad_fn.saved_values() else []
        own = {name: value for name, value in vars(grad_fn).items() if name not in _standard()}
        return saved + [f"ctx.{name}" for name, v in own.items() if isinstance(v, Tensor)]


def _unpacked(value: Any) -> Any:
    """Return a saved value; where `measure` packed it, the tensor. Hooks of the user's are not run."""
    counted = isinstance(value, Packed) and value._unpack is unpack
    return value.unpacked() if counted else value


@cache
def _standard() -> frozenset[str]:
    return frozenset(vars(FunctionNode()))


__all__ = ["EngineLibrary"]
