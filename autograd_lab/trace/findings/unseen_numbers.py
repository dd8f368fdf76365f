"""Where a NaN began whose number a trace did not keep: of large tensors it has only the ends."""

from __future__ import annotations

from ..model import Event, Node
from .facts import Facts

EDGES = {"sqrt", "log", "log2", "log10", "rsqrt", "reciprocal", "asin", "acos", "div", "pow"}
"""Operations whose derivative is infinite at some place."""


def began_unseen(facts: Facts, steps: list[Event], first: Event) -> Event | None:
    """Return the step of a pass that a NaN can only have begun at, before the first where it is seen.

    Of several that may have made it the one counts whose result `where` chose from.
    """
    seen = facts.nodes[first.node or 0]
    if seen.op in EDGES or all(value is None or value.complete for value in first.grads_in):
        return None
    found = [
        step
        for step in steps[: steps.index(first)]
        if _may_begin(facts, facts.nodes[step.node or 0])
        and seen.id in facts.ancestors([step.node or 0])
    ]
    chosen = [step for step in found if is_chosen_from(facts, facts.nodes[step.node or 0])]
    return next((few[0] for few in (found, chosen) if len(few) == 1), None)


def _may_begin(facts: Facts, node: Node) -> bool:
    """Return whether an operation may have an infinite derivative at a number that was not kept."""
    values = {saved.name: saved.value for saved in node.saved}
    if node.op == "pow":
        exponent = values.get("exponent")
        return exponent is not None and any(power < 1 for power in exponent.numbers)
    if node.op == "div":
        other = values.get("other")
        return other is not None and not other.complete
    return node.op in EDGES and node.value is not None and not node.value.complete


def is_chosen_from(facts: Facts, node: Node) -> bool:
    """Return whether `where` takes some elements of a result and leaves the others."""
    users = (edge.target for edge in facts.trace.graph.edges if edge.source == node.id)
    return any(facts.nodes[user].op == "where" for user in users)


__all__ = ["began_unseen", "is_chosen_from"]
