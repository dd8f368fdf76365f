"""Question 1: what the programs of every introduction print, and an account of `x.grad`."""

from __future__ import annotations

import random
from collections.abc import Iterator

from autograd_lab.grading.check import Finding, check
from autograd_lab.grading.example import example
from autograd_lab.grading.predictions import Row, judge_grid
from autograd_lab.grading.student import Student
from autograd_lab.grading.words import attempts, judged
from autograd_lab.i18n import _

GRID = {
    "before": Row(
        "None",
        [([0.0, 0.0, 0.0, 0.0], "zeros-before"), ([0.0, 4.0, 8.0, 12.0], "no-backward-needed")],
    ),
    "after": Row(
        [0.0, 4.0, 8.0, 12.0],
        [([0.0, 2.0, 4.0, 6.0], "factor-lost"), ([0.0, 2.0, 8.0, 18.0], "value-for-gradient")],
    ),
    "another": Row([1.0, 5.0, 9.0, 13.0], [([1.0, 1.0, 1.0, 1.0], "expects-overwrite")]),
    "mean": Row(
        [[4.5, 4.5], [4.5, 4.5]],
        [
            ([[18.0, 18.0], [18.0, 18.0]], "sum-for-mean"),
            (4.5, "one-number-for-all"),
            ([[27.0, 27.0], [27.0, 27.0]], "value-for-gradient"),
        ],
    ),
    "between": Row(
        "None", [([[4.5, 4.5], [4.5, 4.5]], "grad-everywhere"), ("error", "grad-everywhere")]
    ),
    "node": Row(
        "MulBackward0",
        [("PowBackward0", "formula-not-program"), ("AddBackward0", "first-not-last")],
    ),
    "late": Row(False, [(True, "flag-looks-back")]),
    "eye": Row(
        [8.0, 4.0],
        [
            ([4.0, 2.0], "expects-overwrite"),
            ([8.0, 0.0], "zero-has-no-gradient"),
            ([4.0, 0.0], "zero-has-no-gradient"),
            ("error", "retain-graph-ignored"),
        ],
    ),
}
"""What the notebook asks for, and what happens."""


@check("q1-predict", points=4)
def predict(student: Student, inputs: random.Random) -> Iterator[Finding]:
    """Compare the eight predictions with what is printed."""
    ask = _(
        'write numbers as a list, a word as a string, "None" or "error" where that is the answer.'
    )
    yield from judge_grid(student, "q1.prediction", GRID, 0.5, ask, _prediction_hints)


def _prediction_hints(code: str) -> tuple[str, ...]:
    """Return the hints for a wrong prediction, from a nudge to nearly the answer."""
    return {
        "zeros-before": (
            _("who would have written the zeros?"),
            _("a leaf starts without a gradient, and nothing has run backward yet."),
        ),
        "no-backward-needed": (
            _("computing y records what happened. Does it differentiate anything?"),
            _("which line of the next program is missing here?"),
        ),
        "factor-lost": (
            _("y is 2 times the dot product. What became of that 2?"),
            _("one factor 2 comes from the square, the other one stands in front of it."),
        ),
        "value-for-gradient": (
            _("that is the value of something, not the gradient with respect to x."),
            _("differentiate the formula with respect to one element of x, then put numbers in."),
        ),
        "expects-overwrite": (
            _("what did x.grad hold before the last backward call?"),
            _("does backward write x.grad anew, or add to what is there?"),
        ),
        "sum-for-mean": (
            _("out is a mean. What does each of the four elements contribute to it?"),
            _("a mean is the sum divided by 4, and so is each derivative."),
        ),
        "one-number-for-all": (
            _("which shape does a gradient have, compared with its tensor?"),
            _("there is one partial derivative for each of the four elements of x."),
        ),
        "grad-everywhere": (
            _("is y something you created, or the result of an operation?"),
            _("backward fills .grad of leaves only. Did the program ask to keep the one of y?"),
        ),
        "formula-not-program": (
            _("on paper it is a square. Which operations does the program run?"),
            _("the node is named after the operation as it was called: +, * or pow."),
        ),
        "first-not-last": (
            _("grad_fn tells how this very tensor was made."),
            _("which operation ran last before z had its value?"),
        ),
        "flag-looks-back": (
            _("when is the graph recorded: now, or when b was computed?"),
            _("did anything require grad while a * a and the sum were running?"),
        ),
        "zero-has-no-gradient": (
            _("the element is 0. Is the derivative of (a + 1)² at a = 0 also 0?"),
            _("work out 2(a + 1) for a = 0."),
        ),
        "retain-graph-ignored": (
            _("what does retain_graph=True in the first call keep alive?"),
            _("the second call finds all it needs. What does it do with x.grad?"),
        ),
    }.get(code, (_("go through the program line by line, on paper."),))


