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


def graph(trace: Trace, alt: str) -> str:
    """Return the graph of a trace as a figure, `""` if it has none; `alt` says in words what it shows."""
    return framed(drawn(trace), alt)


def drawn(trace: Trace, here: int | None = None, walked: Collection[int] = ()) -> str:
    """Return the graph of a trace as an SVG, `""` if it has none.

    The box of the node `here` stands out, and so do the frames of those `walked` before.
    """
    if not trace.graph.nodes:
        return ""
    rules = [f'[data-box="{node}"] rect{{{PASSED}}}' for node in walked]
    rules += [f'[data-box="{here}"] rect{{{HERE}}}'] if here is not None else []
    return prepare(trace).picture().replace("</style>", f"{''.join(rules)}</style>", 1)


def framed(svg: str, alt: str) -> str:
    """Return an SVG as a figure, `""` if there is none."""
    if not svg:
        return ""
    image = (
        f'<img class="autograd-lab-graph" alt="{escape(alt)}" style="max-width:100%;height:auto" '
        f'src="{data_uri(svg)}">'
    )
    return figure(image, directions())


def data_uri(svg: str) -> str:
    """Return the address of an SVG that holds the SVG itself."""
    data = base64.b64encode(svg.encode("utf-8", "replace")).decode("ascii")
    return f"data:image/svg+xml;base64,{data}"


def directions() -> str:
    """Say what is up and what is down in a graph."""
    return _("Values flow down, gradients flow back up.")


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


__all__ = [
    "beside",
    "data_uri",
    "directions",
    "drawn",
    "figure",
    "framed",
    "graph",
    "listing",
    "told",
]
