"""Question 5: the Jacobian of the map to all a·x_i·x_j + b·x_j, by rows and by columns."""

from __future__ import annotations

import random
from collections.abc import Iterator

import numpy as np

from autograd_lab.grading.check import Finding, check
from autograd_lab.grading.codec import Error, Fn
from autograd_lab.grading.example import example
from autograd_lab.grading.predictions import Row, judge_grid
from autograd_lab.grading.student import Student
from autograd_lab.grading.words import attempts, judged
from autograd_lab.i18n import _

GRID = {
    "one_backward": Row("row", [("column", "modes-exchanged")]),
    "one_forward": Row("column", [("row", "modes-exchanged")]),
    "passes_backward": Row(
        2.0, [(3.0, "modes-exchanged"), (1.0, "one-pass-for-all"), (6.0, "per-entry")]
    ),
    "passes_forward": Row(
        3.0, [(2.0, "modes-exchanged"), (1.0, "one-pass-for-all"), (6.0, "per-entry")]
    ),
    "loss": Row("backward", [("forward", "long-for-wide")]),
    "curve": Row("forward", [("backward", "always-backward")]),
}
"""What the notebook asks for, and what happens."""


@check("q5-predict", points=3)
def predict(student: Student, inputs: random.Random) -> Iterator[Finding]:
    """Compare the six answers on rows, columns and passes."""
    ask = _("write a number, or one of the two words that the question offers.")
    yield from judge_grid(student, "q5.prediction", GRID, 0.5, ask, _prediction_hints)


def _prediction_hints(code: str) -> tuple[str, ...]:
    """Return the hints for a wrong prediction, from a nudge to nearly the answer."""
    return {
        "modes-exchanged": (
            _("write down vᵀJ and Ju, with their shapes, for a J of 2 rows and 3 columns."),
            _("a pass has one v, or one u. Is there one v per row of J, or per column?"),
        ),
        "one-pass-for-all": (
            _("one pass gives vᵀJ or Ju. How many numbers are that, and how many has J?"),
        ),
        "per-entry": (_("does a pass give a single entry of J, or several at once?"),),
        "long-for-wide": (
            _("how many rows has the Jacobian of a loss, how many columns?"),
            _("forward mode takes a pass for each of the 1000 inputs."),
        ),
        "always-backward": (
            _("how many rows has the Jacobian of this curve, how many columns?"),
            _("backward takes a pass for each of the 1000 outputs."),
        ),
    }.get(code, (_("draw a J of 2 rows and 3 columns, and mark what a single pass gives."),))


@check("q5-implement", points=4)
def implement(student: Student, inputs: random.Random) -> Iterator[Finding]:
    """Ask both functions for the Jacobian of a map to more numbers than it takes."""
    hidden = _map(inputs, 2)
    seen = example(
        student,
        "by_rows(lambda x: x[:1] * x[1:], [2.0, 3.0])",
        [[3.0, 2.0]],
        _("one output of two inputs makes one row"),
    )
    codes = [_by_rows(student, *hidden)]
    yield attempts("by_rows()", 2, codes, _rows_words(), seen)
    seen = example(
        student,
        "by_columns(lambda x: x[:1] * x[1:], [2.0, 3.0])",
        [[3.0, 2.0]],
        _("one output of two inputs makes one row of two columns"),
    )
    codes = [_by_columns(student, *hidden)]
    yield attempts("by_columns()", 2, codes, _columns_words(), seen)


def _map(inputs: random.Random, size: int) -> tuple[Fn, np.ndarray, np.ndarray, np.ndarray]:
    """Return the map to all a·x_i·x_j + b·x_j, with a place x, and y and J there."""
    x = _numbers(inputs, size)
    a, b = _numbers(inputs, 2).tolist()
    same = np.eye(size)
    jacobian = a * same[:, None, :] * x[None, :, None]
    jacobian = jacobian + (a * x[:, None, None] + b) * same[None, :, :]
    f = Fn(f"lambda x: ({a} * x.reshape(-1, 1) * x + {b} * x).reshape(-1)")
    y = (a * np.outer(x, x) + b * x).reshape(-1)
    return f, x, y, jacobian.reshape(size * size, size)


