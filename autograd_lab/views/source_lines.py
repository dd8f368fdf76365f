"""The cell's source, and per line the tensors it made and the bytes they keep alive."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from ..i18n import _
from ..trace.model import Node, Trace
from .markup import code, number_cell, table, text_cell
from .wording import byte_count, clip, node_name, one_line

MAX_LINES = 400
MAX_MADE = 4
"""Tensors of one line that are named; the others are counted."""
WIDTH = 120


def lines_table(trace: Trace) -> str:
    """Return a row per line of the source; nothing where the source is not known."""
    made: dict[int, list[Node]] = {}
    for node in trace.graph.nodes:
        if node.line is not None:
            made.setdefault(node.line, []).append(node)
    rows = [
        _row(number, line, made.get(number, []))
        for number, line in enumerate(source_lines(trace), start=1)
    ]
    heads = (_("line"), _("code"), _("tensors made"), "requires_grad", _("kept alive"))
    return table(heads, rows) if rows else ""


def source_lines(trace: Trace) -> list[str]:
    """Return the lines of the source that are shown, each as it is drawn: indents are kept."""
    lines = trace.source.splitlines()[:MAX_LINES]
    return [_indented(line) for line in lines]


def place(lines: Sequence[str], line: int | None, expression: str) -> tuple[int, int, int] | None:
    """Return where an expression stands in the shown source: its line, from 1, its start and end.

    Start and end count in the text from the beginning of that line on. None where it is not found.
    """
    if line is None or not 1 <= line <= len(lines):
        return None
    first, *rest = [one_line(part) for part in expression.split("\n")] or [""]
    start = lines[line - 1].find(first)
    if not first or start < 0:
        return line, 0, 0
    end = start + len(first)
    if rest and line + len(rest) <= len(lines):
        last = lines[line - 1 + len(rest)]
        found = last.find(rest[-1])
        if found >= 0:
            before = sum(len(text) + 1 for text in lines[line - 1 : line - 1 + len(rest)])
            end = before + found + len(rest[-1])
    return line, start, end


def _indented(line: str) -> str:
    """Return a line whose indent HTML does not swallow, and nothing that cannot be shown."""
    bare = line.lstrip()
    return "\u00a0" * (len(line) - len(bare)) + clip(bare, WIDTH)


def _row(number: int, line: str, nodes: Sequence[Node]) -> Sequence[str]:
    """Return one line of the source."""
    named = nodes[:MAX_MADE]
    tensors = [_tensor(node) for node in named]
    if len(nodes) > len(named):
        tensors.append(escape(_("and {count} more").format(count=len(nodes) - len(named))))
    kept = sum(saved.nbytes for node in nodes for saved in node.saved)
    return (
        number_cell(str(number)),
        text_cell(code(line)),
        text_cell("<br>".join(tensors)),
        number_cell("<br>".join(str(node.kind != "constant") for node in named)),
        number_cell(escape(byte_count(kept)) if kept else ""),
    )


def _tensor(node: Node) -> str:
    """Return a tensor's name and shape."""
    shape = "" if node.value is None else f" {list(node.value.shape)}"
    return f"{code(node_name(node))}{shape}"
