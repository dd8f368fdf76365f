"""Question 3: three functions whose in-place changes hit what backward needs, to be repaired."""

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
    "leaf": Row("error", [([2.0, 3.0], "leaf-may-change")]),
    "square": Row([2.0, 4.0], [("error", "all-in-place-is-wrong"), ([3.0, 5.0], "sum-for-factor")]),
    "exponential": Row("error", [([float(np.e), float(np.e**2)], "result-not-needed")]),
    "times_ten": Row(
        [20.0, 20.0], [("error", "all-in-place-is-wrong"), ([10.0] * 2, "not-recorded")]
    ),
    "factor": Row("error", [([4.0, 6.0], "input-not-needed"), ([6.0, 8.0], "new-value-used")]),
    "behind_its_back": Row(
        "error", [([2.0, 4.0], "detach-copies"), ([4.0, 6.0], "new-value-used")]
    ),
}
"""What the notebook asks for, and what happens."""
CHANGED = Error("RuntimeError", "modified by an inplace operation")
NO_GRAD = Error("AttributeError", "'NoneType'")
NO_GRAPH = Error("RuntimeError", "does not require grad")


@check("q3-predict", points=3)
def predict(student: Student, inputs: random.Random) -> Iterator[Finding]:
    """Compare the six predictions with what is printed."""
    ask = _('write two numbers as a list, or "error" where the program stops with an error.')
    yield from judge_grid(student, "q3.prediction", GRID, 0.5, ask, _prediction_hints)


def _prediction_hints(code: str) -> tuple[str, ...]:
    """Return the hints for a wrong prediction, from a nudge to nearly the answer."""
    return {
        "leaf-may-change": (
            _("x requires grad, and the change would be recorded. Would x stay a leaf?"),
        ),
        "all-in-place-is-wrong": (
            _("write down what the operation before the change has saved."),
            _("is the tensor that changes among what was saved?"),
        ),
        "sum-for-factor": (_("adding 1 to y changes its value. Does it change its slope?"),),
        "result-not-needed": (
            _("what is the derivative of the exponential, in terms of its result?"),
            _("exp saves its result, and y += 1 changes that very tensor."),
        ),
        "not-recorded": (
            _("a change in place of a result is an operation like any other."),
            _("y is multiplied by 10, then by 2: both are in the graph."),
        ),
        "input-not-needed": (
            _("what does the derivative of u * u need?"),
            _("the product saved u, and u += 1 changes it before backward comes."),
        ),
        "new-value-used": (
            _("a gradient at the changed value would be wrong for the y that was computed."),
            _("backward compares versions, and refuses a saved tensor that has changed."),
        ),
        "detach-copies": (
            _("does detach copy the numbers, or share the memory of x?"),
            _("x * x saved x. Its numbers change, and its version counts that."),
        ),
    }.get(code, (_("for each operation: what does it save, and who changes it afterwards?"),))


@check("q3-implement", points=4)
def implement(student: Student, inputs: random.Random) -> Iterator[Finding]:
    """Compare what the three repaired functions return with formulas, for hidden values."""
    seen = example(
        student, "exp_plus_one([0.0])", [4.0], _("the derivative is 2 (e⁰ + 1) · e⁰ = 2 · 2 · 1")
    )
    codes = [_exp_plus_one(student, inputs, size=3)]
    yield attempts("exp_plus_one()", 1, codes, _exp_words(), seen)
    seen = example(
        student,
        "negatives_to_one([2.0, -5.0])",
        [12.0, 0.0],
        _("3 · 2² is 12, and the negative value has no influence"),
    )
    codes = [_negatives_to_one(student, inputs, size=3)]
    yield attempts("negatives_to_one()", 1, codes, _negatives_words(), seen)
    seen = example(
        student,
        "running_products([2.0, 3.0])",
        [[2.0, 6.0], [4.0, 2.0]],
        _("the sum is x_0 + x_0 x_1, with the derivatives 1 + x_1 and x_0"),
    )
    codes = [_running_products(student, inputs, size=4)]
    yield attempts("running_products()", 2, codes, _products_words(), seen)


def _exp_plus_one(student: Student, inputs: random.Random, size: int) -> str:
    """Return the code for one call of `exp_plus_one`."""
    x = _numbers(inputs, size)
    thoughts: list[tuple[object, str]] = [
        ((2 * np.exp(x) ** 2).tolist(), "one-left-out"),
        (((2 * (np.exp(x) + 1)) * (np.exp(x) + 1)).tolist(), "wrong-factor"),
        ((2 * (np.exp(x) + 1)).tolist(), "exp-cut-off"),
        (CHANGED, "still-in-place"),
        (NO_GRAPH, "all-cut"),
        (NO_GRAD, "leaf-lost"),
    ]
    right = (2 * (np.exp(x) + 1) * np.exp(x)).tolist()
    return judged(student.call("exp_plus_one", x.tolist()), right, thoughts, "exp_plus_one")


