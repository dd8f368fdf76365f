"""The pictures and texts of the labs as HTML that a saved notebook keeps."""

from __future__ import annotations

import base64
from collections.abc import Collection, Iterable
from html import escape

from ..i18n import _
from ..trace.model import Trace
from ..views.prepared import prepare

HERE = "fill:#fff2c9;stroke:#8a4b00;stroke-width:4"
"""How the box that one looks at stands out: by its frame as well as its colour."""
PASSED = "stroke:#8a4b00;stroke-width:3"


def graph(trace: Trace, alt: str, here: int | None = None, walked: Collection[int] = ()) -> str:
    """Return the graph of a trace as a figure, `""` if it has none; `alt` says in words what it shows.

    The box of the node `here` stands out, and so do the frames of those `walked` before.
    """
    if not trace.graph.nodes:
        return ""
    drawn = prepare(trace).picture()
    rules = [f'[data-box="{node}"] rect{{{PASSED}}}' for node in walked]
    rules += [f'[data-box="{here}"] rect{{{HERE}}}'] if here is not None else []
    drawn = drawn.replace("</style>", f"{''.join(rules)}</style>", 1)
    data = base64.b64encode(drawn.encode("utf-8", "replace")).decode("ascii")
    image = (
        f'<img class="autograd-lab-graph" alt="{escape(alt)}" style="max-width:100%;height:auto" '
        f'src="data:image/svg+xml;base64,{data}">'
    )
    return figure(image, _("Values flow down, gradients flow back up."))


def figure(image: str, caption: str) -> str:
    """Return an image with what is said below it."""
    return f'<figure style="margin:0">{image}<figcaption>{escape(caption)}</figcaption></figure>'


def beside(*parts: str) -> str:
    """Return parts side by side, one below the other where it is narrow; empty ones are left out."""
    columns = "".join(
        f'<div style="flex:1 1 280px;min-width:0;overflow-x:auto">{part}</div>'
        for part in parts
        if part
    )
    return f'<div style="display:flex;flex-wrap:wrap;gap:8px 24px">{columns}</div>'


def told(answer: str) -> str:
    """Return the answer of a lab, as it stands above all else."""
    return f"<p><b>{escape(answer)}</b></p>"


def listing(lines: Iterable[str]) -> str:
    """Return lines of code with their numbers."""
    numbered = (f"{number:>2}  {line}" for number, line in enumerate(lines, start=1))
    return f'<pre style="line-height:1.4;overflow-x:auto">{escape(chr(10).join(numbered))}</pre>'


__all__ = ["beside", "figure", "graph", "listing", "told"]
