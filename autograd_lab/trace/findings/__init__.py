"""What a trace has to say about mistakes: one small rule per misconception, the best finding first.

Reads the trace's data and the source text in it, never a live object. Texts go through `_()`.
"""

# Importing a module of rules registers them.
from . import (
    accumulating,
    arrays,
    checking,
    conversions,
    custom,
    custom_backward,
    flat,
    hooks,
    kept_graphs,
    leaves,
    losing,
    modes,
    not_a_number,
    numpy_calls,
    order,
    parameters,
    policies,
    rebinding,
    second_order,
    seeds,
    shapes,
    sharing,
    targets,
    too_early,
    twice,
    unused,
    view_writes,
    writing,
)
from .model import Finding
from .ranking import find
from .why import why

__all__ = [
    "Finding",
    "accumulating",
    "arrays",
    "checking",
    "conversions",
    "custom",
    "custom_backward",
    "find",
    "flat",
    "hooks",
    "kept_graphs",
    "leaves",
    "losing",
    "modes",
    "not_a_number",
    "numpy_calls",
    "order",
    "parameters",
    "policies",
    "rebinding",
    "second_order",
    "seeds",
    "shapes",
    "sharing",
    "targets",
    "too_early",
    "twice",
    "unused",
    "view_writes",
    "why",
    "writing",
]
