"""A check: a plain function over a `Student` that judges one question.

    @check("q2-implement", points=2)
    def implement(student, inputs):
        value = inputs.uniform(1, 2)                       # hidden: new for every student
        reply = student.call("slope", value)
        if near(reply, 2 * value):                         # the checker's own derivative
            yield Finding("slope", points=2, max_points=2)
        else:
            yield Finding("slope", points=0, max_points=2, code="…", what=_("…"), hint=_("…"))

A reply is evidence, never a verdict: points come from comparing values, for inputs the student has
not seen, with what the check itself knows to be right.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import math
import random
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from .codec import TensorData
from .student import Student


@dataclass(frozen=True, slots=True)
class Finding:
    """What a check found out about one part of a question."""

    part: str
    """What was looked at, in words: `"retain_graph"`, `"accumulated()"`."""
    points: float
    max_points: float
    code: str = ""
    """The misconception's name, such as `"expects-overwrite"`; empty where all is right."""
    what: str = ""
    """What is not right, in words. Never holds a hidden input."""
    hint: str | tuple[str, ...] = ""
    """The next thing to think about or to try. Several grow from a nudge to nearly the answer: the
    k-th attempt shows the first k."""
    example: str = ""
    """What came of a call that everybody may see, made with `grading.example`."""

    @property
    def hints(self) -> tuple[str, ...]:
        """The hints, from the first to the last; none where there is none."""
        return tuple(filter(None, [self.hint] if isinstance(self.hint, str) else self.hint))


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a question is worth as answered."""

    question: str
    points: float
    max_points: float
    feedback: tuple[Finding, ...] = ()
    """One finding per part; the first with a code is the one to explain."""

    @property
    def lead(self) -> Finding | None:
        """The finding to talk about first; None if nothing is wrong."""
        return next((finding for finding in self.feedback if finding.code), None)


class Mistaken(Exception):
    """Raised by a check to end it: nothing more can be said after `finding`."""

    def __init__(self, finding: Finding) -> None:
        """Carry the finding."""
        super().__init__(finding.code)
        self.finding = finding


Judge = Callable[[Student, random.Random], Iterable[Finding]]
"""Yields one finding per part of a question; the Random draws the hidden inputs."""


@dataclass(frozen=True, slots=True)
class Check:
    """A registered check."""

    question: str
    """Its name inside the assignment, also the `grade_id` of its test cell: `"q2-predict"`."""
    points: float
    judge: Judge

    def grade(self, student: Student, seed: int) -> Verdict:
        """Return the verdict for the hidden inputs that belong to `seed`.

        Parts that a `Mistaken` kept from being judged are worth nothing. Raises ValueError where
        findings are worth more than the question or cost points without a code, and whatever a
        faulty check raises.
        """
        found: list[Finding] = []
        try:
            found.extend(self.judge(student, random.Random(seed)))
        except Mistaken as mistaken:
            found.append(mistaken.finding)
        if any(not finding.code and finding.points < finding.max_points for finding in found):
            raise ValueError(f"{self.question}: a part that is not right needs a code")
        most = math.fsum(finding.max_points for finding in found)
        points = math.fsum(finding.points for finding in found)
        if most > self.points + 1e-9 or not 0 <= points <= most:
            raise ValueError(f"{self.question}: {points} of {most} points found, {self.points} set")
        return Verdict(self.question, round(points, 4), self.points, tuple(found))


def check(question: str, *, points: float) -> Callable[[Judge], Check]:
    """Register the decorated function as the check of `question`, worth `points`."""

    def register(judge: Judge) -> Check:
        return Check(question, points, judge)

    return register


def hidden_seed(secret: bytes, student: str, assignment: str, question: str) -> int:
    """Return the seed of one student's hidden inputs; without the secret it cannot be foreseen."""
    message = json.dumps([student, assignment, question]).encode("ascii")
    return int.from_bytes(hmac.digest(secret, message, hashlib.sha256))


def near(reply: object, expected: object, tolerance: float = 1e-4) -> bool:
    """Tell whether a reply holds the expected number, or the expected nested list of numbers.

    Lists, tuples and tensors count alike. `tolerance` is relative, and absolute for numbers below 1
    (float32 is enough to pass). Never raises, whatever the reply is.
    """
    if type(reply) is TensorData:
        reply = reply.tolist()
    if isinstance(expected, list):
        return (
            isinstance(reply, list | tuple)
            and len(reply) == len(expected)
            and all(near(*pair, tolerance) for pair in zip(reply, expected, strict=True))
        )
    if type(reply) not in (int, float):
        return False
    try:
        return math.isclose(reply, expected, rel_tol=tolerance, abs_tol=tolerance)  # type: ignore[arg-type]
    except OverflowError:
        return False


__all__ = ["Check", "Finding", "Mistaken", "Verdict", "check", "hidden_seed", "near"]
