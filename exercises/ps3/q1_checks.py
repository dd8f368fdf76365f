"""Question 1: z = u·x with u = x²: the gradient is x² per way from z back to x."""

from __future__ import annotations

import random
from collections.abc import Iterator

import numpy as np

from autograd_lab.grading.check import Finding, check
from autograd_lab.grading.codec import Error
from autograd_lab.grading.example import example
from autograd_lab.grading.predictions import Row, judge_grid
from autograd_lab.grading.student import Student
from autograd_lab.grading.words import attempts, judged
from autograd_lab.i18n import _

ONE, TWO, THREE = [1.0, 4.0], [2.0, 8.0], [3.0, 12.0]
"""x², 2x² and 3x² at x = [1, 2]: as many ways lead back."""
GRID = {
    "whole": Row(THREE, [(TWO, "one-way-missed"), (ONE, "one-way-missed")]),
    "u_cut": Row(ONE, [(THREE, "cut-ignored"), (TWO, "other-edge-cut")]),
    "x_cut": Row(TWO, [(THREE, "cut-ignored"), (ONE, "other-edge-cut")]),
    "half_cut": Row(TWO, [(ONE, "factor-cuts-all"), (THREE, "cut-ignored")]),
    "numbers": Row(ONE, [(THREE, "numbers-remember"), ("error", "no-graph-at-all")]),
    "z_cut": Row("error", [([0.0, 0.0], "zero-for-an-error"), (THREE, "cut-ignored")]),
}
"""What the notebook asks for, and what happens."""
NO_GRAPH = Error("RuntimeError", "does not require grad")


@check("q1-predict", points=3)
def predict(student: Student, inputs: random.Random) -> Iterator[Finding]:
    """Compare the six predictions with what is printed."""
    ask = _('write two numbers as a list, or "error" where the program stops with an error.')
    yield from judge_grid(student, "q1.prediction", GRID, 0.5, ask, _prediction_hints)


def _prediction_hints(code: str) -> tuple[str, ...]:
    """Return the hints for a wrong prediction, from a nudge to nearly the answer."""
    return {
        "one-way-missed": (
            _("x occurs more than once. How many ways lead from z back to x?"),
            _("two of them go through u, one does not; their gradients add up."),
        ),
        "cut-ignored": (
            _("where in the program does a tensor lose its history?"),
            _("strike out the edge that detach cuts, and count the ways that are left."),
        ),
        "other-edge-cut": (
            _("which of the two factors of z is cut off here: u, or x?"),
            _("product rule: u'·x + u·x'. Which of the two terms is left?"),
        ),
        "factor-cuts-all": (
            _("u has two factors. Is u cut off when only one of them is?"),
            _("one way through u is left, and it brings x·x."),
        ),
        "numbers-remember": (
            _("does a list of numbers know where they came from?"),
            _("a tensor made of plain numbers is a new leaf: for z it is a constant."),
        ),
        "no-graph-at-all": (_("u has no history here. But has z, which is u * x?"),),
        "zero-for-an-error": (
            _("zero would be a gradient that was computed. Can anything be computed here?"),
            _("has the detached z a grad_fn for backward to start at?"),
        ),
    }.get(code, (_("count the ways from z back to x, and what each of them brings."),))


@check("q1-implement", points=4)
def implement(student: Student, inputs: random.Random) -> Iterator[Finding]:
    """Ask for the three gradients of x³, and for a target that stays where it is."""
    seen = example(
        student,
        "puzzle([1.0, 2.0], 1)",
        [[1.0, 8.0], [1.0, 4.0]],
        _("z is x³, and its gradient should be 1 · x²"),
    )
    codes = [_puzzle(student, inputs, k) for k in (3, 2, 1)]
    yield attempts("z_of()", 2, codes, _puzzle_words(), seen)
    seen = example(
        student,
        "chase([1.0], [2.0], [3.0], 1.0, 0.5)",
        [-2.0],
        _("the target is 1 + 0.5 · 3 = 2.5, so the gradient is 2 · (2 − 2.5) · 2"),
    )
    codes = [_chase(student, inputs, size=3)]
    yield attempts("chase()", 2, codes, _chase_words(), seen)


