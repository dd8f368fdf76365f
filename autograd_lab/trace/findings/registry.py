"""The rules, each registered by its decorator under a misconception's number and a slug."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from .facts import Facts
from .model import Clue

Check = Callable[[Facts], Iterator[Clue]]


@dataclass(frozen=True, slots=True)
class Rule:
    """One check and the misconception it recognises."""

    misconception: int
    slug: str
    check: Check


rules: list[Rule] = []
"""Every rule, in the order their modules were loaded."""


def rule(misconception: int, slug: str) -> Callable[[Check], Check]:
    """Register the decorated function, which reads `Facts` and yields a `Clue` per cause."""

    def register(check: Check) -> Check:
        rules.append(Rule(misconception, slug, check))
        return check

    return register


__all__ = ["Rule", "rule", "rules"]
