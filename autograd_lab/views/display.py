"""The object a cell shows: text for a terminal, HTML for a notebook."""

from __future__ import annotations

from ..trace.model import Trace
from . import html, text


class Display:
    """Shows a trace in whatever the reader sits in front of.

    A notebook takes the HTML, a terminal the text; `print` gives the text, too.
    """

    def __init__(self, trace: Trace) -> None:
        """Show `trace`."""
        self.trace = trace

    def __repr__(self) -> str:
        """Return the trace as text."""
        return text.render(self.trace)

    def _repr_html_(self) -> str:
        """Return the trace as HTML; a terminal, which cannot show it, never asks for it."""
        return html.render(self.trace)
