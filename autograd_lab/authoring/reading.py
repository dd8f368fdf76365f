"""How long a lesson takes: an estimate from its text, so that none outgrows its quarter of an hour."""

from __future__ import annotations

import re

from .source import Source

WORDS, CHARACTERS = 200, 300
"""English words (also of code) and Chinese characters that a learner reads in a minute."""
QUESTION, FIGURE, LAB = 0.75, 0.25, 1.0
"""Minutes to think about a guess, to step through a figure, to play with a lab."""

_WORD = re.compile(r"[A-Za-z0-9_]+(?:['’.-][A-Za-z0-9_]+)*")
_CHINESE = re.compile(r"[\u4e00-\u9fff]")
_GUESS = re.compile(r"(?<=[=,(] )\.\.\.")
_PLAYED = re.compile(r"^\w+Lab\(", re.MULTILINE)


def minutes(source: Source, language: str) -> float:
    """Return about how many minutes the lesson takes in a language."""
    prose = [cell.texts[language] for cell in source.cells if cell.kind == "markdown"]
    programs = [cell.texts[language] for cell in source.cells if cell.kind == "code"]
    text, code = "\n".join(prose), "\n".join(programs)
    read = len(_WORD.findall(text + "\n" + code)) / WORDS + len(_CHINESE.findall(text)) / CHARACTERS
    asked = QUESTION * len(_GUESS.findall(code)) + LAB * len(_PLAYED.findall(code))
    return read + asked + FIGURE * code.count("%%autograd")


__all__ = ["minutes"]
