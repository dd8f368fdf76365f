"""Question 4: vᵀJ of y_i = a·x_i·x_(i+1) + b·x_i, whose J has two entries per row."""

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
    "J": Row(
        [[3.0, 2.0], [1.0, 1.0], [4.0, 0.0]],
        [([[3.0, 1.0, 4.0], [2.0, 1.0, 0.0]], "rows-for-columns"), ([8.0, 3.0], "summed-up")],
    ),
    "alone": Row("error", [([8.0, 3.0], "ones-by-default")]),
    "ones": Row(
        [8.0, 3.0],
        [([[3.0, 2.0], [1.0, 1.0], [4.0, 0.0]], "whole-jacobian"), ([5.0, 2.0, 4.0], "along-x")],
    ),
    "picked": Row([1.0, 1.0], [([0.0, 1.0, 0.0], "v-comes-back"), ([8.0, 3.0], "v-ignored")]),
    "weighted": Row([-5.0, 2.0], [([3.0, 0.0, -8.0], "v-comes-back"), ([8.0, 3.0], "v-ignored")]),
    "like_x": Row("error", [([8.0, 3.0], "shape-of-x"), ([5.0, 2.0, 4.0], "along-x")]),
}
"""What the notebook asks for, and what happens."""


@check("q4-predict", points=3)
def predict(student: Student, inputs: random.Random) -> Iterator[Finding]:
    """Compare the Jacobian and the five predictions."""
    ask = _('write a list of numbers, or "error" where the program stops with an error.')
    yield from judge_grid(student, "q4.prediction", GRID, 0.5, ask, _prediction_hints)


def _prediction_hints(code: str) -> tuple[str, ...]:
    """Return the hints for a wrong prediction, from a nudge to nearly the answer."""
    return {
        "rows-for-columns": (
            _("one row per output, one column per input: how many outputs does y have?"),
            _("the first row belongs to x[0] * x[1]."),
        ),
        "summed-up": (_("keep the outputs apart: each of the three has a row of its own."),),
        "ones-by-default": (
            _("backward without an argument takes 1 for the gradient of the result. 1 of what?"),
            _("with three results nobody has said how much each of them counts."),
        ),
        "whole-jacobian": (
            _("x.grad always has the shape of x."),
            _("the rows of J are added up, each one multiplied by its entry of v."),
        ),
        "along-x": (
            _("are the entries of v multiplied with the rows of J, or with its columns?"),
            _("v has one entry per output, so it weighs rows."),
        ),
        "v-comes-back": (
            _("v is what comes in at y. What comes out at x?"),
            _("multiply each row of J by its entry of v, then add the rows."),
        ),
        "v-ignored": (
            _("these are all the rows added up. Does each of them count the same here?"),
            _("a row whose entry in v is 0 does not count at all."),
        ),
        "shape-of-x": (
            _("v tells how much each output counts. How many outputs are there?"),
            _("gradient must have the shape of y, not that of x."),
        ),
    }.get(
        code,
        (_("write J and v down; multiply each row of J by its entry of v, and add the rows."),),
    )


@check("q4-implement", points=4)
def implement(student: Student, inputs: random.Random) -> Iterator[Finding]:
    """Call both functions with maps whose results are vectors and matrices."""
    seen = example(
        student,
        "vjp(lambda x: x * x, [1.0, 2.0], [1.0, 10.0])",
        [2.0, 40.0],
        _("row i of J has 2 x_i on its diagonal, and v weighs it"),
    )
    codes = [_vjp(student, inputs, shape) for shape in ((3,), (2, 2))]
    yield attempts("vjp()", 2, codes, _vjp_words(), seen)
    seen = example(
        student,
        "in_two_parts(lambda x: x * x, [1.0, 2.0], [0.0, 0.0])",
        [[2.0, 8.0], [2.0, 32.0]],
        _("v is 2(y − t) with y = [1, 4], and J has 2 and 4 on its diagonal"),
    )
    codes = [_in_two_parts(student, inputs, shape=(2, 2))]
    yield attempts("in_two_parts()", 2, codes, _two_parts_words(), seen)


