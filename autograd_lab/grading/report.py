"""A verdict in words: the parts of a question, and the one thing to think about next.

Beside the words, a notebook keeps the verdict as data: the autograded notebook is where the class
overview finds which misconception was met.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from html import escape
from typing import Any, Final

from ..i18n import _, ngettext
from .check import Verdict

VERDICT: Final = "application/vnd.autograd-lab.verdict+json"
"""The kind of output that holds a verdict as data; no front end shows it."""


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

    def _repr_mimebundle_(self, **_kinds: Any) -> dict[str, Any]:
        """Return the verdict as data, without words; IPython adds text and HTML to it."""
        verdict = self._verdict
        findings = [
            {
                "part": finding.part,
                "points": float(finding.points),
                "max_points": float(finding.max_points),
                "code": finding.code,
            }
            for finding in verdict.feedback
        ]
        return {
            VERDICT: {
                "question": verdict.question,
                "points": float(verdict.points),
                "max_points": float(verdict.max_points),
                "findings": findings,
            }
        }

    def _headline(self) -> str:
        verdict = self._verdict
        return _("{question}: {points} of {max_points} points").format(
            question=verdict.question,
            points=number(verdict.points),
            max_points=number(verdict.max_points),
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
        yield _("{part}: {what} [{code}]").format(part=lead.part, what=lead.what, code=lead.code)
        if lead.example:
            yield lead.example
        for hint in lead.hints[: self._attempt]:
            yield _("Hint: {hint}").format(hint=hint)
        rest = sum(bool(finding.code) for finding in self._verdict.feedback) - 1
        if rest:
            yield ngettext(
                "{n} more part waits; look at this one first.",
                "{n} more parts wait; look at this one first.",
                rest,
            ).format(n=rest)


class Progress:
    """Shows how far a learner has come in an assignment: a row per part, and the sum."""

    def __init__(self, most: Mapping[str, float], points: Mapping[str, float]) -> None:
        """Show `points` of those that were tried, of the `most` that each part is worth."""
        self._rows = [(name, points.get(name), worth) for name, worth in most.items()]

    def __repr__(self) -> str:
        """Return the rows in columns."""
        cells = list(self._cells())
        width = max(len(name) for _sign, name, _said in cells)
        return "\n".join(f"{sign} {name:{width}}  {said}" for sign, name, said in cells)

    def _repr_html_(self) -> str:
        rows = ["".join(f"<td>{escape(text)}</td>" for text in cells) for cells in self._cells()]
        return "<table>" + "".join(f"<tr>{row}</tr>" for row in rows) + "</table>"

    def _cells(self) -> Iterator[tuple[str, str, str]]:
        """Yield sign, name and points of each row, the sum last."""
        for name, got, worth in self._rows:
            if got is None:
                said = _("not tried yet, {max_points} points").format(max_points=number(worth))
                yield "·", name, said
            else:
                yield "✓" if got >= worth else "✗", name, _of(got, worth)
        total = sum(got or 0 for _name, got, _worth in self._rows)
        yield "Σ", _("so far"), _of(total, sum(worth for _name, _got, worth in self._rows))


def _of(points: float, worth: float) -> str:
    return _("{points} of {max_points} points").format(
        points=number(points), max_points=number(worth)
    )


def number(value: float) -> str:
    """Return points as short as they are exact to the hundredth."""
    return f"{value:.2f}".rstrip("0").rstrip(".")


__all__ = ["VERDICT", "Progress", "Report", "number"]
