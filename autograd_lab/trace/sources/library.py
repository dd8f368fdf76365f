"""What the shared part of the watching asks of a library, whichever it is."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import Any, Protocol

from ..model import Value

Facts = tuple[Any, tuple[int, ...], str, bool, int, Any]
NodeDescription = tuple[str, tuple[str, ...], tuple[str, ...], bool]
"""The name of a grad_fn, its inputs' names, its formulas, and whether the user defined it."""


class Library(Protocol):
    """The engine, or PyTorch: the same questions, each answered in the library's own way.

    Nodes need no questions: `next_functions` and `_sequence_nr()`, which no other operation's node has,
    are called alike in both.

    Nothing here is noticed by the library or by who watches it.
    """

    tensor_type: type[Any]
    parameter_type: type[Any]
    module_type: type[Any]
    optimizer_type: type[Any]
    leaf_type: type[Any]
    """The class of the nodes at the leaves: their `variable` is the leaf."""
    first_key: int
    """`_sequence_nr()` of the first node that the recording should see made without being told."""

    def unnoticed(self) -> AbstractContextManager[Any]:
        """Keep the user's classes and modes from hearing of the questions."""

    def value(self, tensor: Any) -> Value:
        """Return what the tensor looks like now."""

    def facts(self, tensor: Any) -> Facts:
        """Return its grad_fn, shape, dtype, whether it requires grad, write counter, and base."""

    def token(self, grad: Any) -> Any:
        """Return what tells a gradient from others as long as it exists."""

    def context(self, grad_fn: Any) -> list[str]:
        """Return what a user's Function did with its `ctx`: see `function` in the table of events."""

    def records(self) -> bool:
        """Return whether operations are recorded now."""

    def grad_fn(self, tensor: Any) -> Any:
        """Return the node that made it; None for a leaf."""

    def grad(self, tensor: Any) -> Any:
        """Return its `.grad`, without the warning that reading one may bring."""

    def has_hooks(self, leaf: Any) -> bool:
        """Return whether hooks of the user's see, and may replace, what arrives at a leaf."""

    def has_post_accumulate_grad_hooks(self, leaf: Any) -> bool:
        """Return whether hooks of the user's go on with its `.grad` once a gradient was added."""

    def version(self, tensor: Any) -> int:
        """Return the write counter, 0 where none is kept."""

    def is_inference(self, tensor: Any) -> bool:
        """Return whether it was made in inference mode."""

    def nbytes(self, tensor: Any) -> int:
        """Return how many bytes its elements take."""

    def describe(self, grad_fn: Any) -> NodeDescription:
        """Return what is to be said of the node."""

    def saved(self, grad_fn: Any) -> list[tuple[str, Any]]:
        """Return the tensors and numbers it keeps, by name; nothing once they are released."""


__all__ = ["Facts", "Library", "NodeDescription"]