def _vjp(student: Student, inputs: random.Random, shape: tuple[int, ...]) -> str:
    """Return the code for one call of `vjp`."""
    f, x, y, jacobian = _map(inputs, shape)
    v = _numbers(inputs, y.size)
    thoughts: list[tuple[object, str]] = [
        (jacobian.sum(axis=0).tolist(), "v-ignored"),
        (jacobian.tolist(), "whole-jacobian"),
        (Error("RuntimeError", "only for scalar outputs"), "no-argument"),
        (Error("RuntimeError", "Mismatch in shape"), "shape-lost"),
        (Error("TypeError", "can be either Tensors or None"), "list-for-tensor"),
    ]
    reply = student.call("vjp", f, x.tolist(), v.reshape(shape).tolist())
    return judged(reply, (v @ jacobian).tolist(), thoughts, "vjp")


def _in_two_parts(student: Student, inputs: random.Random, shape: tuple[int, ...]) -> str:
    """Return the code for one call of `in_two_parts`."""
    f, x, y, jacobian = _map(inputs, shape)
    target = _numbers(inputs, y.size)

    def parts(v: np.ndarray, through: np.ndarray) -> list[object]:
        return [v.reshape(shape).tolist(), (through @ jacobian).tolist()]

    v = 2 * (y - target)
    thoughts: list[tuple[object, str]] = [
        (parts(v / 2, v / 2), "factor-lost"),
        (parts(-v, -v), "turned-round"),
        (parts(v, np.ones(y.size)), "v-ignored"),
        (parts(v / y.size, v / y.size), "mean-for-sum"),
    ]
    reply = student.call("in_two_parts", f, x.tolist(), target.reshape(shape).tolist())
    return judged(reply, parts(v, v), thoughts, "in_two_parts")


def _map(inputs: random.Random, shape: tuple[int, ...]) -> tuple[Fn, *tuple[np.ndarray, ...]]:
    """Return a hidden map with results of this shape, a place x, and y and J there."""
    outputs = int(np.prod(shape))
    x = _numbers(inputs, outputs + 1)
    a, b = _numbers(inputs, 2).tolist()
    f = Fn(f"lambda x: ({a} * x[:-1] * x[1:] + {b} * x[:-1]).reshape({shape})")
    jacobian = np.zeros((outputs, outputs + 1))
    for i in range(outputs):
        jacobian[i, i], jacobian[i, i + 1] = a * x[i + 1] + b, a * x[i]
    return f, x, a * x[:-1] * x[1:] + b * x[:-1], jacobian


def _numbers(inputs: random.Random, count: int) -> np.ndarray:
    """Return hidden numbers away from 0."""
    signs = (inputs.choice((-1, 1)) for _index in range(count))
    return np.array([sign * round(inputs.uniform(0.5, 2), 3) for sign in signs])


def _vjp_words() -> dict[str, tuple[str, tuple[str, ...]]]:
    """Return what came back from `vjp` and the hints."""
    return {
        "v-ignored": (
            _("it returns the same for every v: the sum of all rows of J."),
            (
                _("f(x).sum().backward() weighs every output with 1."),
                _("backward takes an argument. What should it be?"),
            ),
        ),
        "whole-jacobian": (
            _("it returns the whole matrix J; the row vᵀJ was expected."),
            (_("one backward call gives it, without any J."),),
        ),
        "no-argument": (
            _("it stops: backward was called without an argument on several numbers."),
            (
                _("how is backward to know how much each output counts?"),
                _("there is an argument for that, in the shape of the result."),
            ),
        ),
        "shape-lost": (
            _("it stops for a result that is a matrix: v and the result differ in shape."),
            (_("v comes in the shape of the result. Leave it as it is."),),
        ),
        "list-for-tensor": (
            _("it stops: the argument of backward is no tensor."),
            (_("v comes as a list. Which function makes a tensor of it?"),),
        ),
    }


def _two_parts_words() -> dict[str, tuple[str, tuple[str, ...]]]:
    """Return what came back from `in_two_parts` and the hints."""
    return {
        "factor-lost": (
            _("both of its gradients are half of what was expected."),
            (_("differentiate (y_i − t_i)² with respect to y_i once more."),),
        ),
        "turned-round": (
            _("both of its gradients have the wrong sign."),
            (_("which way does the loss change when y_i grows beyond t_i?"),),
        ),
        "v-ignored": (
            _("v is right, but the gradient with respect to x does not use it."),
            (
                _("which argument did the backward call get?"),
                _("you have just worked out how much each output counts."),
            ),
        ),
        "mean-for-sum": (
            _("both of its gradients are divided by the number of outputs."),
            (_("the loss is a sum, not a mean."),),
        ),
    }
