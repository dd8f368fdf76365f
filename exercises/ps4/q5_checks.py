"""Question 5: dual numbers; the product rule is (v, d)·(w, e) = (v·w, d·w + v·e)."""

from __future__ import annotations

import random
from collections.abc import Iterator

from autograd_lab.grading.check import Finding, check
from autograd_lab.grading.codec import Error, Fn
from autograd_lab.grading.example import example
from autograd_lab.grading.predictions import Row, judge_grid
from autograd_lab.grading.student import Student
from autograd_lab.grading.words import attempts, judged
from autograd_lab.i18n import _

MULTIPLIED, ADDED, ONE_SIDE = "slopes-multiplied", "slopes-added", "one-side-only"
GRID = {
    "total": Row([5.0, 11.0], [([5.0, 10.0], MULTIPLIED), ([5.0, 1.0], ONE_SIDE)]),
    "product": Row([6.0, 23.0], [([6.0, 10.0], MULTIPLIED), ([6.0, 11.0], ADDED)]),
    "square": Row(
        [9.0, 6.0], [([9.0, 1.0], MULTIPLIED), ([9.0, 2.0], ADDED), ([9.0, 3.0], ONE_SIDE)]
    ),
    "constant": Row([15.0, 5.0], [([15.0, 0.0], MULTIPLIED), ([15.0, 1.0], ADDED)]),
}
"""What the notebook asks for, and what happens."""


@check("q5-predict", points=2)
def predict(student: Student, inputs: random.Random) -> Iterator[Finding]:
    """Compare the four pairs."""
    ask = _("write a list of two numbers: value and derivative.")
    yield from judge_grid(student, "q5.prediction", GRID, 0.5, ask, _prediction_hints)


def _prediction_hints(code: str) -> tuple[str, ...]:
    """Return the hints for a wrong pair, from a nudge to nearly the answer."""
    return {
        "slopes-multiplied": (
            _("which rule says how a sum or a product is differentiated?"),
            _("in a product each slope meets the other one's value, not the other slope."),
        ),
        "slopes-added": (
            _("that is the rule for sums. And for products?"),
            _("u'·v + u·v': which numbers are u and v here?"),
        ),
        "one-side-only": (_("both numbers change along the direction. Which one is missing?"),),
    }.get(code, (_("let both numbers be functions of t: what are value and slope of the result?"),))


@check("q5-implement", points=5)
def implement(student: Student, inputs: random.Random) -> Iterator[Finding]:
    """Compute with dual numbers in a hidden direction, then a gradient of three values."""
    seen = example(
        student,
        'along("a*b+a", {"a": 2, "b": 3}, {"a": 1, "b": 10})',
        [8.0, 24.0],
        _("the gradient is [4, 2], and the direction [1, 10] weighs it"),
    )
    yield attempts("Dual", 3, [_along(student, inputs)], _along_words(), seen)
    seen = example(
        student,
        "gradient(lambda a, b: a * b + a, [2.0, 3.0])",
        [4.0, 2.0],
        _("the derivatives are b + 1 and a"),
    )
    yield attempts("gradient()", 2, [_gradient(student, inputs)], _gradient_words(), seen)


def _along(student: Student, inputs: random.Random) -> str:
    """Return the code for a·b + a·a at hidden values, in a hidden direction."""
    a, b, da, db = _numbers(inputs, 4)
    value = a * b + a * a
    thoughts: list[tuple[object, str]] = [
        ([value, da * db + da * da], "slopes-multiplied"),
        ([value, da + db + da + da], "slopes-added"),
        ([value, da * b + da * a], "one-side-only"),
        ([value, a * db + a * da], "one-side-only"),
        (Error("TypeError", "NoneType"), "not-answered"),
    ]
    reply = student.call("along", "a*b+a*a", {"a": a, "b": b}, {"a": da, "b": db})
    return judged(reply, [value, (b + 2 * a) * da + a * db], thoughts, "Dual")


def _gradient(student: Student, inputs: random.Random) -> str:
    """Return the code for the gradient of x·y + y·z·z."""
    x, y, z = _numbers(inputs, 3)
    right = [y, x + z * z, 2 * y * z]
    value = x * y + y * z * z
    thoughts: list[tuple[object, str]] = [
        (sum(right), "all-at-once"),
        ([sum(right)] * 3, "all-at-once"),
        ([value] * 3, "value-for-slope"),
        ([value, *right], "value-in-front"),
    ]
    reply = student.call("gradient", Fn("lambda x, y, z: x * y + y * z * z"), [x, y, z])
    return judged(reply, right, thoughts, "gradient")


def _numbers(inputs: random.Random, count: int) -> list[float]:
    """Return hidden numbers away from 0."""
    return [inputs.choice((-1, 1)) * round(inputs.uniform(0.5, 2), 3) for _index in range(count)]


def _along_words() -> dict[str, tuple[str, tuple[str, ...]]]:
    """Return what came back from `along`, and the hints."""
    return {
        "slopes-multiplied": (
            _("its value is right, but a product's slope is the product of the slopes."),
            (
                _("what is the derivative of u·v?"),
                _("each slope meets the other one's value."),
            ),
        ),
        "slopes-added": (
            _("its value is right, but a product's slope is the sum of the slopes."),
            (
                _("which rule belongs to sums, which one to products?"),
                _("weigh each slope with the other one's value before you add."),
            ),
        ),
        "one-side-only": (
            _("its value is right, but one side of a product counts as a constant."),
            (_("the product rule has two terms. Which one is missing?"),),
        ),
    }


def _gradient_words() -> dict[str, tuple[str, tuple[str, ...]]]:
    """Return what came back from `gradient`, and the hints."""
    return {
        "all-at-once": (
            _("it returns the derivative in the direction of all ones: the sum of the gradient."),
            (
                _("what does a direction with a single 1 give?"),
                _("run f once for each value, with a slope of 1 there and 0 elsewhere."),
            ),
        ),
        "value-for-slope": (
            _("it returns values of f where derivatives should be."),
            (_("a Dual has two attributes. Which one is wanted?"),),
        ),
        "value-in-front": (
            _("the value of f stands in front of the gradient."),
            (_("return as many numbers as there are values."),),
        ),
    }
