"""What was found in a trace: the best explanation first, the others behind a count."""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Sequence
from html import escape
from typing import Protocol

from ..i18n import _, ngettext, together
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
        lines += ["  " + _("Fix:"), *("    " + line for line in _lines(best.fix))]
    return [*lines, _others(len(findings) - 1)] if len(findings) > 1 else lines


def _one(finding: Finding) -> str:
    """Return one finding: its cause, what happened and why, and the fix."""
    told = together(_sentence(one_line(part)) for part in (finding.what, finding.why))
    cause = code(one_line(finding.line))
    level = f"<b>{escape(_level(finding))}:</b>"
    opening = f'<div class="al-finding" data-rule="{escape(finding.rule)}">'
    return f"{opening}{level} {cause} {told}{_fix(finding)}</div>"


def _fix(finding: Finding) -> str:
    """Return the fix: a sentence, a line of code, or several."""
    lines = _lines(finding.fix)
    if not lines:
        return ""
    if len(lines) > 1:
        several = escape("\n".join(lines))
        written = f"<pre>{several}</pre>"
    else:
        written = code(lines[0]) if _is_code(lines[0]) else _sentence(lines[0])
    word = escape(_("Fix:"))
    return f"<br><b>{word}</b> {written}"


def _sentence(text: str) -> str:
    """Return a sentence, what stands in backticks in it as code."""
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", escape(text))


def _lines(fix: str) -> list[str]:
    """Return the lines of a fix; a single one is not cut, for it may be a sentence."""
    lines = fix.splitlines()
    return [code_line(line) for line in lines] if len(lines) > 1 else [one_line(x) for x in lines]


def _is_code(line: str) -> bool:
    """Say whether a line can be copied into a program."""
    try:
        with warnings.catch_warnings(action="ignore"):  # of an escape in the user's own text
            ast.parse(line)
    except (SyntaxError, MemoryError, RecursionError):
        return False
    return True


def _level(finding: Finding) -> str:
    """Return how grave a finding is, in a word."""
    return _("Problem") if finding.level == "problem" else _("Note")


def _others(count: int) -> str:
    """Return the count of findings that are not open."""
    return ngettext("{count} more finding", "{count} more findings", count).format(count=count)
