"""What a trace has to say about mistakes: one small rule per misconception, the best finding first.

Reads the trace's data and the source text in it, never a live object. Texts go through `_()`.
"""

# Importing a module of rules registers them.
from . import (
    accumulating,
    leaves,
    losing,
    numpy_calls,
    rebinding,
    seeds,
    sharing,
    twice,
    writing,
)
from .find import find
from .model import Finding

__all__ = [
    "Finding",
    "accumulating",
    "find",
    "leaves",
    "losing",
    "numpy_calls",
    "rebinding",
    "seeds",
    "sharing",
    "twice",
    "writing",
]
