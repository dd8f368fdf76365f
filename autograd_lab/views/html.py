"""The trace for a notebook: a sentence, a figure and tables, and a script that makes them a stepper.

Where scripts do not run (an untrusted notebook, a printed page) the figure and the tables remain and
say the same.
"""

from __future__ import annotations

import base64
from collections import Counter
from collections.abc import Sequence
from hashlib import sha256
from html import escape

from ..i18n import _, language, ngettext, together
from ..trace.model import Trace
from . import findings
from .boxes import MAX_BOXES
from .ledger import ledger
from .markup import closed
from .player import payload, script
from .prepared import Prepared, prepare
from .sentence import sentence
from .source_lines import Source, lines_table
from .tables import steps_table, tensors_table
from .wording import (
    broke_off,
    counted_only,
    cropped,
    gradient_line,
    node_name,
    other_threads,
    overgrown,
    stopped,
)

LEAF_WIDTH = 40
MAX_LEAVES = 8
"""Leaves whose gradients the alternative text reads out."""

PAGE = """:root{color-scheme:light dark}
body{max-width:60em;margin:1em auto;padding:0 1em;font:14px/1.5 system-ui,sans-serif}
img{max-width:100%;height:auto}td,th{padding:2px 8px;vertical-align:top}"""
"""Style of a saved page; the stepper brings its own."""

_rendered: Counter[str] = Counter()


def render(
    trace: Trace,
    found: Sequence[findings.Finding] = (),
    *,
    static: bool = False,
    max_boxes: int = MAX_BOXES,
) -> str:
    """Return the trace as one piece of HTML that needs nothing from outside, not even a kernel.

    `static` leaves the script out. The same trace gives the same HTML but for a counter in its name,
    which tells two outputs on one page apart.
    """
    told = findings.as_html(found)
    if not trace.graph.nodes:
        lines = (sentence(trace, ()), stopped(trace))
        return "".join(f"<p>{escape(line)}</p>" for line in lines if line) + told
    view = prepare(trace, max_boxes)
    content = (
        f"<p>{escape(sentence(trace, view.all_steps))}</p>{told}{_figure(view)}{_tables(view)}"
    )
    name = _name(content)
    output = f'<div class="autograd-lab" data-autograd="{name}">{content}</div>'
    return output if static else output + script(name, payload(view))


def page(content: str) -> str:
    """Return a complete HTML document that shows `content` and asks for nothing from outside."""
    title = escape(_("What the cell did"))
    return (
        f'<!doctype html><html lang="{language()}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width">'
        f"<title>{title}</title><style>{PAGE}</style></head>"
        f"<body>{content}</body></html>\n"
    )


def _name(content: str) -> str:
    """Return a name for one output, made from its content and how often that was shown."""
    digest = sha256(content.encode("utf-8", "replace")).hexdigest()[:12]
    _rendered[digest] += 1
    return f"al-{digest}-{_rendered[digest]}"


def _figure(view: Prepared) -> str:
    """Return the static picture, with its alternative text and a caption."""
    data = base64.b64encode(view.picture().encode("utf-8", "replace")).decode("ascii")
    count = len(view.trace.graph.nodes)
    notes = (
        _("Values flow down, gradients flow back up."),
        broke_off(view.trace),
        other_threads(view.trace),
        stopped(view.trace, view.walked),
        cropped(count - view.plan.hidden, count),
        overgrown(view.trace),
        counted_only(view.trace),
    )
    caption = escape(together(notes))
    return (
        f'<figure><img alt="{escape(_alternative(view))}" '
        f'src="data:image/svg+xml;base64,{data}"><figcaption>{caption}</figcaption></figure>'
    )


def _alternative(view: Prepared) -> str:
    """Return the picture in words: its size, its result, what the leaves' `.grad` hold."""
    graph = view.trace.graph
    used = {edge.source for edge in graph.edges}
    results = [node_name(node) for node in graph.nodes if node.id not in used and node.kind == "op"]
    size = ngettext("Graph of {count} tensor", "Graph of {count} tensors", len(graph.nodes))
    parts = [size.format(count=len(graph.nodes))]
    if results:
        names = ", ".join(results[-MAX_LEAVES:])
        parts.append(_("leading to {results}").format(results=names))
    leaves = [node for node in graph.nodes if node.kind == "leaf"][:MAX_LEAVES]
    final = view.scenery.gradients
    parts += [f"{node_name(n)}{gradient_line(n, final.get(n.id), LEAF_WIDTH)}" for n in leaves]
    return "; ".join(parts) + "."


def _tables(view: Prepared) -> str:
    """Return the tables, each closed; the script makes them tabs."""
    graph = view.trace.graph
    count = sum(step.count or 1 for step in view.walked)
    steps = ngettext("{count} step", "{count} steps", count).format(count=count)
    tables = (
        ("steps", steps, steps_table(graph, view.walked)),
        ("ledger", _("Ledger"), ledger(view.trace, view.all_steps)),
        ("lines", _("Lines"), lines_table(view.trace, Source(view.trace))),
        ("tensors", _("Tensors and bytes"), tensors_table(graph, view.listed_nodes())),
    )
    return "".join(closed(summary, table, kind) for kind, summary, table in tables)
