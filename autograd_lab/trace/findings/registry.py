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
    needs_all: bool
    """Whether it concludes from what never happened: of a record that is cut short, only rounds of
    training that go on alike tell that."""


rules: list[Rule] = []
"""Every rule, in the order their modules were loaded."""


def rule(misconception: int, slug: str, needs_all: bool = False) -> Callable[[Check], Check]:
    """Register the decorated function, which reads `Facts` and yields a `Clue` per cause.

    With `needs_all` it is seldom asked about a record that is cut short: see `Rule`.
    """

    def register(check: Check) -> Check:
        rules.append(Rule(misconception, slug, check, needs_all))
        return check

    return register


__all__ = ["Rule", "rule", "rules"]
