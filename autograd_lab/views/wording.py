"""Short texts about nodes and values, the same words in every view."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Generic, TypeVar

from ..i18n import _, ngettext
from ..trace.fold import Fold
from ..trace.model import Graph, Node, Trace, Value
from .steps import Step

ELLIPSIS = "…"
NAME_WIDTH, BOX_WIDTH, CODE_WIDTH = 28, 18, 120
MAX_NAMES = 3
Place = tuple[int | None, int | None, str]
"""A cell, a line and an expression."""
T = TypeVar("T")
UNPRINTABLE = {"Cc", "Cs", "Cn"}
"""What neither XML nor a terminal can show: controls, lone surrogates, unassigned."""


def printable(text: str) -> str:
    """Return `text` with a space for each white space, and U+FFFD for what cannot be shown."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(
        " " if c.isspace() else "\ufffd" if unicodedata.category(c) in UNPRINTABLE else c
        for c in text
    )


@lru_cache(maxsize=4096)
def one_line(text: str) -> str:
    """Return `text` on one line, what cannot be shown replaced by U+FFFD."""
    return printable(" ".join(text.split()))


@lru_cache(maxsize=4096)
def columns(text: str) -> int:
    """Return how many columns of a monospaced font `text` takes."""
    if text.isascii():
        return len(text)
    return sum(
        0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1
        for c in text
    )


def aligned(rows: Sequence[Sequence[str]]) -> list[str]:
    """Return rows of cells as lines, with their columns one below the other."""
    widths = [max(map(columns, column)) for column in zip(*rows, strict=True)]
    return [
        "  ".join(
            cell + " " * (width - columns(cell)) for cell, width in zip(row, widths, strict=True)
        ).rstrip()
        for row in rows
    ]


def clip(text: str, width: int) -> str:
    """Return `text` on one line of at most `width` columns, ending in … where it was cut."""
    line = one_line(text)
    if columns(line) <= width:
        return line
    kept = ""
    used = 1  # the ellipsis
    for character in line:
        used += columns(character)
        if used > width:
            break
        kept += character
    return kept.rstrip() + ELLIPSIS


def code_line(line: str) -> str:
    """Return a line of source as it is shown, with its indent."""
    bare = line.lstrip()
    return " " * (len(line) - len(bare)) + clip(bare, CODE_WIDTH)


def clip_numbers(text: str, width: int) -> str:
    """Return numbers on one line of at most `width` columns, ending after a whole number.

    Where not even the first fits, its brackets alone are left.
    """
    line = one_line(text)
    if columns(line) <= width:
        return line
    # Half a number would be read as a number.
    whole = re.match(r".*, |\[*", line[: width - 1])
    return (whole[0] if whole else "") + ELLIPSIS


def value_line(value: Value | None, width: int = 10_000) -> str:
    """Return a gradient or value on one line; a gradient that is missing is “none yet”, never 0."""
    return _("none yet") if value is None else clip_numbers(_written(_Same(value)), width)


class _Same(Generic[T]):
    """A value or a graph as a key that is equal to itself alone: comparing what it holds takes long."""

    __slots__ = ("value",)

    def __init__(self, value: T) -> None:
        self.value = value

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and other.value is self.value

    def __hash__(self) -> int:
        return id(self.value)


@lru_cache(maxsize=1024)
def _written(same: _Same[Value]) -> str:
    """Return the numbers of a value, written once however often they are shown."""
    return same.value.text


def node_name(node: Node, graph: Graph | None = None) -> str:
    """Return what a reader would call a tensor: its variable, else the expression that made it.

    Where different operations of the `graph` came of that expression, this one is named as well.
    """
    if (
        graph is not None
        and not node.label
        and node.expression
        and place_of(node) in crowded(graph)
    ):
        which = f" · {clip(operation_name(node), BOX_WIDTH)}"
        return clip(node.expression, NAME_WIDTH - columns(which)) + which
    if node.label or node.expression:
        return clip(node.label or node.expression, NAME_WIDTH)
    if node.kind == "constant" and node.value is not None:
        return clip(node.value.text, NAME_WIDTH)
    return clip(node.op, NAME_WIDTH) or _("unnamed")


def box_name(node: Node, crowded: bool = False) -> str:
    """Return what stands in a node's box: its variable, a short expression, or its operation.

    `crowded` says that other operations came of the same expression.
    """
    short = 0 < columns(node.expression) <= BOX_WIDTH and not crowded
    if node.label or node.kind != "op" or short:
        return clip(node_name(node), BOX_WIDTH)
    return clip(operation_name(node), BOX_WIDTH)


def place_of(node: Node) -> Place:
    """Return where in the source a node was made."""
    return node.cell, node.line, node.expression


def crowded(graph: Graph) -> frozenset[Place]:
    """Return the places in the source where different operations ran."""
    return _crowded(_Same(graph))


@lru_cache(maxsize=1)
def _crowded(same: _Same[Graph]) -> frozenset[Place]:
    """Return them, searched for once however many names are asked for."""
    operations: dict[Place, set[str]] = {}
    for node in same.value.nodes:
        if node.kind == "op":
            operations.setdefault(place_of(node), set()).add(node.name)
    return frozenset(place for place, names in operations.items() if len(names) > 1)


def short_kind(node: Node) -> str:
    """Return what kind of tensor a box stands for, where its name does not say it."""
    if node.kind == "op":
        return clip(operation_name(node), BOX_WIDTH) if node.label else ""
    return kind_name(node)


