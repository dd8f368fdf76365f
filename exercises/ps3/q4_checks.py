"""Question 4: leaves by their values and gradients; a step of one must not show in another."""

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
    "plain": Row(True, [(False, "flag-makes-leaf")]),
    "scaled": Row(False, [(True, "name-makes-leaf")]),
    "scaled_first": Row(True, [(False, "result-for-ever")]),
    "doubled": Row(False, [(True, "cast-is-nothing")]),
    "unrecorded": Row(True, [(False, "unrecorded-result")]),
    "parameter": Row(True, [(False, "history-stays")]),
}
"""What the notebook asks for, and what happens."""
NO_GRAD = [Error("AttributeError", "'NoneType'"), Error("TypeError", "NoneType")]
NO_FLAG = Error("RuntimeError", "does not require grad")


@check("q4-predict", points=3)
def predict(student: Student, inputs: random.Random) -> Iterator[Finding]:
    """Compare the six predictions with what is printed."""
    ask = _("write True or False.")
    yield from judge_grid(student, "q4.prediction", GRID, 0.5, ask, _prediction_hints)


def _prediction_hints(code: str) -> tuple[str, ...]:
    """Return the hints for a wrong prediction, from a nudge to nearly the answer."""
    return {
        "flag-makes-leaf": (
            _("does being a leaf depend on requires_grad?"),
            _("no operation has made this tensor."),
        ),
        "name-makes-leaf": (
            _("which tensor is multiplied, and which one is named w?"),
            _("w has a grad_fn: MulBackward0."),
        ),
        "result-for-ever": (
            _("did anything require grad while 0.1 was multiplied?"),
            _("nothing was recorded, so w has no history when its flag is set."),
        ),
        "cast-is-nothing": (
            _("is a tensor of another dtype the same tensor?"),
            _("double() is an operation, and it is recorded."),
        ),
        "unrecorded-result": (
            _("w is a result. But was the operation recorded?"),
            _("without a grad_fn there is nothing to go on to, so it is a leaf."),
        ),
        "history-stays": (
            _("would it make sense for a parameter to be the result of something?"),
            _("Parameter takes the values alone, without their history."),
        ),
    }.get(code, (_("has an operation that was recorded made this tensor?"),))


@check("q4-implement", points=4)
def implement(student: Student, inputs: random.Random) -> Iterator[Finding]:
    """Let the locked cell try the three kinds of leaves on hidden values."""
    seen = example(
        student,
        "try_scaled([2.0], 0.5)",
        [[1.0], [3.0]],
        _("the leaf holds 0.5 · 2, and its gradient is 3w²"),
    )
    codes = [_scaled(student, inputs, size=3)]
    yield attempts("scaled()", 1, codes, _scaled_words(), seen)
    seen = example(
        student,
        "try_precise([1.000000001])",
        [[1.0], [1e9]],
        _("double precision tells 1.000000001 from 1"),
    )
    codes = [_precise(student, inputs, size=3)]
    yield attempts("precise()", 1, codes, _precise_words(), seen)
    seen = example(
        student,
        "try_restart([2.0])",
        [[-10.0], [2.0], [12.0], [4.0]],
        _("the new leaf moves from 2 by its gradient 12; the old one keeps 2 and its gradient 4"),
    )
    codes = [_restart(student, inputs, size=3)]
    yield attempts("restart()", 2, codes, _restart_words(), seen)


def _scaled(student: Student, inputs: random.Random, size: int) -> str:
    """Return the code for one leaf with scaled values."""
    values, factor = _numbers(inputs, size), round(inputs.uniform(0.2, 0.6), 3)
    w = factor * values
    thoughts: list[tuple[object, str]] = [
        *((error, "no-leaf-returned") for error in NO_GRAD),
        ([values.tolist(), (3 * values**2).tolist()], "factor-missing"),
        (NO_FLAG, "flag-missing"),
    ]
    reply = student.call("try_scaled", values.tolist(), factor)
    return judged(reply, [w.tolist(), (3 * w**2).tolist()], thoughts, "scaled")


