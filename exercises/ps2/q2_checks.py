"""Question 2: the gradient of z = ‖Xw − y‖² by hand; ∂z/∂w = 2Xᵀb and ∂z/∂X = 2bwᵀ, b = Xw − y."""

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

GRID = {
    "b": Row(
        [-1.0, -1.0, -1.0],
        [([1.0, 1.0, 1.0], "turned-round"), ([-1.0, -1.0, 1.0], "target-forgotten")],
    ),
    "z": Row(
        3.0,
        [
            (9.0, "square-of-the-sum"),
            (1.7320508075688772, "root-of-the-square"),
            (1.0, "mean-for-sum"),
        ],
    ),
    "dz_db": Row(
        [-2.0, -2.0, -2.0],
        [
            ([-1.0, -1.0, -1.0], "factor-lost"),
            (-6.0, "summed-up"),
            ([2.0, 2.0, 2.0], "turned-round"),
        ],
    ),
    "shape_db_da": Row([3.0, 3.0], [([1.0, 3.0], "diagonal-only"), ([3.0, 1.0], "diagonal-only")]),
    "shape_da_dw": Row([3.0, 2.0], [([2.0, 3.0], "rows-for-columns")]),
    "dz_dw": Row([-4.0, -6.0], [([-2.0, -3.0], "factor-lost"), ([4.0, 6.0], "turned-round")]),
}
"""What the notebook asks for, and what happens."""
SHAPES = [(3, 2), (3, 3)]
"""Rows and columns of the hidden X. The square one comes last: there a forgotten transposition
shows as a value, not as an error."""


@check("q2-predict", points=3)
def predict(student: Student, inputs: random.Random) -> Iterator[Finding]:
    """Compare the six results by hand."""
    ask = _("write what you have worked out by hand: a number, or a list of numbers.")
    yield from judge_grid(student, "q2.prediction", GRID, 0.5, ask, _prediction_hints)


def _prediction_hints(code: str) -> tuple[str, ...]:
    """Return the hints for a wrong result, from a nudge to nearly the answer."""
    return {
        "turned-round": (
            _("which of the two is taken from the other: a − y, or y − a?"),
            _("keep the sign of b as it is defined, in every link after it."),
        ),
        "target-forgotten": (_("that is a = Xw. What does b take away from it?"),),
        "square-of-the-sum": (
            _("is it the sum of squares, or the square of a sum?"),
            _("square each element of b first, then add."),
        ),
        "root-of-the-square": (_("the norm has a root; z is the norm squared."),),
        "mean-for-sum": (_("z is a sum over the elements; nothing divides by their number."),),
        "factor-lost": (
            _("what is the derivative of b², and where does its 2 go?"),
            _("∂z/∂b_i = 2 b_i."),
        ),
        "summed-up": (
            _("z depends on three numbers b_1, b_2, b_3. How many partial derivatives are there?"),
            _("keep them apart: one entry for each element of b."),
        ),
        "diagonal-only": (
            _("how many outputs does the step b = a − y have, and how many inputs?"),
            _("most entries are 0, but they belong to the matrix."),
        ),
        "rows-for-columns": (
            _("one row per output, one column per input: what are the outputs of a = Xw?"),
            _("∂a_i/∂w_j = X_ij, so compare with the shape of X."),
        ),
    }.get(code, (_("write the step out element by element: which numbers go into it?"),))


@check("q2-implement", points=4)
def implement(student: Student, inputs: random.Random) -> Iterator[Finding]:
    """Ask for both gradients of matrices of several shapes."""
    cases = [_case(inputs, rows, columns) for rows, columns in SHAPES]
    seen = example(
        student,
        "gradient_w([[1.0, 0.0], [2.0, 1.0]], [1.0, 1.0], [0.0, 0.0])",
        [14.0, 6.0],
        _("b is [1, 3], and ∂z/∂w_j adds up 2 b_i X_ij over the rows"),
    )
    codes = [_gradient_w(student, *case) for case in cases]
    yield attempts("gradient_w()", 2, codes, _call_words(), seen)
    seen = example(
        student,
        "gradient_X([[1.0, 2.0], [0.0, 1.0]], [1.0, -1.0], [0.0, 0.0])",
        [[-2.0, 2.0], [-2.0, 2.0]],
        _("b is -1 in each row, and ∂z/∂X_ij is 2 b_i w_j"),
    )
    codes = [_gradient_X(student, *case) for case in cases]
    yield attempts("gradient_X()", 2, codes, _call_words(), seen)


