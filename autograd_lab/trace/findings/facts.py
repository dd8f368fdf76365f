"""Questions that several rules ask a trace."""

from __future__ import annotations

from ..model import Trace
from .model import Place


class Facts:
    """A trace with answers: who made this, who wrote to it, where in the source that was."""

    def __init__(self, trace: Trace) -> None:
        """Take the trace; every answer is read from it alone."""
        self.trace = trace

    def line(self, place: Place) -> str:
        """Return the source text at a place, without indentation; `""` where there is none."""
        lines = self.trace.source.splitlines()
        if place.number is None or not 0 < place.number <= len(lines):
            return ""
        return lines[place.number - 1].strip()


__all__ = ["Facts"]
