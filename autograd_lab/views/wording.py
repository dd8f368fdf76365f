"""Short texts about nodes and values, the same words in every view."""

from __future__ import annotations

import unicodedata

from ..i18n import _
from ..trace.model import Node, Value

ELLIPSIS = "…"
NAME_WIDTH = 28
UNPRINTABLE = {"Cc", "Cs", "Cn"}
"""What neither XML nor a terminal can show: controls, lone surrogates, unassigned."""


def one_line(text: str) -> str:
    """Return `text` on one line, what cannot be shown replaced by U+FFFD."""
    line = " ".join(text.split())
    if line.isascii() and line.isprintable():
        return line
    return "".join("\ufffd" if unicodedata.category(c) in UNPRINTABLE else c for c in line)


def columns(text: str) -> int:
    """Return how many columns of a monospaced font `text` takes."""
    if text.isascii():
        return len(text)
    return sum(
        0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1
        for c in text
    )


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


def value_line(value: Value | None, width: int = 10_000) -> str:
    """Return a gradient or value on one line; a gradient that is missing is “none yet”, never 0."""
    return _("none yet") if value is None else clip(value.text, width)


def node_name(node: Node) -> str:
    """Return what a reader would call a tensor: its variable, else the expression that made it."""
    if node.label or node.expression:
        return clip(node.label or node.expression, NAME_WIDTH)
    if node.kind == "constant" and node.value is not None:
        return clip(node.value.text, NAME_WIDTH)
    return clip(node.op or node.name, NAME_WIDTH) or kind_name(node)


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
    """Return where a node was made, `"line 3: y * y"`, or `""` where that is unknown."""
    if node.line is None:
        return one_line(node.expression)
    if not node.expression:
        return _("line {number}").format(number=node.line)
    return _("line {number}: {code}").format(number=node.line, code=one_line(node.expression))
