"""The trace: what a piece of code did to the graph and the gradients, as plain frozen data.

Imports the standard library; `sources/engine` the engine's public attributes and observer hook,
`sources/torch` PyTorch where it is in use. It must not know how a trace is drawn.
"""

from __future__ import annotations

from typing import Any


def __getattr__(name: str) -> Any:
    """Load what runs code only when it is asked for: who reads traces needs no engine."""
    if name == "run_cells":
        from .cells import run_cells

        return run_cells
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
