"""What the labs about derivatives share: tables, paragraphs, numbers as text and as arrays."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..views import markup


def table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return an HTML table of plain texts; it scrolls where it is too wide."""
    cells = ([markup.text_cell(escape(text)) for text in row] for row in rows)
    return scrolled(markup.table(heads, cells))


def scrolled(content: str) -> str:
    """Return HTML that scrolls where it is too wide."""
    # No width of its own, so that a wide table does not widen the page with all its texts.
    return f'<div style="overflow-x:auto;width:0;min-width:100%">{content}</div>'


def paragraph(text: str) -> str:
    """Return a plain text as a paragraph."""
    return f"<p>{escape(text)}</p>"


def number(value: float, digits: int = 7) -> str:
    """Return a number as one reads it: `3`, `0.3333333`, `-1.5e-09`, `nan`."""
    return f"{float(value):.{digits}g}"


def numbers(tensor: Any) -> NDArray[np.float64]:
    """Return the numbers of a tensor of any library as an array of the same shape."""
    return np.array(tensor.tolist(), dtype=np.float64)


__all__ = ["number", "numbers", "paragraph", "scrolled", "table"]
