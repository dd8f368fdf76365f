"""What a piece of code costs: operations forward and backward, bytes kept for the way back."""

from __future__ import annotations

import sys
from contextlib import ExitStack
from types import TracebackType
from typing import Any

from .sources.engine.counting import counting as counting_engine


class Kept:
    """Stands in for a saved tensor as long as something keeps it for a backward pass."""

    __slots__ = ("_memory", "_nbytes", "_of", "tensor", "version")

    def __init__(self, tensor: Any, memory: tuple[str, int], nbytes: int) -> None:
        """Count `tensor` with every measure that is open."""
        self._of: tuple[
            measure, ...
        ] = ()  # first: what follows may fail, and then nothing was counted
        self.tensor, self.version = tensor, tensor._version
        self._memory, self._nbytes = memory, nbytes
        self._of = tuple(_open)
        for each in self._of:
            each.keep(memory, nbytes)

    def __del__(self) -> None:
        for each in self._of:
            each.drop(self._memory, self._nbytes)

    def unpack(self) -> Any:
        """Return the tensor; RuntimeError if it was written to since: what made it is not known."""
        if self.tensor._version != self.version:
            raise RuntimeError(
                "one of the variables needed for gradient computation has been modified by an "
                f"inplace operation: [{self.tensor.type()} {list(self.tensor.shape)}] is at version "
                f"{self.tensor._version}; expected version {self.version} instead. Hint: enable anomaly "
                "detection to find the operation that failed to compute its gradient, with "
                "torch.autograd.set_detect_anomaly(True, check_nan=False)."
            )
        return self.tensor


class measure:
    """Count what a `with` block does, on this engine and on PyTorch.

    `forward` counts operations that compute something: views, `detach()`, `item()` and new tensors
    do not. `backward` counts the nodes that backward passes visit; what a node computes, with
    `create_graph=True` too, is part of its visit. `kept` is the number of bytes that the graphs made
    in the block keep now, `peak` the most it has been; memory that several nodes share counts once,
    numbers (0-d tensors) do not.

    Measures can be nested, and each counts for itself.

    >>> import autograd_lab as torch
    >>> x = torch.ones(1000, requires_grad=True)
    >>> with torch.measure() as cost:
    ...     y = (x.exp() * x).sum()
    >>> cost
    forward 3, backward 0 operations; 8000 bytes kept for backward, at most 8000
    >>> with torch.measure() as cost:
    ...     y.backward()
    >>> cost.backward
    3
    """

    def __init__(self) -> None:
        """Start at nothing."""
        self.forward = 0
        self.backward = 0
        self.kept = 0
        self.peak = 0
        self._holders: dict[tuple[str, int], int] = {}

    def keep(self, memory: tuple[str, int], nbytes: int) -> None:
        """Count memory that a node keeps, once however many do."""
        held = self._holders.get(memory, 0)
        self._holders[memory] = held + 1
        if not held:
            self.kept += nbytes
            self.peak = max(self.peak, self.kept)

    def drop(self, memory: tuple[str, int], nbytes: int) -> None:
        """Count memory that a node lets go of."""
        self._holders[memory] -= 1
        if not self._holders[memory]:
            del self._holders[memory]
            self.kept -= nbytes

    def __enter__(self) -> measure:
        """Begin to count."""
        if not _open:
            _stack.enter_context(counting_engine(count_forward, count_backward, Kept))
            if sys.modules.get("torch") is not None:  # None keeps it from being imported
                from .sources.torch.counting import counting as counting_torch

                _stack.enter_context(counting_torch(count_forward, count_backward, Kept))
        _open.append(self)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Stop counting; `kept` still sinks when a graph is freed."""
        _open.remove(self)
        if not _open:
            _stack.close()

    def __repr__(self) -> str:
        return (
            f"forward {self.forward}, backward {self.backward} operations; "
            f"{self.kept} bytes kept for backward, at most {self.peak}"
        )


_open: list[measure] = []
"""The measures whose blocks are running, the innermost last."""
_stack = ExitStack()
"""What listens while there are any."""


def count_forward() -> None:
    """Count one operation with every open measure."""
    for each in _open:
        each.forward += 1


def count_backward() -> None:
    """Count one visit to a node with every open measure."""
    for each in _open:
        each.backward += 1


__all__ = ["measure"]
