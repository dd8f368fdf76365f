"""The object a cell shows: text for a terminal, HTML for a notebook, and files to keep."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from ..i18n import _
from ..trace.model import Trace
from . import html, text
from .boxes import MAX_BOXES
from .findings import Finding
from .prepared import prepare


class Display:
    """Shows a trace in whatever the reader sits in front of.

    A notebook takes the HTML, a terminal the text; `print` gives the text, too.
    """

    def __init__(
        self,
        trace: Trace,
        findings: Sequence[Finding] = (),
        *,
        static: bool = False,
        max_nodes: int = MAX_BOXES,
    ) -> None:
        """Show `trace` and what was found in it, the best finding first.

        `static` leaves the script out of the HTML: a figure and tables, without a stepper. At most
        `max_nodes` boxes are drawn. Raises ValueError if that is not at least 1.
        """
        if max_nodes < 1:
            raise ValueError(_("max_nodes must be at least 1, not {given}").format(given=max_nodes))
        self.trace = trace
        self.findings = findings
        self.static = static
        self.max_nodes = max_nodes

    def __repr__(self) -> str:
        """Return the trace as text."""
        return text.render(self.trace, self.findings, max_boxes=self.max_nodes)

    def _repr_html_(self) -> str:
        """Return the trace as HTML; a terminal, which cannot show it, never asks for it."""
        return html.render(self.trace, self.findings, static=self.static, max_boxes=self.max_nodes)

    def save(self, path: str | Path) -> None:
        """Write a picture (`.svg`), a page that opens alone (`.html`) or the trace (`.json`).

        None of them refers to anything outside. Raises ValueError for any other ending.
        """
        target = Path(path)
        forms = {
            ".svg": lambda: prepare(self.trace, self.max_nodes).picture(),
            ".html": lambda: html.page(self._repr_html_()),
            ".json": self.trace.to_json,
        }
        if target.suffix not in forms:
            raise ValueError(
                _("cannot write {name}: it must end in {endings}").format(
                    name=target.name, endings=", ".join(forms)
                )
            )
        content = forms[target.suffix]()
        target.write_text(content, encoding="utf-8", errors="replace", newline="\n")
