"""Question 5: roots and sin(x)/x without a NaN, with the slopes from paper."""

from __future__ import annotations

import random
from collections.abc import Iterator

import numpy as np

from autograd_lab.grading.check import Finding, check
from autograd_lab.grading.example import example
from autograd_lab.grading.predictions import Row, judge_grid
from autograd_lab.grading.student import Student
from autograd_lab.grading.words import attempts, judged
from autograd_lab.i18n import _

CLEAN = [0.0, 0.25]
POISONED = ["nan", 0.25]
INFINITE = ["inf", 0.25]
GRID = {
    "bare": Row(INFINITE, [(CLEAN, "zero-for-infinity"), (POISONED, "nan-for-infinity")]),
    "value": Row([0.0, 2.0], [(["nan", 2.0], "value-poisoned"), (["inf", 2.0], "value-poisoned")]),
    "gradient": Row(POISONED, [(CLEAN, "where-keeps-away"), (INFINITE, "infinity-passes")]),
    "masked": Row(POISONED, [(CLEAN, "mask-keeps-away"), (INFINITE, "infinity-passes")]),
    "picked": Row(CLEAN, [(POISONED, "picking-computes-all"), ([0.25], "shape-of-picked")]),
    "twice": Row(CLEAN, [(POISONED, "inner-where-useless"), (INFINITE, "inner-where-useless")]),
}
"""What the notebook asks for, and what happens."""


@check("q5-predict", points=3)
def predict(student: Student, inputs: random.Random) -> Iterator[Finding]:
    """Compare the six predictions with what is printed."""
    ask = _('write a list of two: numbers, "inf" or "nan".')
    yield from judge_grid(student, "q5.prediction", GRID, 0.5, ask, _prediction_hints)


def _prediction_hints(code: str) -> tuple[str, ...]:
    """Return the hints for a wrong prediction, from a nudge to nearly the answer."""
    return {
        "zero-for-infinity": (
            _("the derivative of the root is 1/(2√x). What is it at 0?"),
            _("no error, and no zero: dividing 1 by 0 gives inf."),
        ),
        "nan-for-infinity": (
            _("1/0 gives inf; what would give NaN?"),
            _("the incoming gradient is 1 here, and 1 · inf is inf."),
        ),
        "value-poisoned": (_("√0 is 0, an ordinary number. And which branch does where take?"),),
        "where-keeps-away": (
            _("where also has a derivative. What does it send to the branch it did not take?"),
            _("the root receives 0, and multiplies it by its own derivative."),
        ),
        "infinity-passes": (
            _("the root receives a gradient of 0. What is 0 · inf?"),
            _("neither 0 nor inf: it has no value."),
        ),
        "mask-keeps-away": (
            _("the mask multiplies the gradient by 0 as well. And then comes the root."),
            _("0 · inf is not 0."),
        ),
        "picking-computes-all": (
            _("of which numbers does this program take the root?"),
            _("0 is not among those picked, so its infinite slope never enters."),
        ),
        "shape-of-picked": (_("x.grad has the shape of x. What stands where nothing was picked?"),),
        "inner-where-useless": (
            _("what does the root see at the first place: 0, or 1?"),
            _("its derivative is ½ there, and the gradient that comes in is 0."),
        ),
    }.get(code, (_("write down the gradient that comes in, and the derivative it meets."),))


@check("q5-implement", points=4)
def implement(student: Student, inputs: random.Random) -> Iterator[Finding]:
    """Compare values and slopes with formulas, for values good and bad."""
    seen = example(
        student,
        "roots([4.0, 0.0], 1.0)",
        [[2.0, 0.0], 1.0],
        _("the slope of √(4s) at s = 1 is 4/(2·2), and the value 0 adds nothing"),
    )
    codes = [_roots(student, inputs, zeros=2)]
    yield attempts("roots()", 2, codes, _roots_words(), seen)
    seen = example(
        student, "sinc([0.0])", [[1.0], [0.0]], _("the curve has the height 1 there, and is flat")
    )
    codes = [_sinc(student, inputs, zeros=2)]
    yield attempts("sinc()", 2, codes, _sinc_words(), seen)


