"""Watching the engine at work.

The engine tells whoever is listed in `observers` what it does; it does not know who that is. With an
empty list it pays one falsy check per operation.
"""

from __future__ import annotations

from collections.abc import Sequence
from types import TracebackType
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from .node import Node
    from .tensor import Tensor
    from .traversal import Pass

T = TypeVar("T")


class Observer:
    """Override what you want to hear; append an instance to `observers`, remove it when done.

    Gradients and values arrive as tensors that must not be written to. A method runs in the middle
    of the engine's work: it sees `requires_grad`, `grad_fn` and `.grad` exactly as they are then.
    """

    def on_op(self, name: str, inputs: Sequence[object], output: object, node: Node | None) -> None:
        """An operation ran forward.

        `name` is the torch name (`"mul"`, `"detach"`, `"zero_"`, `"item"`; in-place ones end in `_`),
        `inputs` its arguments in order (tensors, numbers, shapes), `output` what it returned,
        `node` the recorded grad_fn, or None where nothing was recorded.
        """

    def on_mode(self, name: str, entered: bool) -> None:
        """A grad mode (`"no_grad"`, `"enable_grad"`, …) was entered or left."""

    def on_note(self, kind: str, subject: Any, details: dict[str, Any]) -> None:
        """Something happened that is no operation.

        | kind | subject | details |
        |---|---|---|
        | `create` | a new tensor | name (`"ones"`), source (what it was made of) |
        | `read` | a tensor whose `.grad` was read | value |
        | `set` | a tensor that is about to change | name (of the attribute), value |
        | `hook` | a tensor or a node | name (`"tensor"`, `"post_accumulate"`, `"node"`, `"node_pre"`) |
        | `optimizer`, `step` | an optimizer that was made, or made its step | |
        | `zero_grad` | an optimizer or a module | set_to_none |
        | `clip` | the tensors whose gradients are about to be clipped | name (of the function) |
        | `clipped` | the same, when it is over | |
        | `gradients` | what `grad` differentiated by | results |
        | `gradcheck` | the tensors, when it is over | name (of the function), failed |
        """

    def on_backward(
        self,
        roots: Sequence[Tensor],
        gradients: Sequence[Tensor | None],
        wanted: Sequence[Tensor],
        work: Pass,
    ) -> None:
        """A backward pass starts from `roots`, each with its incoming gradient.

        `wanted` are the tensors it was restricted to, if any; `work` knows whether it accumulates,
        retains the graph, creates one.
        """

    def on_node(
        self,
        node: Node,
        grads_in: Sequence[Tensor | None],
        products: Sequence[Tensor | None],
        grads_out: Sequence[Tensor | None],
    ) -> None:
        """A node of the graph did its part of the backward pass.

        `grads_in` has one gradient per output of the node. `products` and `grads_out` run parallel to
        `node.next_functions`: what the local formula gave, before and after the sum that undoes
        broadcasting. Both are empty for an AccumulateGrad.
        """

    def on_accumulate(self, node: Node, leaf: Tensor, contribution: Tensor) -> None:
        """`contribution` is about to be added into `leaf.grad`, which still holds the value before."""

    def on_freed(self, node: Node) -> None:
        """The values `node` had saved were released."""

    def on_backward_end(self, error: BaseException | None) -> None:
        """The backward pass is over, with the exception that ended it, if any."""


observers: list[Observer] = []


def tell(kind: str, subject: Any, **details: Any) -> None:
    """Pass on to all observers what is no operation: see `Observer.on_note`."""
    for observer in observers:
        observer.on_note(kind, subject, details)


def told(name: str, inputs: Sequence[object], output: T) -> T:
    """Tell the observers of an operation that is never recorded, and return its output."""
    for observer in observers:
        observer.on_op(name, inputs, output, None)
    return output


class unobserved:
    """A `with` block whose operations are the library's own and of no interest to who watches."""

    def __enter__(self) -> None:
        self._before = observers[:]
        observers.clear()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        observers[:] = self._before
