"""Collects the formulas of operations that are in words, so that they can be translated.

They stand beside the rules in `engine/ops`, where a student reads them, and not in calls of `_()`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from .operation import OPERATIONS

WORDS = re.compile(r"[a-z]{2,},? (?:[a-z]{2,}|0)")
"""Two words side by side, or a word and 0: in a formula of symbols, a sign stands between them."""


def in_words() -> list[str]:
    """Return the formulas that hold more than symbols and names, sorted."""
    formulas = {formula for op in OPERATIONS.values() for formula in op.formulas}
    return sorted(filter(WORDS.search, formulas))


def extract(*_arguments: Any, **_options: Any) -> Iterator[tuple[int, str, str, list[str]]]:
    """Yield them as Babel wants texts: line, the name of the call around it, text, comments."""
    for formula in in_words():
        yield 1, "_", formula, []


__all__ = ["extract", "in_words"]
