"""Question 4: sums that undo broadcasting, and exp(a·b) with its own backward."""

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

GRID = {
    "row": Row([2.0] * 3, [([1.0] * 3, "copies-not-added"), ([3.0] * 3, "wrong-axis")]),
    "column": Row(
        [[3.0], [3.0]],
        [
            ([[1.0], [1.0]], "copies-not-added"),
            ([[2.0], [2.0]], "wrong-axis"),
            ([3.0, 3.0], "axis-lost"),
        ],
    ),
    "number": Row(6.0, [(1.0, "copies-not-added")]),
    "average": Row([1 / 3] * 3, [([2.0] * 3, "mean-forgotten"), ([1 / 6] * 3, "copies-not-added")]),
}
"""What the notebook asks for, and what happens."""


@check("q4-predict", points=2)
def predict(student: Student, inputs: random.Random) -> Iterator[Finding]:
    """Compare the four predictions with what is printed."""
    ask = _("write a number, or a list in the shape of b; 1 / 3 is a number, too.")
    yield from judge_grid(student, "q4.prediction", GRID, 0.5, ask, _prediction_hints)


def _prediction_hints(code: str) -> tuple[str, ...]:
    """Return the hints for a wrong prediction, from a nudge to nearly the answer."""
    return {
        "copies-not-added": (
            _("with how many elements of a is one element of b multiplied?"),
            _("each of these products is a use of it, and brings a contribution of its own."),
        ),
        "wrong-axis": (
            _("along which axis is b copied: down the rows, or along the columns?"),
            _("write a out as 2 rows of 3, and b beside it."),
        ),
        "axis-lost": (_("a gradient has the shape of its tensor, axes of size 1 included."),),
        "mean-forgotten": (_("mean divides by the number of elements. What does that do here?"),),
    }.get(code, (_("write out the 6 products, and which element of b is in each of them."),))


@check("q4-implement", points=5)
def implement(student: Student, inputs: random.Random) -> Iterator[Finding]:
    """Try a gradient with both kinds of broadcast axes, then the Function."""
    seen = example(
        student,
        "summed([[1.0, 2.0], [3.0, 4.0]], [2])",
        [4.0, 6.0],
        _("the row was copied twice, and each of its elements gets a sum of two"),
    )
    yield attempts("undo_broadcast()", 2, [_summed(student, inputs)], _summed_words(), seen)
    seen = example(
        student,
        "through([1.0, 2.0], [0.0, 0.0], [1.0, 10.0])",
        [[1.0, 1.0], [0.0, 0.0], [1.0, 20.0]],
        _("e⁰ is 1, so what comes in is multiplied by the other factor alone"),
    )
    yield attempts("ExpProduct", 3, [_through(student, inputs)], _through_words(), seen)


def _summed(student: Student, inputs: random.Random) -> str:
    """Return the code for a gradient of shape (2, 3, 4) and an array of shape (3, 1)."""
    grad = _numbers(inputs, 24).reshape(2, 3, 4)
    right = grad.sum(axis=(0, 2)).reshape(3, 1)
    thoughts: list[tuple[object, str]] = [
        (grad.mean(axis=(0, 2)).reshape(3, 1).tolist(), "mean-for-sum"),
        (grad.sum(axis=2, keepdims=True).tolist(), "leading-axis-left"),
        (grad.sum(axis=0).tolist(), "stretched-axis-left"),
        (grad.sum(axis=(0, 2)).tolist(), "axis-lost"),
        (grad[0, :, :1].tolist(), "one-copy-kept"),
    ]
    reply = student.call("summed", grad.tolist(), [3, 1])
    return judged(reply, right.tolist(), thoughts, "undo_broadcast")


def _through(student: Student, inputs: random.Random) -> str:
    """Return the code for one pass through the Function, there and back."""
    a, b, grad = (_numbers(inputs, 3) for _index in range(3))
    y = np.exp(a * b)

    def lists(by_a: np.ndarray, by_b: np.ndarray) -> list[object]:
        return [y.tolist(), by_a.tolist(), by_b.tolist()]

    thoughts: list[tuple[object, str]] = [
        (lists(grad * y * a, grad * y * b), "sides-exchanged"),
        (lists(y * b, y * a), "incoming-ignored"),
        (lists(grad * b, grad * a), "exponential-lost"),
        (lists(grad * y, grad * y), "product-lost"),
        (Error("RuntimeError", "incorrect number of gradients"), "one-gradient-missing"),
    ]
    reply = student.call("through", a.tolist(), b.tolist(), grad.tolist())
    return judged(reply, lists(grad * y * b, grad * y * a), thoughts, "ExpProduct")


def _numbers(inputs: random.Random, count: int) -> np.ndarray:
    """Return hidden numbers away from 0."""
    signs = (inputs.choice((-1, 1)) for _index in range(count))
    return np.array([sign * round(inputs.uniform(0.5, 2), 3) for sign in signs])


def _summed_words() -> dict[str, tuple[str, tuple[str, ...]]]:
    """Return what came back from `undo_broadcast`, and the hints."""
    return {
        "mean-for-sum": (
            _("it averages over the copies; their sum was expected."),
            (_("if one number is used four times, does each use count a quarter?"),),
        ),
        "leading-axis-left": (
            _("axes that broadcasting put in front are still there."),
            (
                _("how many axes has the gradient, how many the shape?"),
                _("the axes in front that the shape does not have are summed away."),
            ),
        ),
        "stretched-axis-left": (
            _("an axis that had the size 1 before is still as long as it was stretched."),
            (
                _("where does the shape say 1, and what does the gradient have there?"),
                _("sum along such an axis, and keep it with the size 1."),
            ),
        ),
        "axis-lost": (
            _("its sums are right, but an axis of size 1 has got lost."),
            (_("which argument of sum keeps an axis?"),),
        ),
        "one-copy-kept": (
            _("it returns the gradient of one copy; the sum over all of them was expected."),
            (_("how many copies of each number did broadcasting make?"),),
        ),
    }


def _through_words() -> dict[str, tuple[str, tuple[str, ...]]]:
    """Return what came back from `through`, and the hints."""
    return {
        "sides-exchanged": (
            _("a and b have each other's gradient."),
            (_("how does a · b change with a: by a, or by b?"),),
        ),
        "incoming-ignored": (
            _("its gradients do not depend on the gradient that comes in at the result."),
            (
                _("what is the argument of backward for?"),
                _("whatever comes after the operation is in that argument: multiply by it."),
            ),
        ),
        "exponential-lost": (
            _("its gradients are those of the product alone."),
            (_("chain rule: what is the derivative of the exponential?"),),
        ),
        "product-lost": (
            _("its gradients are those of the exponential alone."),
            (_("chain rule: what is the derivative of a · b by a?"),),
        ),
        "one-gradient-missing": (
            _("it stops: backward returns fewer gradients than forward takes arguments."),
            (_("forward takes a and b. One gradient for each of them, in that order."),),
        ),
    }
