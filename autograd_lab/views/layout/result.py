"""What a layout is: boxes and lines in pixels."""

from __future__ import annotations

from dataclasses import dataclass

Point = tuple[float, float]
Box = tuple[float, float, float, float]
"""Left, top, width, height."""
Route = tuple[Point, ...]


@dataclass(frozen=True, slots=True)
class Layout:
    """Where everything goes, in pixels from the top left corner."""

    boxes: tuple[Box, ...]
    """Per node."""
    routes: tuple[Route, ...]
    """Per edge: points from the bottom of its source to the top of its target. Straight down from
    the first to the second, a curve to the third, straight down to the fourth, and so on."""
    width: float
    height: float
    crossings: int
    """How many pairs of lines cross."""
