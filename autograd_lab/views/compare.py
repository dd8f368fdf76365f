"""Two traces side by side, and above them what differs."""

from __future__ import annotations

from html import escape

from ..i18n import _
from ..trace.model import Trace
from . import html, text
from .boxes import MAX_BOXES
from .markup import code, number_cell, table, text_cell
from .steps import gradients, outcome
from .walk import steps
from .wording import aligned, node_name, one_line, value_line

WIDTH = 40
DIFFERENT, EQUAL = "≠", "="

Row = tuple[str, str, str]
"""What is compared, and what it is in either trace."""


class Comparison:
    """Shows two traces: in a notebook side by side where there is room, in a terminal in turn."""

    def __init__(
        self,
        first: Trace,
        second: Trace,
        names: tuple[str, str] = ("a", "b"),
        *,
        static: bool = False,
        max_nodes: int = MAX_BOXES,
    ) -> None:
        """Compare two traces, called by `names`; the options are those of `Display`."""
        self.traces = first, second
        self.names = names
        self.static = static
        self.max_nodes = max_nodes

    def __repr__(self) -> str:
        """Return the comparison as text, then both traces."""
        rows = [(_mark(row), *row) for row in compared(*self.traces)]
        lines = aligned([("", "", *map(one_line, self.names)), *rows])
        for name, trace in zip(self.names, self.traces, strict=True):
            lines += ["", f"— {one_line(name)} —", text.render(trace, max_boxes=self.max_nodes)]
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        """Return the comparison as HTML."""
        rows = [
            (text_cell(_mark(row)), text_cell(escape(row[0])), *map(_cell, row[1:]))
            for row in compared(*self.traces)
        ]
        heads = ("", "", *map(one_line, self.names))
        sides = "".join(
            f'<div style="flex:1 1 280px;min-width:0"><p><b>{escape(one_line(name))}</b></p>'
            f"{html.render(trace, static=self.static, max_boxes=self.max_nodes)}</div>"
            for name, trace in zip(self.names, self.traces, strict=True)
        )
        return f'{table(heads, rows)}<div style="display:flex;flex-wrap:wrap;gap:8px">{sides}</div>'


def compared(first: Trace, second: Trace) -> list[Row]:
    """Return what two traces have side by side: sizes, the gradients of their leaves, their errors."""
    mine, its = _gradients(first), _gradients(second)
    missing = _("no such leaf")
    rows = [
        (_("operations"), _operations(first), _operations(second)),
        (_("backward passes"), _passes(first), _passes(second)),
    ]
    for name in dict.fromkeys([*mine, *its]):
        rows.append((f"{name}.grad", mine.get(name, missing), its.get(name, missing)))
    if first.error or second.error:
        rows.append((_("error"), one_line(first.error), one_line(second.error)))
    return rows


def _gradients(trace: Trace) -> dict[str, str]:
    """Return the gradient that every leaf is left with, by its name."""
    final = outcome(trace, gradients(trace, steps(trace)))
    leaves = (node for node in trace.graph.nodes if node.kind == "leaf")
    return {node_name(node): value_line(final.get(node.id), WIDTH) for node in leaves}


def _operations(trace: Trace) -> str:
    return str(sum(node.kind == "op" for node in trace.graph.nodes))


def _passes(trace: Trace) -> str:
    return str(trace.count("backward"))


def _mark(row: Row) -> str:
    return EQUAL if row[1] == row[2] else DIFFERENT


def _cell(content: str) -> str:
    return number_cell(code(content))