def _case(inputs: random.Random, rows: int, columns: int) -> tuple[np.ndarray, ...]:
    """Return hidden X, w and y."""

    def numbers(*shape: int) -> np.ndarray:
        count = int(np.prod(shape))
        drawn = [
            inputs.choice((-1, 1)) * round(inputs.uniform(0.5, 2), 3) for _index in range(count)
        ]
        return np.array(drawn).reshape(shape)

    return numbers(rows, columns), numbers(columns), numbers(rows)


def _gradient_w(student: Student, X: np.ndarray, w: np.ndarray, y: np.ndarray) -> str:
    """Return the code for one call of `gradient_w`."""
    b = X @ w - y
    right = 2 * X.T @ b
    thoughts = [
        ((right / 2).tolist(), "factor-lost"),
        ((-right).tolist(), "turned-round"),
        ((right / len(y)).tolist(), "mean-for-sum"),
        ((2 * X.T @ X @ w).tolist(), "target-forgotten"),
    ]
    if X.shape[0] == X.shape[1]:
        thoughts.append(((2 * X @ b).tolist(), "transpose-forgotten"))
    reply = student.call("gradient_w", X.tolist(), w.tolist(), y.tolist())
    return judged(reply, right.tolist(), thoughts, "gradient_w")


def _gradient_X(student: Student, X: np.ndarray, w: np.ndarray, y: np.ndarray) -> str:
    """Return the code for one call of `gradient_X`."""
    right = 2 * np.outer(X @ w - y, w)
    thoughts = [
        ((right / 2).tolist(), "factor-lost"),
        ((-right).tolist(), "turned-round"),
        (right.T.tolist(), "rows-for-columns"),
        (right.sum(axis=0).tolist(), "summed-up"),
    ]
    reply = student.call("gradient_X", X.tolist(), w.tolist(), y.tolist())
    return judged(reply, right.tolist(), thoughts, "gradient_X")


def _call_words() -> dict[str, tuple[str, tuple[str, ...]]]:
    """Return what came back and the hints."""
    return {
        "factor-lost": (
            _("it returns exactly half of the gradient."),
            (_("where does the 2 of the square go?"),),
        ),
        "turned-round": (
            _("it returns the gradient with the opposite sign."),
            (
                _("follow the sign of b = Xw − y from z to the end."),
                _("a gradient points uphill; the minus sign comes only when you step downhill."),
            ),
        ),
        "mean-for-sum": (
            _("it returns the gradient divided by the number of rows."),
            (_("is z a sum, or a mean?"),),
        ),
        "target-forgotten": (
            _("its result does not depend on y; the gradient does."),
            (_("∂z/∂b is 2b. Which b?"), _("b is the residual Xw − y.")),
        ),
        "transpose-forgotten": (
            _("it multiplies by X where the transposed of X is needed."),
            (
                _("which elements of b does w_j have an influence on, and through which X_ij?"),
                _(
                    "∂z/∂w_j adds up over all i. Does that sum run along a row of X, or down a column?"
                ),
            ),
        ),
        "rows-for-columns": (
            _("rows and columns of its result are exchanged."),
            (
                _("a gradient has the shape of what it belongs to, here of X."),
                _("X_ij multiplies w_j and enters b_i. Which of the two decides the row?"),
            ),
        ),
        "summed-up": (
            _("it returns one row; the gradient has as many rows as X."),
            (_("each row of X has its own b_i. Do not add over i."),),
        ),
    }
