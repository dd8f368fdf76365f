"""What several labs are put together of: a table, a control that refreshes its lab, a number's text."""

from __future__ import annotations

import html
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .lab import Lab

CELL = "text-align:left;padding:2px 10px 2px 4px;vertical-align:top"
"""Style of a cell: a notebook's own aligns to the right, and that of a widget leaves no space."""


def table(caption: str, heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return an HTML table, perhaps without heads; every text is plain. On a narrow page it scrolls by itself."""
    lines = [_row("th", heads) if heads else "", *(_row("td", row) for row in rows)]
    title = f'<caption style="text-align:left;padding:4px">{html.escape(caption)}</caption>'
    return (
        '<div style="overflow-x:auto"><table style="line-height:1.4">'
        f"{title if caption else ''}{''.join(lines)}</table></div>"
    )


def _row(tag: str, texts: Iterable[str]) -> str:
    cells = "".join(f'<{tag} style="{CELL}">{html.escape(text)}</{tag}>' for text in texts)
    return f"<tr>{cells}</tr>"


def paragraph(text: str) -> str:
    """Return a plain text as a paragraph."""
    return f'<p style="margin:4px 0">{html.escape(text)}</p>'


def number(value: float, digits: int = 7) -> str:
    """Return a number as one reads it: `3`, `0.3333333`, `-1.5e-09`, `nan`."""
    return f"{float(value):.{digits}g}"


def numbers(tensor: Any) -> NDArray[np.float64]:
    """Return the numbers of a tensor of any library as an array of the same shape."""
    return np.array(tensor.tolist(), dtype=np.float64)


def watched(lab: Lab, control: Any, action: Callable[[Any], None]) -> Any:
    """Return `control`, whose every new value is given to `action`; then the lab shows its state."""

    def changed(change: Any) -> None:
        action(change["new"])
        lab.refresh()

    control.observe(changed, names="value")
    return control


__all__ = ["number", "numbers", "paragraph", "table", "watched"]
