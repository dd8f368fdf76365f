"""A verdict in words: the parts of a question, and the one thing to think about next."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from ..i18n import _, ngettext
from .check import Verdict


class Report:
    """Shows a verdict: as text in a terminal, as a list in a notebook."""

    def __init__(self, verdict: Verdict, attempt: int = 1) -> None:
        """Show `verdict` with as many hints as this is the attempt."""
        self._verdict = verdict
        self._attempt = attempt

    def __repr__(self) -> str:
        """Return the report as lines of text."""
        return "\n".join(
            [self._headline(), *("  " + line for line in self._parts()), *self._next()]
        )

    def _repr_html_(self) -> str:
        # Lists and paragraphs only: a sanitiser leaves them alone, and they need no style.
        parts = "".join(f"<li>{escape(line)}</li>" for line in self._parts())
        follow = "".join(f"<p>{escape(line)}</p>" for line in self._next())
        return f"<p><strong>{escape(self._headline())}</strong></p><ul>{parts}</ul>{follow}"

    def _headline(self) -> str:
        verdict = self._verdict
        return _("{question}: {points} of {max_points} points").format(
            question=verdict.question,
            points=_number(verdict.points),
            max_points=_number(verdict.max_points),
        )

    def _parts(self) -> Iterator[str]:
        """Yield a line per part, without colour: a sign and words."""
        for finding in self._verdict.feedback:
            if finding.code:
                yield "✗ " + _("{part}: not yet").format(part=finding.part)
            else:
                yield "✓ " + _("{part}: right").format(part=finding.part)

    def _next(self) -> Iterator[str]:
        """Yield what to think about: one misconception, however many there are."""
        lead = self._verdict.lead
        if lead is None:
            return
        yield f"{lead.part}: {lead.what}"
        for hint in lead.hints[: self._attempt]:
            yield _("Hint: {hint}").format(hint=hint)
        rest = sum(bool(finding.code) for finding in self._verdict.feedback) - 1
        if rest:
            yield ngettext(
                "{n} more part waits; look at this one first.",
                "{n} more parts wait; look at this one first.",
                rest,
            ).format(n=rest)


def _number(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".")


__all__ = ["Report"]
