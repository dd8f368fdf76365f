"""Running every rule over a trace and ranking what they say."""

from __future__ import annotations

from ..model import Trace
from .facts import Facts
from .model import Clue, Finding, Place
from .registry import Rule, rules


def find(trace: Trace) -> list[Finding]:
    """Return what the rules have to say about a trace, the best first.

    What explains the error comes before other problems, problems before notes, and earlier lines
    before later ones. A misconception is told once per line. Empty for a program that is right.
    """
    facts = Facts(trace)
    asked = [rule for rule in rules if trace.whole or not rule.needs_all]
    clues = [(rule, clue) for rule in asked for clue in rule.check(facts)]
    clues.sort(key=_rank)
    told: dict[tuple[int, Place], Finding] = {}
    for rule, clue in clues:
        told.setdefault((rule.misconception, clue.place), _finding(facts, rule, clue))
    return list(told.values())


def _rank(told: tuple[Rule, Clue]) -> tuple[bool, bool, int, int]:
    """Return what sorts the more helpful finding to the front."""
    clue = told[1]
    problem = clue.level == "problem"
    return not clue.explains_error, not problem, clue.place.cell, clue.place.number or 0


def _finding(facts: Facts, rule: Rule, clue: Clue) -> Finding:
    return Finding(
        rule.misconception,
        clue.level,
        rule.slug,
        facts.code.line(clue.place),
        clue.what,
        clue.why,
        clue.fix,
        clue.place.cell,
        clue.place.number,
    )


__all__ = ["find"]
