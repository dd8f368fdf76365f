"""Pieces of HTML that notebooks keep, also where nothing is trusted: no class, no style needed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

LEFT = 'style="text-align:left"'
"""Notebooks align cells to the right, which suits numbers but not words."""


def text_cell(content: str) -> str:
    """Return a cell of words; `content` is HTML."""
    return f"<td {LEFT}>{content}</td>" if content else "<td></td>"


def number_cell(content: str) -> str:
    """Return a cell that notebooks may align as they do numbers; `content` is HTML."""
    return f"<td>{content}</td>"


def code(text: str) -> str:
    """Return text from the user, or numbers, as code."""
    return f"<code>{escape(text)}</code>" if text else ""


def titled(title: str, subtitle: str) -> str:
    """Return a name and what is said about it."""
    return f"<b>{escape(title)}</b> <span>{escape(subtitle)}</span>"


def table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table from the texts of its head and the cells of its rows."""
    head = "".join(f'<th scope="col" {LEFT}>{escape(text)}</th>' for text in heads)
    body = "".join(f"<tr>{''.join(cells)}</tr>" for cells in rows)
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def closed(summary: str, content: str, table: str = "") -> str:
    """Return content that opens on a click, without any script; nothing for no content.

    `table` tells the script which table it is.
    """
    if not content:
        return ""
    known = f' data-table="{table}"' if table else ""
    return f"<details{known}><summary>{escape(summary)}</summary>{content}</details>"
