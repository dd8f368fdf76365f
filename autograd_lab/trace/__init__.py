"""The trace: what a piece of code did to the graph and the gradients, as plain frozen data.

Imports the standard library; `sources/engine` the engine's public attributes and observer hook,
`sources/torch` PyTorch where it is in use. It must not know how a trace is drawn.
"""

from __future__ import annotations

import sys
from types import ModuleType
from typing import Any


class _Package(ModuleType):
    """The package, which can be called: in PyTorch, `torch.trace(x)` is the trace of a matrix."""

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Return the sum of the diagonal of a matrix."""
        from .sources.engine import matrix_trace

        return matrix_trace(*args, **kwargs)


sys.modules[__name__].__class__ = _Package


def __getattr__(name: str) -> Any:
    """Load what runs code only when it is asked for: who reads traces needs no engine."""
    if name == "run_cells":
        from .cells import run_cells

        return run_cells
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