def _precise(student: Student, inputs: random.Random, size: int) -> str:
    """Return the code for one leaf in double precision, with values very near to 1."""
    far = [float(inputs.randint(1, 20)) for _index in range(size)]
    slopes = [1e9] * size
    thoughts: list[tuple[object, str]] = [
        *((error, "no-leaf-returned") for error in NO_GRAD),
        ([[0.0] * size, slopes], "single-precision"),
        (NO_FLAG, "flag-missing"),
    ]
    reply = student.call("try_precise", [1 + number / 1e9 for number in far])
    return judged(reply, [far, slopes], thoughts, "precise")


def _restart(student: Student, inputs: random.Random, size: int) -> str:
    """Return the code for one new leaf after a step of it."""
    v = _numbers(inputs, size)
    moved, slope, old = v - 3 * v**2, 3 * v**2, 2 * v
    astray = old + slope
    thoughts: list[tuple[object, str]] = [
        *((error, "no-leaf-returned") for error in NO_GRAD),
        (_lists(moved, moved, slope, old), "memory-shared"),
        (_lists(v - astray, v - astray, astray, astray), "same-tensor"),
        (_lists(moved, v, slope, astray), "history-kept"),
        (NO_FLAG, "flag-missing"),
    ]
    right = _lists(moved, v, slope, old)
    return judged(student.call("try_restart", v.tolist()), right, thoughts, "restart")


def _lists(*arrays: np.ndarray) -> list[object]:
    return [array.tolist() for array in arrays]


def _numbers(inputs: random.Random, count: int) -> np.ndarray:
    """Return hidden numbers away from 0."""
    signs = (inputs.choice((-1, 1)) for _index in range(count))
    return np.array([sign * round(inputs.uniform(0.5, 2), 3) for sign in signs])


def _shared_words() -> dict[str, tuple[str, tuple[str, ...]]]:
    """Return what is amiss with a tensor that is no leaf, or does not require grad."""
    return {
        "no-leaf-returned": (
            _("the tensor it returns gets no gradient: it is the result of a recorded operation."),
            (
                _("in which order do you make the values and ask for gradients?"),
                _("compute first, and let the finished tensor require grad."),
            ),
        ),
        "flag-missing": (
            _("the tensor it returns does not require grad."),
            (_("which argument, or which method, asks for gradients?"),),
        ),
    }


def _scaled_words() -> dict[str, tuple[str, tuple[str, ...]]]:
    """Return what is amiss with the tensor of `scaled`, and the hints."""
    return {
        **_shared_words(),
        "factor-missing": (
            _("the leaf holds the values as they came, without the factor."),
            (_("multiply before the tensor requires grad."),),
        ),
    }


def _precise_words() -> dict[str, tuple[str, tuple[str, ...]]]:
    """Return what is amiss with the tensor of `precise`, and the hints."""
    return {
        **_shared_words(),
        "single-precision": (
            _("the leaf holds exactly 1 where the value is a billionth away from it."),
            (
                _("how many digits has a tensor of the usual dtype?"),
                _("converted afterwards, lost digits do not return: name the dtype at once."),
            ),
        ),
    }


def _restart_words() -> dict[str, tuple[str, tuple[str, ...]]]:
    """Return what is amiss with the tensor of `restart`, and the hints."""
    return {
        **_shared_words(),
        "memory-shared": (
            _("a step of the new leaf changes the old tensor as well."),
            (
                _("does detach copy the numbers?"),
                _("which method gives the copy memory of its own?"),
            ),
        ),
        "same-tensor": (
            _("it returns the old tensor itself, and gradients of both lives add up in it."),
            (_("a new leaf has new memory, and no history. What gives the one, what the other?"),),
        ),
        "history-kept": (
            _("the old leaf's gradient has changed: the new tensor still leads back to it."),
            (
                _("clone is recorded. What cuts the copy off from where it came from?"),
                _("retain_grad shows a gradient; it does not make a leaf."),
            ),
        ),
    }
