"""The source of the cells, and per line the tensors it made and the bytes they keep alive."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from math import prod

from ..i18n import _
from ..trace.model import Graph, Node, Trace, split_lines
from .markup import code, number_cell, table, text_cell
from .steps import Step
from .wording import ELLIPSIS, byte_count, node_name, printable

MAX_LINES, MAX_COLUMNS = 400, 2000
MAX_MADE = 4
"""Tensors of one line that are named; the others are counted."""


class Source:
    """The text of all cells, line after line, as it is shown."""

    def __init__(self, trace: Trace) -> None:
        """Take the cells of a trace, or the one text of a trace without cells."""
        self.lines: list[str] = []
        self.numbers: list[str] = []
        self._first: list[int] = []
        cells = trace.cells or (trace.source,)
        for cell, text in enumerate(cells):
            self._first.append(len(self.lines))
            for number, line in enumerate(split_lines(text), start=1):
                self.lines.append(_shown(line))
                self.numbers.append(f"{cell + 1}:{number}" if len(cells) > 1 else str(number))
        del self.lines[MAX_LINES:], self.numbers[MAX_LINES:]

    def index(self, cell: int | None, line: int | None) -> int | None:
        """Return where a line of a cell stands, from 0; None where it is not shown."""
        if line is None or not 0 <= (cell or 0) < len(self._first):
            return None
        index = self._first[cell or 0] + line - 1
        return index if 0 <= index < len(self.lines) else None

    def place(self, step: Step) -> tuple[int, int, int] | None:
        """Return the line (from 0) of a step's expression, and where it starts and ends.

        Start and end count in the text from the beginning of that line on; both are 0 where the
        expression is not found, and None is returned where the line is not shown.
        """
        index = self.index(step.cell, step.line)
        if index is None:
            return None
        first, *rest = map(_shown, split_lines(step.expression) or [""])
        # A trace that was written by hand may know no columns.
        start = self.lines[index].find(first, step.column or 0) if first else -1
        if start < 0:
            return index, 0, 0
        last = index + len(rest)
        if not rest or last >= len(self.lines) or not self.lines[last].startswith(rest[-1]):
            return index, start, start + len(first)
        above = sum(len(text) + 1 for text in self.lines[index:last])
        return index, start, above + len(rest[-1])


def _shown(line: str) -> str:
    """Return a line of source as it is shown, each character in its own column."""
    bare = line.lstrip()
    # HTML would swallow an indent of ordinary spaces.
    shown = "\u00a0" * (len(line) - len(bare)) + printable(bare)
    return shown if len(shown) <= MAX_COLUMNS else shown[: MAX_COLUMNS - 1] + ELLIPSIS


def lines_table(trace: Trace, source: Source) -> str:
    """Return a row per line of the source; nothing where the source is not known."""
    made: dict[int, list[Node]] = {}
    for node in trace.graph.nodes:
        index = source.index(node.cell, node.line)
        if index is not None:
            made.setdefault(index, []).append(node)
    elements = {n.tensor: prod(n.value.shape) for n in trace.graph.nodes if n.value is not None}
    rows = []
    for index, (number, line) in enumerate(zip(source.numbers, source.lines, strict=True)):
        nodes = made.get(index, [])
        kept = _kept(trace, nodes, elements)
        rows.append(_row(number, line, nodes, trace.graph, kept))
    heads = (_("line"), _("code"), _("tensors made"), "requires_grad", _("kept alive"))
    return table(heads, rows) if rows else ""


def _kept(trace: Trace, nodes: Sequence[Node], elements: Mapping[int | None, int]) -> int:
    """Return the bytes that nodes keep alive; memory counts once, however many saved values share it.

    `elements` says how many a tensor has.
    """
    kept: dict[object, int] = {}
    for node in nodes:
        for saved in node.saved:
            own = saved.tensor is None and saved.name == "result"
            tensor = owner = node.tensor if own else saved.tensor
            while owner is not None and trace.tensors[owner].shares is not None:
                owner = trace.tensors[owner].shares
            size = saved.nbytes
            if size and owner != tensor and owner in elements:
                # A view keeps all the memory that it is a window onto.
                size = size // prod(saved.value.shape) * elements[owner]
            key = (node.id, saved.name) if owner is None else owner
            kept[key] = max(size, kept.get(key, 0))
    return sum(kept.values())


def _row(number: str, line: str, nodes: Sequence[Node], graph: Graph, kept: int) -> Sequence[str]:
    """Return one line of the source."""
    named = nodes[:MAX_MADE]
    tensors = [_tensor(node, graph) for node in named]
    if len(nodes) > len(named):
        tensors.append(escape(_("and {count} more").format(count=len(nodes) - len(named))))
    return (
        number_cell(number),
        text_cell(code(line)),
        text_cell("<br>".join(tensors)),
        number_cell("<br>".join(str(node.requires_grad) for node in named)),
        number_cell(escape(byte_count(kept)) if kept else ""),
    )


def _tensor(node: Node, graph: Graph) -> str:
    """Return a tensor's name and shape."""
    shape = "" if node.value is None else f" {list(node.value.shape)}"
    # On two lines it would leave its requires_grad behind.
    return f"{code(node_name(node, graph))}{shape}".replace(" ", "\u00a0")