def operation_name(node: Node) -> str:
    """Return an operation as one writes it, `"nll_loss"` for `NllLossBackward0`."""
    bare = re.sub(r"Backward\d*$", "", one_line(node.name))
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", bare).lower() or one_line(node.op)


def fold_lines(fold: Fold, turns: int) -> tuple[str, str, str]:
    """Return name, place and size of what is drawn as one box."""
    count = fold.operations
    if fold.name:
        size = ngettext("{count} operation", "{count} operations", count)
        return clip(fold.name, BOX_WIDTH), _("module"), size.format(count=count)
    size = ngettext("{count} operation per turn", "{count} operations per turn", count)
    return f"×{turns}", fold_place(fold), size.format(count=count)


def fold_place(loop: Fold) -> str:
    """Return the lines of a loop, `"lines 4–7"`, `""` where they are unknown."""
    if loop.first_line is None or loop.first_line == loop.last_line:
        return line_text(loop.first_line, loop.cell)
    return _("lines {first}–{last}").format(first=loop.first_line, last=loop.last_line)


def cut_name(cut: str, result: Node) -> str:
    """Return what severed the edges into `result`; of a cast, to which dtype."""
    if cut != "to" or result.value is None:
        return cut
    return _("cast to {dtype}").format(dtype=result.value.dtype)


def cut_text(cut: str) -> str:
    """Return what the mark on a severed edge says."""
    return _("cut: {what}").format(what=clip(cut, NAME_WIDTH))


def freed_text() -> str:
    """Return the mark on a node whose saved values are gone."""
    return _("freed")


def kind_name(node: Node) -> str:
    """Return the grad_fn's name, or in one word what kind of tensor has none."""
    if node.kind == "leaf":
        return _("leaf")
    if node.kind == "constant":
        return _("constant")
    return one_line(node.name)


def gradient_line(node: Node, gradient: Value | None, width: int = 10_000) -> str:
    """Return the line on a node's gradient; only a leaf keeps it as `.grad`, others pass it on."""
    name = ".grad" if node.kind == "leaf" else "grad"
    return f"{name} {value_line(gradient, width)}"


def source_line(node: Node) -> str:
    """Return where a node was made, `"line 3: y * y"`, without what is unknown."""
    number = line_number(node)
    if number and node.expression:
        return _("{line}: {code}").format(line=number, code=one_line(node.expression))
    return number or one_line(node.expression)


def line_number(node: Node) -> str:
    """Return `"line 3"`, or `""` where that is unknown."""
    return line_text(node.line, node.cell)


def line_text(number: int | None, cell: int | None = None) -> str:
    """Return `"line 3"`, or `""` for an unknown line; of several cells a later one is named."""
    if number is None:
        return ""
    line = _("line {number}").format(number=number)
    return _("cell {cell}, {line}").format(cell=cell + 1, line=line) if cell else line


def listed(names: Iterable[str]) -> str:
    """Return the first few names, each once, and how many more there are."""
    different = list(dict.fromkeys(names))
    shown = _(", ").join(different[:MAX_NAMES]) or _("nothing")
    more = len(different) - MAX_NAMES
    return _("{names} and {count} more").format(names=shown, count=more) if more > 0 else shown


def empty(trace: Trace) -> str:
    """Return the line for a trace without a graph."""
    return broke_off(trace) or _(
        "No graph to show: this cell ran no operation on a tensor that requires grad."
    )


def stopped(trace: Trace, listed: Sequence[Step] = ()) -> str:
    """Return the line about the error that ended the cell.

    `""` if none did, or if the last of the `listed` steps tells it already.
    """
    told = bool(listed) and listed[-1].kind == "stop" and listed[-1].text == trace.error
    if told or not trace.error:
        return ""
    return _("The cell stopped with {error}").format(error=one_line(trace.error))


def broke_off(trace: Trace) -> str:
    """Return the line about a recording that failed, `""` for a whole one."""
    if not trace.broken:
        return ""
    return _("The recording broke off ({error}); the cell itself was not touched by that.").format(
        error=one_line(trace.broken)
    )


def cropped(shown: int, count: int) -> str:
    """Return the line about the nodes that are not drawn, `""` if all are."""
    if shown == count:
        return ""
    return _("{shown} of {all} nodes are shown: those nearest to the last result.").format(
        shown=shown, all=count
    )


def other_threads(trace: Trace) -> str:
    """Return the line about threads that were not recorded, `""` if there were none."""
    if not trace.elsewhere:
        return ""
    return _("Other threads worked with tensors, too; what they did is not recorded.")


def overgrown(trace: Trace) -> str:
    """Return the line about the nodes that were too many to keep, `""` if none were."""
    if not trace.overgrown:
        return ""
    text = _("The graph goes on: only its first {count} nodes are kept.")
    return text.format(count=len(trace.graph.nodes))


def counted_only(trace: Trace) -> str:
    """Return the line about the events that were too many to keep, `""` if none were."""
    if not trace.truncated:
        return ""
    text = ngettext(
        "{count} further event was counted, not kept.",
        "{count} further events were counted, not kept.",
        trace.truncated,
    )
    return text.format(count=trace.truncated)


def byte_count(count: int) -> str:
    """Return a size in bytes, in thousands where there are many."""
    if count >= 10_000:
        return _("{count} kB").format(count=f"{count / 1000:,.0f}")
    return ngettext("{count} byte", "{count} bytes", count).format(count=count)


def more(count: int) -> str:
    """Return the line about steps that are not listed."""
    return ngettext("… and {count} more step", "… and {count} more steps", count).format(
        count=count
    )