def _puzzle(student: Student, inputs: random.Random, k: int) -> str:
    """Return the code for one gradient."""
    x = _numbers(inputs, 3)
    thoughts: list[tuple[object, str]] = [
        ([(x**3).tolist(), (3 * x**2).tolist()], "nothing-cut"),
        ([(x**3).tolist(), ((3 - k) * x**2).tolist()], "edges-exchanged"),
        ([(k / 3 * x**3).tolist(), (k * x**2).tolist()], "value-changed"),
        (NO_GRAPH, "all-cut"),
    ]
    right = [(x**3).tolist(), (k * x**2).tolist()]
    return judged(student.call("puzzle", x.tolist(), k), right, thoughts, "z_of")


def _chase(student: Student, inputs: random.Random, size: int) -> str:
    """Return the code for one gradient with a given target."""
    w, s, s_next = (_numbers(inputs, size) for _index in range(3))
    reward, discount = 1 + inputs.random(), round(inputs.uniform(0.5, 0.9), 3)
    miss = w @ s - (reward + discount * w @ s_next)
    thoughts: list[tuple[object, str]] = [
        ((2 * miss * (s - discount * s_next)).tolist(), "target-leaks"),
        ((-2 * miss * discount * s_next).tolist(), "prediction-cut"),
        ((-2 * miss * s).tolist(), "turned-round"),
        (NO_GRAPH, "all-cut"),
    ]
    reply = student.call("chase", w.tolist(), s.tolist(), s_next.tolist(), reward, discount)
    return judged(reply, (2 * miss * s).tolist(), thoughts, "chase")


def _numbers(inputs: random.Random, count: int) -> np.ndarray:
    """Return hidden numbers away from 0."""
    signs = (inputs.choice((-1, 1)) for _index in range(count))
    return np.array([sign * round(inputs.uniform(0.5, 2), 3) for sign in signs])


def _puzzle_words() -> dict[str, tuple[str, tuple[str, ...]]]:
    """Return what came back for `z_of` and the hints."""
    return {
        "nothing-cut": (
            _("the gradient is 3x² where less was asked for."),
            (
                _("which of the programs in the first part print 2x², which x²?"),
                _("let k decide which of the two factors of z is detached."),
            ),
        ),
        "edges-exchanged": (
            _("for k = 1 the gradient is 2x², or for k = 2 it is x²."),
            (
                _("how many ways back to x go through u, how many do not?"),
                _("cut u, and one way is left; cut the other factor, and two are left."),
            ),
        ),
        "value-changed": (
            _("the gradient is right, but z is no longer x³."),
            (
                _("a factor in front changes the value, too. What changes the gradient alone?"),
                _("detach leaves the value as it is."),
            ),
        ),
        "all-cut": (
            _("it stops: nothing of z leads back to x."),
            (_("one detach too many: at least one factor must keep its history."),),
        ),
    }


def _chase_words() -> dict[str, tuple[str, tuple[str, ...]]]:
    """Return what came back from `chase` and the hints."""
    return {
        "target-leaks": (
            _("its gradient also goes through the target, which should be a given number."),
            (
                _("w occurs twice in the loss. Through which of the two may the gradient flow?"),
                _("compute the target from w, then cut it off."),
            ),
        ),
        "prediction-cut": (
            _("its gradient goes through the target alone; the estimate w · s has been cut off."),
            (_("which of the two should learn from the other?"),),
        ),
        "turned-round": (
            _("its gradient has the opposite sign."),
            (_("return the gradient of the loss; the step downhill is another matter."),),
        ),
        "all-cut": (
            _("it stops: nothing of the loss leads back to w."),
            (_("is w cut off as a whole? Cut off only the target."),),
        ),
    }
