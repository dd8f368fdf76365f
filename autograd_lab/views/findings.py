"""What was found in a trace: the best explanation first, the others behind a count."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import Protocol

from ..i18n import _, ngettext
from .markup import closed, code
from .wording import code_line, one_line


class Finding(Protocol):
    """What the views read of a finding."""

    @property
    def level(self) -> str:
        """`"problem"` or `"note"`."""

    @property
    def rule(self) -> str:
        """Name of the rule that found it."""

    @property
    def line(self) -> str:
        """The source text of the cause; `""` where that is not known."""

    @property
    def what(self) -> str:
        """What happened."""

    @property
    def why(self) -> str:
        """Why it happens."""

    @property
    def fix(self) -> str:
        """The smallest change that repairs it."""


def as_html(findings: Sequence[Finding]) -> str:
    """Return the first finding, and the others closed; nothing if there is none."""
    if not findings:
        return ""
    return _one(findings[0]) + closed(_others(len(findings) - 1), "".join(map(_one, findings[1:])))


def as_text(findings: Sequence[Finding]) -> list[str]:
    """Return the lines about the first finding, and how many more there are."""
    if not findings:
        return []
    best = findings[0]
    head = _("{level}: {line}").format(level=_level(best), line=one_line(best.line))
    lines = [head.rstrip()]
    lines += [f"  {one_line(part)}" for part in (best.what, best.why) if part]
    if best.fix:
        lines += ["  " + _("Fix:"), *("    " + code_line(line) for line in best.fix.splitlines())]
    return [*lines, _others(len(findings) - 1)] if len(findings) > 1 else lines


def _one(finding: Finding) -> str:
    """Return one finding: its cause, what happened and why, and the fix."""
    told = " ".join(escape(one_line(part)) for part in (finding.what, finding.why) if part)
    cause = code(one_line(finding.line))
    level = f"<b>{escape(_level(finding))}:</b>"
    opening = f'<div class="al-finding" data-rule="{escape(finding.rule)}">'
    return f"{opening}{level} {cause} {told}{_fix(finding)}</div>"


def _fix(finding: Finding) -> str:
    """Return the fix: a line of code, or several."""
    lines = [code_line(line) for line in finding.fix.splitlines()]
    if not lines:
        return ""
    several = escape("\n".join(lines))
    written = f"<pre>{several}</pre>" if len(lines) > 1 else code(lines[0])
    word = escape(_("Fix:"))
    return f"<br><b>{word}</b> {written}"


def _level(finding: Finding) -> str:
    """Return how grave a finding is, in a word."""
    return _("Problem") if finding.level == "problem" else _("Note")


def _others(count: int) -> str:
    """Return the count of findings that are not open."""
    return ngettext("{count} more finding", "{count} more findings", count).format(count=count)
