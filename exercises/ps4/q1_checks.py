"""Question 1: a chain of steps, differentiated from the front and from the back."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Iterator
from itertools import accumulate
from operator import mul

from autograd_lab.grading.check import Finding, check
from autograd_lab.grading.example import example
from autograd_lab.grading.predictions import Row, judge_grid
from autograd_lab.grading.student import Student
from autograd_lab.grading.words import attempts, judged
from autograd_lab.i18n import _

GRID = {
    "values": Row([4.0, 8.0, 0.125], [([4.0, 4.0, 0.5], "all-taken-at-x")]),
    "slopes": Row(
        [4.0, 2.0, -1 / 64],
        [([4.0, 2.0, -0.25], "all-taken-at-x"), ([8.0, 2.0, -64.0], "taken-at-the-output")],
    ),
    "derivative": Row(-0.125, [(-1 / 64, "last-step-only"), (6 - 1 / 64, "sum-for-product")]),
    "from_the_end": Row(
        [-0.125, -1 / 32, -1 / 64],
        [
            ([-1 / 64, -1 / 32, -0.125], "turned-round"),
            ([4.0, 8.0, -0.125], "front-for-back"),
            ([4.0, 2.0, -1 / 64], "slopes-alone"),
        ],
    ),
}
"""What the notebook asks for, and what happens."""
STEPS: dict[str, tuple[Callable[[float], float], Callable[[float], float]]] = {
    "square": (lambda v: v * v, lambda v: 2 * v),
    "double": (lambda v: 2 * v, lambda v: 2.0),
    "exp": (math.exp, math.exp),
    "reciprocal": (lambda v: 1 / v, lambda v: -1 / (v * v)),
}
"""Value and derivative of each step; in this order they make the hidden chain."""


@check("q1-predict", points=2)
def predict(student: Student, inputs: random.Random) -> Iterator[Finding]:
    """Compare the four results by hand."""
    ask = _("write a number, or a list of numbers; 1 / 64 is a number, too.")
    yield from judge_grid(student, "q1.prediction", GRID, 0.5, ask, _prediction_hints)


def _prediction_hints(code: str) -> tuple[str, ...]:
    """Return the hints for a wrong result, from a nudge to nearly the answer."""
    return {
        "all-taken-at-x": (
            _("which number goes into the second step: x, or what came out of the first?"),
        ),
        "taken-at-the-output": (
            _("the slope of a square is 2v. Is v what goes in, or what comes out?"),
        ),
        "last-step-only": (
            _("that is the slope of the last step. What do the other steps do to a small change?"),
            _("a change is stretched by one slope after the other."),
        ),
        "sum-for-product": (
            _("a change of 1 becomes 4 in the first step. What does the second make of those 4?"),
        ),
        "turned-round": (
            _("which entry belongs to x, the first or the last?"),
            _("the last entry has only one step left to go."),
        ),
        "front-for-back": (
            _("these say how each number depends on x. Asked is how the last depends on each."),
            _("start with the slope of the last step, and go back."),
        ),
        "slopes-alone": (
            _("all steps from there to the end have a part in it, not only the next one."),
        ),
    }.get(code, (_("draw the chain: a box per step, the number before it, the number after it."),))


@check("q1-implement", points=5)
def implement(student: Student, inputs: random.Random) -> Iterator[Finding]:
    """Differentiate a hidden chain of all four steps."""
    seen = example(
        student,
        'forward(3.0, ["square", "double"])',
        [[9.0, 6.0], [18.0, 12.0]],
        _("the slopes are 6 and 2, and the second pair has their product"),
    )
    x = round(inputs.uniform(0.5, 0.9), 3)
    yield attempts("forward()", 2, [_forward(student, x)], _forward_words(), seen)
    seen = example(
        student,
        'backward(3.0, ["square", "double"])',
        [12.0, 2.0],
        _("the last step has the slope 2, and the step before it the slope 6"),
    )
    yield attempts("backward()", 3, [_backward(student, x)], _backward_words(), seen)


def _forward(student: Student, x: float) -> str:
    """Return the code for one call of `forward`."""
    outs, slopes = _chain(x)

    def pairs(derivatives: list[float]) -> list[list[float]]:
        return [list(pair) for pair in zip(outs, derivatives, strict=True)]

    right = pairs(list(accumulate(slopes, mul)))
    thoughts: list[tuple[object, str]] = [
        (pairs(list(accumulate(_slopes(outs), mul))), "taken-at-the-output"),
        (pairs(list(accumulate(_slopes([x] * len(outs)), mul))), "all-taken-at-x"),
        (pairs(list(accumulate(slopes))), "sum-for-product"),
        (pairs(slopes), "slopes-alone"),
        (right[-1], "last-pair-only"),
    ]
    return judged(student.call("forward", x, list(STEPS)), right, thoughts, "forward")


def _backward(student: Student, x: float) -> str:
    """Return the code for one call of `backward`."""
    outs, slopes = _chain(x)

    def from_the_end(factors: list[float]) -> list[float]:
        return list(accumulate(reversed(factors), mul))[::-1]

    right = from_the_end(slopes)
    thoughts: list[tuple[object, str]] = [
        (right[::-1], "turned-round"),
        (list(accumulate(slopes, mul)), "front-for-back"),
        ([*right[1:], 1.0], "one-place-off"),
        (slopes, "slopes-alone"),
        (from_the_end(_slopes(outs)), "taken-at-the-output"),
    ]
    return judged(student.call("backward", x, list(STEPS)), right, thoughts, "backward")


def _chain(x: float) -> tuple[list[float], list[float]]:
    """Return what comes out of each step, and its slope at what goes in."""
    ins = [x]
    for value, _slope in STEPS.values():
        ins.append(value(ins[-1]))
    return ins[1:], _slopes(ins[:-1])


def _slopes(places: list[float]) -> list[float]:
    """Return the slope of each step at a place of its own."""
    return [slope(v) for (_value, slope), v in zip(STEPS.values(), places, strict=True)]


def _shared_words() -> dict[str, tuple[str, tuple[str, ...]]]:
    """Return what can happen in both directions."""
    return {
        "taken-at-the-output": (
            _("its values are right, but each slope is taken at what comes out of the step."),
            (
                _("apply(step, v) gives the slope at v. Which v do you hand over?"),
                _("take the slope before v is replaced by the new value."),
            ),
        ),
        "slopes-alone": (
            _("it returns the slope of each step alone."),
            (
                _("what happens to a small change that goes through several steps?"),
                _("multiply the slopes as you go."),
            ),
        ),
    }


def _forward_words() -> dict[str, tuple[str, tuple[str, ...]]]:
    """Return what came back from `forward`, and the hints."""
    return {
        **_shared_words(),
        "all-taken-at-x": (
            _("its values are right, but every slope is taken at x."),
            (_("which number goes into the second step?"),),
        ),
        "sum-for-product": (
            _("it adds the slopes up."),
            (_("if one step doubles a change and the next triples it, what do both do?"),),
        ),
        "last-pair-only": (
            _("it returns one pair; one for each step was expected."),
            (_("collect a pair inside the loop."),),
        ),
    }


def _backward_words() -> dict[str, tuple[str, tuple[str, ...]]]:
    """Return what came back from `backward`, and the hints."""
    return {
        **_shared_words(),
        "turned-round": (
            _("its numbers are right, and stand in the opposite order."),
            (_("the first entry is the one with respect to x. When do you come to that one?"),),
        ),
        "front-for-back": (
            _("it multiplies from the front: how each number depends on x."),
            (
                _("which step do you start from?"),
                _("first collect all slopes, then go through them from the last to the first."),
            ),
        ),
        "one-place-off": (
            _("its entries belong to what comes out of each step, not to what goes in."),
            (_("is a step's own slope in the product when you note the entry down?"),),
        ),
    }
