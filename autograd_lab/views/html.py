"""The trace for a notebook: a figure and a table, and a script that turns them into a stepper.

Where scripts do not run (an untrusted notebook, a printed page) the figure and the table remain and
say the same.
"""

from __future__ import annotations

import base64
from collections import Counter
from hashlib import sha256
from html import escape

from ..i18n import _, ngettext
from ..trace.model import Graph, Trace, Value
from .crop import crop
from .narrate import Row, Scene, narrate
from .player import payload, script
from .steps import Step, final_gradients, gradients, steps
from .svg import draw
from .wording import (
    broke_off,
    clip_numbers,
    cropped,
    empty,
    gradient_line,
    more,
    node_name,
    stopped,
)

MAX_STEPS = 200
TABLE_WIDTH, LEAF_WIDTH = 60, 40
MAX_LEAVES = 8
"""Leaves whose gradients the alternative text reads out."""
LEFT = 'style="text-align:left"'
"""Notebooks align cells to the right, which suits numbers but not words."""

_rendered: Counter[str] = Counter()


def render(trace: Trace) -> str:
    """Return the trace as one piece of HTML that needs nothing from outside, not even a kernel.

    The same trace gives the same HTML but for a counter in its name, which tells two outputs on one
    page apart.
    """
    if not trace.graph.nodes:
        return "".join(f"<p>{escape(line)}</p>" for line in (empty(trace), stopped(trace)) if line)
    shown = crop(trace)
    walked = steps(shown)
    listed = walked[:MAX_STEPS]
    legend = _("Values flow down, gradients flow back up.")
    notes = [legend, broke_off(trace), stopped(trace, listed)]
    if shown is not trace:
        notes.append(cropped(trace, shown))
    if len(walked) > len(listed):
        notes.append(more(len(walked) - len(listed)))
    name = _name(trace)
    return (
        f'<div class="autograd-lab" data-autograd="{name}">'
        f"{_figure(shown, walked, notes)}{_table(shown.graph, listed)}</div>"
        f"{script(name, payload(shown, listed))}"
    )


def _name(trace: Trace) -> str:
    """Return a name for one output, made from its content and how often that was shown."""
    digest = sha256(trace.to_json().encode("utf-8", "replace")).hexdigest()[:12]
    _rendered[digest] += 1
    return f"al-{digest}-{_rendered[digest]}"


def _figure(trace: Trace, walked: tuple[Step, ...], notes: list[str]) -> str:
    """Return the static picture, with its alternative text and a caption."""
    changes = gradients(trace, walked)
    final = final_gradients(changes)
    picture = draw(trace.graph, final, changes)
    data = base64.b64encode(picture.encode("utf-8", "replace")).decode("ascii")
    caption = " ".join(filter(None, notes))
    return (
        f'<figure><img alt="{escape(_alternative(trace, final))}" '
        f'src="data:image/svg+xml;base64,{data}"><figcaption>{escape(caption)}</figcaption></figure>'
    )


def _alternative(trace: Trace, final: dict[int, Value | None]) -> str:
    """Return the picture in words: its size, its result, what the leaves' `.grad` hold."""
    nodes = trace.graph.nodes
    used = {edge.source for edge in trace.graph.edges}
    results = [node_name(node) for node in nodes if node.id not in used and node.kind == "op"]
    size = ngettext("Graph of {count} tensor", "Graph of {count} tensors", len(nodes))
    parts = [size.format(count=len(nodes))]
    if results:
        parts.append(_("leading to {results}").format(results=", ".join(results)))
    leaves = [
        f"{node_name(node)}{gradient_line(node, final[node.id], LEAF_WIDTH)}"
        for node in nodes
        if node.kind == "leaf"
    ]
    return "; ".join(parts + leaves[:MAX_LEAVES]) + "."


def _table(graph: Graph, walked: tuple[Step, ...]) -> str:
    """Return the steps as a table that opens on a click, or nothing if there are none."""
    if not walked:
        return ""
    heads = (_("step"), _("tensor"), _("gradients"))
    head = "".join(f'<th scope="col" {LEFT}>{escape(text)}</th>' for text in heads)
    body = "".join(
        _table_row(number, narrate(graph, step)) for number, step in enumerate(walked, start=1)
    )
    summary = ngettext(
        "The backward pass as a table ({count} step)",
        "The backward pass as a table ({count} steps)",
        len(walked),
    ).format(count=len(walked))
    return (
        f"<details><summary>{escape(summary)}</summary>"
        f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></details>"
    )


def _table_row(number: int, scene: Scene) -> str:
    """Return one step as a row; its quantities stand below each other in the last cell."""
    quantities = "<br>".join(_quantity(row) for row in scene.rows)
    return (
        f"<tr><td>{number}</td><td {LEFT}><code>{escape(scene.title)}</code><br>"
        f"{escape(scene.subtitle)}</td><td {LEFT}>{quantities}</td></tr>"
    )


def _quantity(row: Row) -> str:
    """Return one quantity on one line."""
    formula = f"<code>{escape(row.formula)}</code> = " if row.formula else ""
    note = f" ({escape(row.note)})" if row.note else ""
    value = f"<code>{escape(clip_numbers(row.value, TABLE_WIDTH))}</code>"
    return f"{escape(row.label)}: {formula}{value}{note}"