def _negatives_to_one(student: Student, inputs: random.Random, size: int) -> str:
    """Return the code for one call of `negatives_to_one`."""
    x = np.abs(_numbers(inputs, 2 * size))
    x[size:] *= -1
    kept = x > 0
    thoughts: list[tuple[object, str]] = [
        (np.where(kept, 3 * x**2, 3.0).tolist(), "silenced-not-repaired"),
        ((3 * x**2).tolist(), "nothing-replaced"),
        (Error("RuntimeError", "leaf Variable"), "leaf-still-changed"),
        (NO_GRAD, "leaf-lost"),
    ]
    right = np.where(kept, 3 * x**2, 0.0).tolist()
    return judged(student.call("negatives_to_one", x.tolist()), right, thoughts, "negatives_to_one")


def _running_products(student: Student, inputs: random.Random, size: int) -> str:
    """Return the code for one call of `running_products`."""
    x = _numbers(inputs, size)
    p = np.cumprod(x)
    gradient = [sum(p[i:]) / x[i] for i in range(size)]
    before = np.concatenate([[1.0], p[:-1]])
    thoughts: list[tuple[object, str]] = [
        ([p.tolist(), before.tolist()], "history-cut"),
        ([p.tolist(), [p[-1] / x_i for x_i in x]], "last-only"),
        (CHANGED, "still-in-place"),
        (NO_GRAPH, "all-cut"),
    ]
    reply = student.call("running_products", x.tolist())
    return judged(reply, [p.tolist(), gradient], thoughts, "running_products")


def _numbers(inputs: random.Random, count: int) -> np.ndarray:
    """Return hidden numbers away from 0."""
    signs = (inputs.choice((-1, 1)) for _index in range(count))
    return np.array([sign * round(inputs.uniform(0.5, 2), 3) for sign in signs])


def _shared_words() -> dict[str, tuple[str, tuple[str, ...]]]:
    """Return what can happen to each of the functions."""
    return {
        "still-in-place": (
            _("backward still finds that something it had saved was changed."),
            (
                _("which tensor was saved, and which line changes it afterwards?"),
                _("make a new tensor there instead of changing the old one."),
            ),
        ),
        "all-cut": (
            _("it stops: what is differentiated has lost its history."),
            (_("the change belongs to the computation. It must be recorded, not hidden."),),
        ),
        "leaf-lost": (
            _("it stops: x.grad is None."),
            (
                _("does x still stand for the leaf when you read x.grad?"),
                _("give the changed copy a name of its own."),
            ),
        ),
    }


def _exp_words() -> dict[str, tuple[str, tuple[str, ...]]]:
    """Return what came back from `exp_plus_one`, and the hints."""
    return {
        **_shared_words(),
        "one-left-out": (
            _("it returns the gradient of Σ (e^x)²; the 1 has got lost."),
            (_("y = x.exp() + 1 makes a new tensor. Is it the one that is squared?"),),
        ),
        "wrong-factor": (
            _("it multiplies by e^x + 1 where the derivative of exp is e^x."),
            (
                _("is the saved result of exp the one before the change, or after it?"),
                _("changing it through .data deceives backward. Do not change it at all."),
            ),
        ),
        "exp-cut-off": (
            _("its gradient does not go through the exponential."),
            (_("with respect to which tensor is it the gradient: y, or x?"),),
        ),
    }


def _negatives_words() -> dict[str, tuple[str, tuple[str, ...]]]:
    """Return what came back from `negatives_to_one`, and the hints."""
    return {
        **_shared_words(),
        "silenced-not-repaired": (
            _("at the negative values it returns 3; they have no influence, so 0 was expected."),
            (
                _("no_grad, detach and .data hide the replacement from the graph. Is that wanted?"),
                _("replace in a copy that knows where it came from, and keep x as the leaf."),
            ),
        ),
        "nothing-replaced": (
            _("it returns 3x² everywhere, as if nothing had been replaced."),
            (_("which tensor is raised to the third power: x, or the changed copy?"),),
        ),
        "leaf-still-changed": (
            _("it stops: the leaf itself is still changed in place."),
            (
                _("the leaf must stay as it is. What else could carry the ones?"),
                _("change a recorded copy, or choose element by element."),
            ),
        ),
    }


def _products_words() -> dict[str, tuple[str, tuple[str, ...]]]:
    """Return what came back from `running_products`, and the hints."""
    return {
        **_shared_words(),
        "history-cut": (
            _("the products are right; the gradient takes each product before as a constant."),
            (
                _("x_0 is a factor of every product. Does its gradient know that?"),
                _("use the tensor of the product before, not its number."),
            ),
        ),
        "last-only": (
            _("the products are right; the gradient is that of the last one alone."),
            (_("backward starts at the sum of all of them."),),
        ),
    }
