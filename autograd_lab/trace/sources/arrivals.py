"""The gradients that are on their way in a backward pass: from which node, and what they look like."""

from __future__ import annotations

from typing import Any

from ..model import Value

Target = tuple[int, int] | None
"""Where a gradient goes: the node's number (see `GraphWriter.target`) and which of its outputs."""
Part = tuple[int | None, Value, Any]
"""The node a gradient came from, its value, and what tells it from others while it is on its way."""


class Arrivals:
    """What was sent to each output of each node and has not been taken up yet.

    A gradient that arrives alone is the one that was sent: its value is known already.
    """

    def __init__(self) -> None:
        """Start with none."""
        self._parts: dict[Target, list[Part]] = {}

    def send(self, target: Target, part: Part) -> None:
        """Note a gradient that is on its way to `target`."""
        self._parts.setdefault(target, []).append(part)

    def take(self, target: Target) -> list[Part]:
        """Return what was sent to `target`, once."""
        return self._parts.pop(target, [])


__all__ = ["Arrivals", "Part", "Target"]