@check("q1-implement", points=3)
def implement(student: Student, inputs: random.Random) -> Iterator[Finding]:
    """Ask for the account of x.grad over plain, zeroed and emptied gradients."""
    seen = example(
        student,
        'history([1.0, 0.0], ["backward", "backward"])',
        [[4.0, 2.0], [8.0, 4.0]],
        _("the gradient is 2(x + 1), and each backward step adds it"),
    )
    steps = ["none", "backward", "backward", "zero", "backward", "backward", "none", "backward"]
    codes = [_history(student, inputs, steps)]
    yield attempts("history()", 3, codes, _call_words(), seen)


def _history(student: Student, inputs: random.Random, steps: list[str]) -> str:
    """Return the code for one call of `history`."""
    values = [round(inputs.uniform(0.5, 2), 3) for _index in range(3)]
    gradient = [2 * (value + 1) for value in values]
    right = _account(gradient, steps)
    thoughts: list[tuple[object, str]] = [
        (_account(gradient, steps, adds=False), "expects-overwrite"),
        (
            _account(gradient, ["zero" if step == "none" else step for step in steps]),
            "none-is-zero",
        ),
        ([right[-1]] * len(steps), "live-list"),
        (right[-1], "only-the-last"),
        (_account([2 * value for value in values], steps), "inner-function-lost"),
    ]
    return judged(student.call("history", values, steps), right, thoughts, "history")


def _account(gradient: list[float], steps: list[str], *, adds: bool = True) -> list[object]:
    """Return what x.grad holds after each step; without `adds`, backward would overwrite it."""
    passes: int | None = None
    seen: list[object] = []
    for step in steps:
        match step:
            case "backward":
                passes = (passes or 0) + 1 if adds else 1
            case "zero":
                passes = 0
            case _:
                passes = None
        seen.append(None if passes is None else [passes * g for g in gradient])
    return seen


def _call_words() -> dict[str, tuple[str, tuple[str, ...]]]:
    """Return what came back and the hints."""
    return {
        "expects-overwrite": (
            _(
                "after several backward steps it reports the gradient of one; their sum is expected."
            ),
            (
                _("look at eye once more: what did its second call change?"),
                _("let each backward step add to what is held so far."),
            ),
        ),
        "none-is-zero": (
            _('after "none" it reports zeros; x.grad is None then.'),
            (
                _("zero_() fills the tensor that is there. What does x.grad = None do to it?"),
                _("start with None as well: before the first backward there is no gradient."),
            ),
        ),
        "live-list": (
            _("all of its entries are the same: they show the end, not the way there."),
            (
                _("is it one list that goes on changing, or a new one for each step?"),
                _("append a copy of what is held."),
            ),
        ),
        "only-the-last": (
            _("it returns the gradient at the end; one entry for each step was expected."),
            (_("collect what is held after each step, and return the collection."),),
        ),
        "inner-function-lost": (
            _("it reports the gradient of x², not that of (x + 1)²."),
            (
                _("what is the derivative of (x + 1)² at x = 0?"),
                _("chain rule: the outer derivative is taken at x + 1, not at x."),
            ),
        ),
    }
