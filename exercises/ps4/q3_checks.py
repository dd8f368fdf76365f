"""Question 3: slopes from differences, and wrong derivatives planted among right ones."""

from __future__ import annotations

import random
from collections.abc import Iterator

from autograd_lab.grading.check import Finding, check, near
from autograd_lab.grading.codec import Fn
from autograd_lab.grading.example import example
from autograd_lab.grading.predictions import Row, judge_grid
from autograd_lab.grading.student import Student
from autograd_lab.grading.words import attempts, judged
from autograd_lab.i18n import _

GRID = {
    "one_sided": Row(3.31, [(3.0, "slope-itself"), (0.331, "not-divided")]),
    "central": Row(3.01, [(3.0, "slope-itself"), (6.02, "half-the-distance")]),
    "gain_one_sided": Row(10.0, [(100.0, "gains-exchanged"), (1.0, "no-gain")]),
    "gain_central": Row(100.0, [(10.0, "gains-exchanged"), (1000.0, "one-power-too-many")]),
}
"""What the notebook asks for, and what happens."""
DIGITS = 1e-7
"""As exact as a slope has to be; differences to both sides reach 1e-10."""


@check("q3-predict", points=2)
def predict(student: Student, inputs: random.Random) -> Iterator[Finding]:
    """Compare the four numbers."""
    ask = _("write a number.")
    yield from judge_grid(student, "q3.prediction", GRID, 0.5, ask, _prediction_hints)


def _prediction_hints(code: str) -> tuple[str, ...]:
    """Return the hints for a wrong number, from a nudge to nearly the answer."""
    return {
        "slope-itself": (
            _("that is the derivative. The difference misses it by a little: by how much?"),
            _("1.1³ is 1.331, and 0.9³ is 0.729."),
        ),
        "not-divided": (_("the difference of the values still has to be divided by the step."),),
        "half-the-distance": (_("how far apart are the two places?"),),
        "gains-exchanged": (
            _("the errors at a step of 0.1 are 0.31 and 0.01. Which of the two is like h²?"),
            _("to one side the error is about 3h, to both sides it is h²."),
        ),
        "no-gain": (_("work the difference out once more for a step of 0.01."),),
        "one-power-too-many": (
            _("at a step of 0.1 the error is 0.01. What is it at a step of 0.01?"),
        ),
    }.get(code, (_("work with all digits, and without rounding."),))


@check("q3-implement", points=5)
def implement(student: Student, inputs: random.Random) -> Iterator[Finding]:
    """Ask for a slope, then for the wrong ones among five derivatives."""
    seen = example(
        student, "slope(lambda x: x * x, 3.0)", 6.0, _("the derivative of x² at 3 is 2 · 3")
    )
    yield attempts("slope()", 2, [_slope(student, inputs)], _slope_words(), seen)
    seen = example(
        student,
        "faulty([[lambda x: x * x, lambda x: 2 * x], [lambda x: x * x, lambda x: x]], [1.0])",
        [1],
        _("the df of the second pair lacks the factor 2"),
    )
    yield attempts("faulty()", 3, [_faulty(student, inputs)], _faulty_words(), seen)


def _slope(student: Student, inputs: random.Random) -> str:
    """Return the code for one call of `slope`, for f = a·x³ + b·x."""
    a, b, x = (round(inputs.uniform(0.8, 1.2), 3) for _index in range(3))
    right = 3 * a * x * x + b
    reply = student.call("slope", Fn(f"lambda x: {a} * x * x * x + {b} * x"), x)
    if near(reply, right, DIGITS):
        return ""
    if near(reply, right, 0.05):
        return "too-rough"
    thoughts = [(2 * right, "half-the-distance"), (-right, "turned-round")]
    return judged(reply, right, thoughts, "slope")


def _faulty(student: Student, inputs: random.Random) -> str:
    """Return the code for one list of pairs, in a hidden order."""
    a = round(inputs.uniform(0.8, 1.2), 3)
    kinds = {
        "large": (f"{a} * 1e6 * x * x", f"{a} * 2e6 * x"),
        "plain": (f"{a} * x * x * x", f"{a} * 3 * x * x"),
        "sign": (f"{a} * x * x", f"-{a} * 2 * x"),
        "small": (f"{a} * 1e-6 * x * x", f"{a} * 3e-6 * x"),
        "one place": (f"{a} * x * x", f"{a} * 2 * abs(x)"),
    }
    order = inputs.sample(list(kinds), len(kinds))
    pairs = [[Fn(f"lambda x: {source}") for source in kinds[name]] for name in order]

    def indices(*names: str) -> list[float]:
        return [float(index) for index, name in enumerate(order) if name in names]

    wrong = "sign", "small", "one place"
    thoughts: list[tuple[object, str]] = [
        (indices("sign", "one place"), "absolute-tolerance"),
        (indices("sign", "one place", "large"), "absolute-tolerance"),
        (indices("sign", "small"), "one-place-only"),
        (indices("large", "plain"), "right-ones-returned"),
        ([name in wrong for name in order], "flags-for-indices"),
    ]
    reply = student.call("faulty", pairs, [0.7, 1.3, -0.9])
    return judged(reply, indices(*wrong), thoughts, "faulty")


def _slope_words() -> dict[str, tuple[str, tuple[str, ...]]]:
    """Return what came back from `slope`, and the hints."""
    return {
        "too-rough": (
            _("it comes near to the derivative, but not to seven digits."),
            (
                _("is the step too large, or so small that rounding spoils the difference?"),
                _("differences to both sides gain far more from a smaller step."),
                _("to both sides, a step around 1e-5 is a good compromise."),
            ),
        ),
        "half-the-distance": (
            _("it returns twice the derivative."),
            (_("how far apart are the two places whose values you subtract?"),),
        ),
        "turned-round": (
            _("it returns the derivative with the opposite sign."),
            (_("which value is taken from which?"),),
        ),
    }


def _faulty_words() -> dict[str, tuple[str, tuple[str, ...]]]:
    """Return what came back from `faulty`, and the hints."""
    return {
        "absolute-tolerance": (
            _("it misses a wrong derivative that is small, or blames a right one that is large."),
            (
                _("an error of 0.00001: is that much, or little?"),
                _("compare the error with the size of the derivative."),
            ),
        ),
        "one-place-only": (
            _("it misses a derivative that is wrong at one of the numbers only."),
            (_("one wrong number is enough. Do you look at all of them?"),),
        ),
        "right-ones-returned": (
            _("it returns the derivatives that are right."),
            (_("which ones were asked for?"),),
        ),
        "flags-for-indices": (
            _("it returns True or False for each pair; the indices of the wrong ones are wanted."),
            (_("enumerate counts the pairs for you."),),
        ),
    }
