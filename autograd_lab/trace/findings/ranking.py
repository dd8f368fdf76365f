"""Running every rule over a trace and ranking what they say."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from ..model import Trace
from .facts import Facts
from .model import Clue, Finding, Place
from .registry import Rule, rules

UPDATES = {"step", "inplace"}
"""Kinds of events that end a round of training."""
MINOR = {"create", "op", "plain", "detach", "function", "mode", "warning", "read"}
"""Kinds of events of which further ones, on other lines, change nothing in what the rounds are like."""


def find(trace: Trace) -> list[Finding]:
    """Return what the rules have to say about a trace, the best first.

    What explains an error comes before other problems, problems before notes, and earlier lines
    before later ones. A misconception is told once per line. Empty for a program that is right.
    """
    facts = Facts(trace)
    clues = _clues(facts)
    for earlier in _until_errors(trace):
        clues += [(rule, clue) for rule, clue in _clues(Facts(earlier)) if clue.explains_error]
    clues.sort(key=_rank)
    told: dict[tuple[int, Place], Finding] = {}
    for rule, clue in clues:
        told.setdefault((rule.misconception, clue.place), _finding(facts, rule, clue))
    return list(told.values())


def _clues(facts: Facts) -> list[tuple[Rule, Clue]]:
    """Return what each rule has to say."""
    complete = facts if facts.trace.whole else _rounds(facts.trace)
    asked = [(rule, complete if rule.needs_all else facts) for rule in rules]
    return [(rule, clue) for rule, given in asked if given for clue in rule.check(given)]


def _rounds(trace: Trace) -> Facts | None:
    """Return the rounds of training that were kept, if what was only counted are more of the same."""
    kept = {(event.kind, event.cell, event.line) for event in trace.events}
    others = [c for c in trace.summary if (c.kind, c.cell, c.line) not in kept]
    if trace.broken or trace.elsewhere or trace.overgrown:
        return None
    if any(count.kind not in MINOR for count in others):
        return None
    updates = [i for i, event in enumerate(trace.events, 1) if event.kind in UPDATES]
    return Facts(replace(trace, events=trace.events[: updates[-1]])) if updates else None


def _until_errors(trace: Trace) -> Iterator[Trace]:
    """Yield what had happened when each error but the last came up: a later cell may raise, too."""
    errors = [moment for moment, event in enumerate(trace.events) if event.kind == "error"]
    for moment in errors[:-1]:
        events = trace.events[: moment + 1]
        yield replace(trace, events=events, error=events[-1].text)


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