def _numbers(inputs: random.Random, count: int) -> np.ndarray:
    """Return hidden numbers away from 0."""
    signs = (inputs.choice((-1, 1)) for _index in range(count))
    return np.array([sign * round(inputs.uniform(0.5, 2), 3) for sign in signs])


def _by_rows(student: Student, f: Fn, x: np.ndarray, y: np.ndarray, jacobian: np.ndarray) -> str:
    """Return the code for one call of `by_rows`."""
    thoughts: list[tuple[object, str]] = [
        (jacobian.cumsum(axis=0).tolist(), "rows-pile-up"),
        ([jacobian[-1].tolist()] * len(y), "live-grad"),
        ([jacobian.sum(axis=0).tolist()] * len(y), "live-grad"),
        (jacobian.sum(axis=0).tolist(), "one-pass-for-all"),
        (jacobian.T.tolist(), "rows-for-columns"),
        (Error("RuntimeError", "a second time"), "graph-freed"),
        (Error("RuntimeError", "only for scalar outputs"), "not-a-scalar"),
    ]
    return judged(student.call("by_rows", f, x.tolist()), jacobian.tolist(), thoughts, "by_rows")


def _by_columns(student: Student, f: Fn, x: np.ndarray, y: np.ndarray, jacobian: np.ndarray) -> str:
    """Return the code for one call of `by_columns`."""
    thoughts: list[tuple[object, str]] = [
        (jacobian.T.tolist(), "rows-for-columns"),
        (jacobian.sum(axis=1).tolist(), "one-pass-for-all"),
        ([y.tolist()] * len(x), "value-for-tangent"),
        (np.tile(y, (len(x), 1)).T.tolist(), "value-for-tangent"),
    ]
    reply = student.call("by_columns", f, x.tolist())
    return judged(reply, jacobian.tolist(), thoughts, "by_columns")


def _rows_words() -> dict[str, tuple[str, tuple[str, ...]]]:
    """Return what came back from `by_rows` and the hints."""
    return {
        "rows-pile-up": (
            _("its first row is right; each later one contains the rows before it, too."),
            (
                _("what is in x.grad when the next backward call starts?"),
                _("empty x.grad before each row."),
            ),
        ),
        "live-grad": (
            _("all of its rows are the same."),
            (_("x.grad is one tensor that goes on changing. Keep a copy: x.grad.tolist()."),),
        ),
        "one-pass-for-all": (
            _("it returns one row, the sum of all rows of J."),
            (
                _("how many outputs has f, and how many rows belong into the result?"),
                _("call backward once per output, with that output alone."),
            ),
        ),
        "rows-for-columns": (
            _("rows and columns of its result are exchanged."),
            (_("what one backward call leaves in x.grad is a row already."),),
        ),
        "graph-freed": (
            _("it stops at the second row: the graph has been used up."),
            (
                _("what does a backward call do with the values saved in the graph?"),
                _("which argument of backward keeps them for the next row?"),
            ),
        ),
        "not-a-scalar": (
            _("it stops: backward was called on several numbers at once."),
            (
                _("which of the outputs shall this row belong to?"),
                _("call it on y[i], or on y with a gradient= that is 1 at i and 0 elsewhere."),
            ),
        ),
    }


def _columns_words() -> dict[str, tuple[str, tuple[str, ...]]]:
    """Return what came back from `by_columns` and the hints."""
    return {
        "rows-for-columns": (
            _("rows and columns of its result are exchanged."),
            (
                _("what one call of jvp gives belongs below one another, not side by side."),
                _("collect the columns, then exchange rows and columns at the end."),
            ),
        ),
        "one-pass-for-all": (
            _("it returns one number per output: each row of J added up."),
            (
                _("with u all ones, Ju adds the columns. Which u gives a single one?"),
                _("one call per input, with a single 1 in u."),
            ),
        ),
        "value-for-tangent": (
            _("it returns values of f where derivatives should be."),
            (_("jvp returns a pair. Which half is Ju?"),),
        ),
    }
