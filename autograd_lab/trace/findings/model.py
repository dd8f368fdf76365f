"""A finding as data: what a rule saw, where its cause is, why it happens, what to change."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Level = Literal["problem", "note"]


@dataclass(frozen=True, slots=True)
class Place:
    """A line of a cell."""

    cell: int = 0
    """Which of the recorded cells, from 0."""
    number: int | None = None
    """Line of the cell, from 1; None where no line is known."""


@dataclass(frozen=True, slots=True)
class Clue:
    """What a rule says; the registry adds which rule it was."""

    place: Place
    """The cause, which need not be the line that raised."""
    what: str
    """What happened, with the names, numbers and lines of the program."""
    why: str
    """The reason behind it."""
    fix: str
    """The smallest change, as code where possible."""
    level: Level = "problem"
    """`"problem"` for what is certainly or almost certainly not meant, `"note"` for what may be."""
    explains_error: bool = False
    """It is the cause of the exception that ended the cell."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One explained mistake, pointing at its cause."""

    misconception: int
    """1 to 27."""
    level: Level
    rule: str
    """Slug of the rule that found it, such as `"accumulated-grad"`."""
    line: str
    """Source text of the line it points at, without indentation; `""` where no line is known."""
    what: str
    why: str
    fix: str
    cell: int = 0
    """Which of the recorded cells the line is in, from 0."""
    number: int | None = None
    """The line's number in that cell, from 1."""


__all__ = ["Clue", "Finding", "Level", "Place"]