def _roots(student: Student, inputs: random.Random, zeros: int) -> str:
    """Return the code for one call of `roots`, with so many zeros, and as many negative values."""
    positive = np.abs(_numbers(inputs, 3))
    values = np.concatenate([np.zeros(zeros), positive, -np.abs(_numbers(inputs, zeros))])
    scale = round(inputs.uniform(0.5, 2), 3)
    y = np.sqrt(scale * np.maximum(values, 0))
    slope = float((positive / (2 * np.sqrt(scale * positive))).sum())
    thoughts: list[tuple[object, str]] = [
        ([y.tolist(), "nan"], "nan-spreads"),
        ([y.tolist(), 0.0], "nan-painted-over"),
        ([y[values > 0].tolist(), slope], "values-left-out"),
    ]
    reply = student.call("roots", values.tolist(), scale)
    return judged(reply, [y.tolist(), slope], thoughts, "roots")


def _sinc(student: Student, inputs: random.Random, zeros: int) -> str:
    """Return the code for one call of `sinc`, with so many zeros."""
    x = np.concatenate([_numbers(inputs, 3), np.zeros(zeros)])
    inside = np.where(x == 0, 1.0, x)
    y = np.where(x == 0, 1.0, np.sin(inside) / inside)
    slope = np.where(x == 0, 0.0, np.cos(inside) / inside - np.sin(inside) / inside**2)
    spoilt = np.where(x == 0, np.nan, slope).tolist()
    thoughts: list[tuple[object, str]] = [
        ([y.tolist(), spoilt], "nan-spreads"),
        ([np.where(x == 0, 0.0, y).tolist(), slope.tolist()], "hole-at-zero"),
        ([np.where(x == 0, np.nan, y).tolist(), spoilt], "no-case-for-zero"),
    ]
    reply = student.call("sinc", x.tolist())
    return judged(reply, [y.tolist(), slope.tolist()], thoughts, "sinc")


def _numbers(inputs: random.Random, count: int) -> np.ndarray:
    """Return hidden numbers away from 0."""
    signs = (inputs.choice((-1, 1)) for _index in range(count))
    return np.array([sign * round(inputs.uniform(0.5, 2), 3) for sign in signs])


def _roots_words() -> dict[str, tuple[str, tuple[str, ...]]]:
    """Return what came back from `roots`, and the hints."""
    return {
        "nan-spreads": (
            _("its values are right, but its slope is NaN as soon as a value is 0 or negative."),
            (
                _("go through the backward pass at 0. Where do 0 and inf meet?"),
                _("keep the bad numbers out of the root, not only out of its result."),
            ),
        ),
        "nan-painted-over": (
            _("its slope is 0, although the positive values have one."),
            (
                _("one NaN in a sum swallows all the rest. Can replacing it bring that back?"),
                _("prevent the NaN: put a harmless number into the root there."),
            ),
        ),
        "values-left-out": (
            _("the roots that do not exist are missing from its values; 0 was expected there."),
            (_("keep one entry per value."),),
        ),
    }


def _sinc_words() -> dict[str, tuple[str, tuple[str, ...]]]:
    """Return what came back from `sinc`, and the hints."""
    return {
        "nan-spreads": (
            _("its values are right, but its gradient at 0 is NaN."),
            (
                _("which division does the backward pass still differentiate at 0?"),
                _("let the division see another number there, then choose."),
            ),
        ),
        "hole-at-zero": (
            _("at 0 it returns the value 0; the curve has the height 1 there."),
            (_("how large is sin(v)/v for a very small v?"),),
        ),
        "no-case-for-zero": (
            _("both its value and its gradient at 0 are NaN."),
            (_("0/0 is NaN. Treat v = 0 as a case of its own."),),
        ),
    }
