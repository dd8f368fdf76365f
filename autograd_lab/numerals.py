"""Numbers written as PyTorch writes them, from plain Python numbers; knows nothing of the package."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Any


class Options:
    """How numbers are written: what PyTorch's `set_printoptions` sets."""

    # No dataclass: it would be the one of the engine, and its import takes longer than ten operations'.
    def __init__(
        self,
        precision: int = 4,
        threshold: float = 1000,
        edgeitems: int = 3,
        linewidth: int = 80,
        sci_mode: bool | None = None,
    ) -> None:
        """Start from PyTorch's settings."""
        self.precision, self.sci_mode = precision, sci_mode
        self.threshold, self.edgeitems, self.linewidth = threshold, edgeitems, linewidth


USUAL = Options()
Nested = Any
"""A number, or lists of them, nested once per dimension."""


class Style:
    """One width and one style for all numbers that are written together."""

    def __init__(self, values: Sequence[Any], options: Options) -> None:
        """Choose by looking at all of them: bools, ints or floats."""
        self.precision = options.precision
        self.floating = any(type(value) is float for value in values)
        self.whole, self.scientific, self.width = True, False, 1
        if self.floating:
            values = [value for value in values if math.isfinite(value) and value != 0]
            if not values:
                return
            sizes = [abs(value) for value in values]
            low, high = min(sizes), max(sizes)
            self.scientific = high / low > 1000.0 or high > 1.0e8 or low < 1.0e-4
            if options.sci_mode is not None:
                self.scientific = options.sci_mode
            self.whole = all(value == math.ceil(value) for value in values)
        self.width = max((len(self._bare(value)) for value in values), default=1)

    def _bare(self, value: Any) -> str:
        if not self.floating:
            return str(value)
        if self.scientific:
            return f"{value:.{self.precision}e}"
        if self.whole:
            return f"{value:.0f}" + ("." if math.isfinite(value) else "")
        return f"{value:.{self.precision}f}"

    def __call__(self, value: Any) -> str:
        """Return the number as text, right-aligned in the common width."""
        return self._bare(value).rjust(self.width)


def flat(content: Nested) -> Iterator[Any]:
    """Yield the numbers of nested lists in order."""
    if isinstance(content, list | tuple):
        for part in content:
            yield from flat(part)
    else:
        yield content


def nested(numbers: Sequence[Any], shape: tuple[int, ...]) -> Nested:
    """Return numbers in row order as lists, nested once per dimension of `shape`."""
    if not shape:
        return numbers[0] if numbers else None
    step = len(numbers) // shape[0] if shape[0] else 0
    parts = (numbers[i * step : (i + 1) * step] for i in range(shape[0]))
    return [nested(part, shape[1:]) for part in parts]


def written(
    content: Nested, shape: tuple[int, ...], options: Options = USUAL, indent: int = 0
) -> str:
    """Return the numbers of a tensor of this shape, nested brackets and all.

    Where `content` has fewer entries along a dimension than the tensor, they are its first and last
    ones, and `...` stands between them.

    >>> written([1.0, 2.5], (2,))
    '[1.0000, 2.5000]'
    """
    if 0 in shape:
        return "[]"
    style = Style(list(flat(content)), options)
    return _nested(content, shape, indent, style, options.linewidth)


def _nested(
    content: Nested, shape: tuple[int, ...], indent: int, style: Style, line_width: int
) -> str:
    if not shape:
        return style(content)
    half = len(content) // 2 if len(content) < shape[0] else 0
    if len(shape) == 1:
        words = [style(value) for value in content]
        words[half:half] = [" ..."] if half else []
        per_line = max(1, (line_width - indent) // (style.width + 2))
        lines = [", ".join(words[i : i + per_line]) for i in range(0, len(words), per_line)]
        return "[" + (",\n" + " " * (indent + 1)).join(lines) + "]"
    rows = [_nested(row, shape[1:], indent + 1, style, line_width) for row in content]
    rows[half:half] = ["..."] if half else []
    separator = "," + "\n" * (len(shape) - 1) + " " * (indent + 1)
    return "[" + separator.join(rows) + "]"


__all__ = ["Nested", "Options", "flat", "nested", "written"]
