"""Question 2: an engine for sums and products, tried on trees and diamonds."""

from __future__ import annotations

import math
import random
from collections.abc import Iterator
from itertools import pairwise

from autograd_lab.grading.check import Finding, check
from autograd_lab.grading.codec import Error
from autograd_lab.grading.example import example
from autograd_lab.grading.predictions import Row, judge_grid
from autograd_lab.grading.student import Student
from autograd_lab.grading.words import Thoughts, attempts, judged
from autograd_lab.i18n import _

GRID = {
    "once": Row(3.0, [(2.0, "sides-exchanged"), (6.0, "value-for-gradient")]),
    "twice": Row(4.0, [(3.0, "use-overwritten"), (1.0, "use-overwritten")]),
    "inside": Row(39.0, [(36.0, "one-use-missed"), (21.0, "one-use-missed"), (13.0, "half-way")]),
    "doubled": Row(1024.0, [(20.0, "ways-added"), (2.0, "use-overwritten")]),
}
"""What the notebook asks for, and what happens."""
ROW = 30
"""So many parts in a row, each used twice: 2³⁰ ways lead back."""
LINES = 100_000
"""More than a pass over a hundred nodes takes, and nothing beside 2³⁰ ways."""
NOTHING = Error("TypeError", "NoneType"), "not-answered"


@check("q2-predict", points=2)
def predict(student: Student, inputs: random.Random) -> Iterator[Finding]:
    """Compare the four predictions with what is printed."""
    ask = _("write a number.")
    yield from judge_grid(student, "q2.prediction", GRID, 0.5, ask, _prediction_hints)


def _prediction_hints(code: str) -> tuple[str, ...]:
    """Return the hints for a wrong prediction, from a nudge to nearly the answer."""
    return {
        "sides-exchanged": (_("how does a · b change with a: by a, or by b?"),),
        "value-for-gradient": (_("that is the value. How much does it grow when a grows by 1?"),),
        "use-overwritten": (
            _("what does one use bring, what the other? What becomes of the two?"),
            _("both ways count: add them."),
        ),
        "one-use-missed": (
            _("how often does c occur in c * c + c?"),
            _("the derivative by c is c + c + 1. Then comes the way from c to a."),
        ),
        "half-way": (_("that is the derivative by c. What is c made of?"),),
        "ways-added": (
            _("what is x after one round, in terms of a? And after two?"),
            _("each round doubles what the round before has made."),
        ),
    }.get(code, (_("write the formula in terms of a and b, and differentiate it by a."),))


@check("q2-implement", points=5)
def implement(student: Student, inputs: random.Random) -> Iterator[Finding]:
    """Let the locked cell differentiate four expressions at hidden values."""
    a, b, c = (inputs.choice((-1, 1)) * round(inputs.uniform(0.5, 2), 3) for _index in range(3))
    once: Thoughts = [([a, b, 1.0], "sides-exchanged"), ([0.0] * 3, "start-missing")]
    yield _part(student, "a*b+c", 1, {"a": a, "b": b, "c": c}, [b, a, 1.0], once)
    twice: Thoughts = [([b, a], "use-overwritten"), ([1.0, a], "use-overwritten")]
    yield _part(student, "a*b+a", 1, {"a": a, "b": b}, [b + 1, a], twice)
    # Of one sign: where a·b is -1 or -2, some wrong ways lead to the right place.
    b = math.copysign(b, a)
    inner = a * b
    shared: Thoughts = [
        ([inner * b, inner * a], "use-overwritten"),
        ([b, a], "passed-on-too-early"),
        ([(3 + 3 * inner) * b, (3 + 3 * inner) * a], "sent-again"),
    ]
    right = [(1 + 2 * inner) * b, (1 + 2 * inner) * a]
    yield _part(student, "(c := a*b) + c * c", 2, {"a": a, "b": b}, right, shared)
    yield _row(student, a)


def _part(
    student: Student,
    expression: str,
    points: float,
    values: dict[str, float],
    right: list[float],
    thoughts: Thoughts,
) -> Finding:
    """Return the finding on one expression; the thoughts are about its gradient."""
    small = {"a": 3.0, "b": 1.0, "c": 5.0}
    public = {name: small[name] for name in values}
    known = {"a*b+c": [1.0, 3.0, 1.0], "a*b+a": [2.0, 3.0], "(c := a*b) + c * c": [7.0, 21.0]}
    seen = example(
        student,
        f"list(grads({expression!r}, {public}).values())",
        known[expression],
        _("that is the derivative by each variable, all its uses together"),
    )
    reply = student.run(
        "list(grads(expression, values).values())", expression=expression, values=values
    )
    code = judged(reply, right, [*thoughts, NOTHING], "Value")
    return attempts(expression, points, [code], _words(), seen)


def _row(student: Student, a: float) -> Finding:
    """Return the finding on many parts in a row; whoever walks every way does not come back."""
    names = ["a", *(f"x{number}" for number in range(ROW))]
    parts = (f"{new} := {old} + {old}" for old, new in pairwise(names))
    reply = student.run(
        "from autograd_lab.grading.limit import within\n"
        "list(within(lines, grads, expression, values).values())",
        lines=LINES,
        expression=f"({', '.join(parts)})[-1]",
        values={"a": a},
    )
    thoughts: Thoughts = [
        (Error("TooLong", ""), "way-by-way"),
        ([1.0], "use-overwritten"),
        ([2.0], "passed-on-too-early"),
        NOTHING,
    ]
    code = judged(reply, [2.0**ROW], thoughts, "Value")
    return attempts(f"{ROW} × (x + x)", 1, [code], _words())


def _words() -> dict[str, tuple[str, tuple[str, ...]]]:
    """Return what came back from `grads`, and the hints."""
    return {
        "sides-exchanged": (
            _("the two factors of a product have each other's gradient."),
            (_("how does a · b change with a: by a, or by b?"),),
        ),
        "start-missing": (
            _("all gradients are 0."),
            (
                _("what is the derivative of the result with respect to itself?"),
                _("something has to put a 1 in before the first product of the chain rule."),
            ),
        ),
        "use-overwritten": (
            _("a value that is used twice has the gradient of one use only."),
            (
                _("what becomes of the first contribution when the second arrives?"),
                _("add to .grad; do not replace it."),
            ),
        ),
        "passed-on-too-early": (
            _("a part that is used several times passes its gradient on before all has arrived."),
            (
                _("which values must be finished before this one may pass anything on?"),
                _("every value comes after all that were made from it. How do you get that order?"),
            ),
        ),
        "sent-again": (
            _("what a part has passed on already is passed on again with each new contribution."),
            (
                _("is it the new contribution that you hand on, or the whole of .grad so far?"),
                _("wait until all has arrived, and hand it on once."),
            ),
        ),
        "way-by-way": (
            _("it goes every way back singly, and does not come to an end here."),
            (
                _("how many ways are there, and how many values?"),
                _("visit each value once, when all its gradient has arrived."),
            ),
        ),
    }
