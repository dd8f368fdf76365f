"""Question 3: the control-flow function of a vector or a matrix.

Whatever the shape, f(a) = k·a with one number k for the whole tensor, so its Jacobian is k·I.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Iterator
from typing import Any

from autograd_lab.grading.check import Finding, check
from autograd_lab.grading.codec import Error
from autograd_lab.grading.example import example
from autograd_lab.grading.predictions import Row, judge_grid
from autograd_lab.grading.student import Student
from autograd_lab.grading.words import Thoughts, Words, attempts, judged
from autograd_lab.i18n import _

NAN = math.nan
NEVER = "never"
LINES = 10_000
"""So many lines a call may run; a function that ends takes a few dozen."""
GRID = {
    "mixed": Row(
        [25600.0, 25600.0],
        [
            ([256.0, 25600.0], "element-wise-branch"),
            ([25600.0, 256.0], "element-wise-branch"),
            ([256.0, 256.0], "branch-overlooked"),
            ([76800.0, -102400.0], "value-for-gradient"),
        ],
    ),
    "norm": Row([4.0, 4.0], [([2.0, 2.0], "one-norm"), ([8.0, 4.0], "element-wise-loop")]),
    "mean": Row([128.0, 128.0], [([256.0, 256.0], "sum-for-mean")]),
    "zero_entry": Row(
        [256.0, 256.0], [([NAN, 256.0], "divided-by-zero"), ([0.0, 256.0], "zero-stays-zero")]
    ),
    "nan": Row(
        [200.0, 200.0],
        [
            ([NAN, NAN], "nan-everywhere"),
            ([NAN, 200.0], "nan-everywhere"),
            ([2.0, 2.0], "nan-is-positive"),
            (NEVER, "nan-never-ends"),
        ],
    ),
    "zeros": Row(NEVER, [([0.0, 0.0], "zero-gradient"), ([2.0, 2.0], "ends-at-once")]),
}
"""What the notebook asks for, and what happens."""


@check("q3-predict", points=3)
def predict(student: Student, inputs: random.Random) -> Iterator[Finding]:
    """Compare the six predictions with what happens."""
    ask = _('write the two numbers as a list, or "never" for a program that does not end.')
    yield from judge_grid(student, "q3.prediction", GRID, 0.5, ask, _prediction_hints)


def _prediction_hints(code: str) -> tuple[str, ...]:
    """Return the hints for a wrong prediction, from a nudge to nearly the answer."""
    return {
        "element-wise-branch": (
            _("how often does the line with if run, for the two numbers together?"),
            _("b.sum() > 0 is one question with one answer, and all of b goes one way."),
        ),
        "branch-overlooked": (
            _("which way does the if go? Add up the entries of b."),
            _("3 − 4 is negative, so the factor 100 is in it, for both entries."),
        ),
        "value-for-gradient": (
            _("that is f(a). How does f(a) change when an entry of a grows by 1?"),
        ),
        "one-norm": (
            _("b.norm() adds squares and takes the root. What is the norm of [480, 640]?"),
            _("it is 800, below 1000, though the entries add up to more."),
        ),
        "element-wise-loop": (
            _("the loop asks one question about the whole of b, not one per entry."),
        ),
        "sum-for-mean": (
            _("mean() divides by the number of entries. What becomes of the gradient?"),
        ),
        "divided-by-zero": (
            _("d / a is NaN there, yes. But does backward divide by anything?"),
            _("each entry of d is k times its own entry of a. The slope of k·a at 0 is …"),
        ),
        "zero-stays-zero": (_("the value stays 0. Is the slope of k·a at 0 also 0?"),),
        "nan-everywhere": (
            _("does the derivative of a doubling need the value that is doubled?"),
            _("the gradient is a product of factors 2 and 100. Which of them are in it?"),
        ),
        "nan-is-positive": (_("NaN > 0 is False. Which way does the if go?"),),
        "nan-never-ends": (_("NaN < 1000 is False. How often does the loop run?"),),
        "zero-gradient": (_("what is 2 · 0? When will the norm reach 1000?"),),
        "ends-at-once": (_("0 < 1000 is True: the loop goes on. When does that change?"),),
    }.get(
        code,
        (
            _("write down b and its norm, line by line."),
            _("count the doublings, then ask which way the if goes."),
        ),
    )


@check("q3-implement", points=4)
def implement(student: Student, inputs: random.Random) -> Iterator[Finding]:
    """Call both functions, first with a tensor that may be seen, then with hidden ones."""
    because = _("2·5 has to be doubled seven times to reach 1000, so k is 2⁸")
    seen_gradient = example(student, "gradient([3.0, 4.0])", [256.0, 256.0], because)
    seen_factor = example(student, "factor([3.0, 4.0])", 256.0, because)
    words = _words()
    x, y, z = (round(inputs.uniform(0.5, 2), 3) for _index in range(3))

    code = _gradient(student, [-x, [x, y, -x], [[-x, y, -z], [-y, x, -z]]])
    yield attempts("gradient()", 1, [code], words, seen_gradient)
    code = _gradient(student, [*_at_the_threshold(inputs), [0.0, y, z], [[-x, x]]])
    yield attempts(_("gradient() at the limits"), 0.5, [code], words, seen_gradient)
    code = _gradient(student, [[NAN, x], [[y, NAN], [-z, x]]])
    yield attempts(_("gradient() with a NaN"), 0.5, [code], words, seen_gradient)
    code = _factor(student, [-x, [0.0, y, z], [[x, -x], [0.0, 0.0]]])
    yield attempts("factor()", 1, [code], words, seen_factor)
    codes = [_never(student, "gradient", [0.0, [[0.0, 0.0]]]), _never(student, "factor", [[0.0]])]
    yield attempts(_("where f never ends"), 1, codes, words)


def _gradient(student: Student, tensors: list[Any]) -> str:
    """Return the code for calls of `gradient`."""
    right = _each(tensors, lambda x, a: _k(a))
    thoughts: Thoughts = [
        (_each(tensors, lambda x, a: _k(a) ** 2 * x), "d-as-gradient"),
        (_each(tensors, lambda x, a: _factor_of(math.hypot(*a), x)), "element-wise-branch"),
        (_each(tensors, lambda x, a: _k(a) / len(a)), "mean-for-sum"),
        (_each(tensors, lambda x, a: _factor_of(sum(map(abs, a)), sum(a))), "one-norm"),
        (_each(tensors, lambda x, a: _k(a) * (x / x if x else NAN)), "divided-by-zero"),
        ([NEVER if 0 in _flat(a) else k for a, k in zip(tensors, right, strict=True)], "too-early"),
        ([k if sum(_flat(a)) else NEVER for a, k in zip(tensors, right, strict=True)], "too-early"),
        (Error("RuntimeError", "only for scalar outputs"), "not-a-scalar"),
        (Error("TooLong", ""), "runs-forever"),
    ]
    return judged(_called(student, "gradient", tensors), right, thoughts, "gradient")


def _factor(student: Student, tensors: list[Any]) -> str:
    """Return the code for calls of `factor`, with a vector that starts with 0 and a sum that is 0."""
    k, after_zero, balanced = right = [_k(_flat(tensor)) for tensor in tensors]
    thoughts: Thoughts = [
        ([k, NAN, balanced], "divided-by-zero"),
        ([k, after_zero, NAN], "divided-by-zero"),
        ([k, NAN, NAN], "divided-by-zero"),
        (Error("ZeroDivisionError", ""), "divided-by-zero"),
        (_each(tensors, lambda x, a: _k(a) if x else NAN), "several-numbers"),
        (_each(tensors, lambda x, a: _k(a)), "several-numbers"),
        (Error("TooLong", ""), "runs-forever"),
    ]
    return judged(_called(student, "factor", tensors), right, thoughts, "factor")


def _never(student: Student, name: str, zeros: list[Any]) -> str:
    """Return the code for calls with nothing but zeros, which no doubling makes larger."""
    thoughts: Thoughts = [
        (Error("TooLong", ""), "runs-forever"),
        (zeros, "zero-gradient"),
        ([0.0 for _tensor in zeros], "zero-gradient"),
    ]
    return judged(_called(student, name, zeros), [NEVER for _tensor in zeros], thoughts, name)


def _called(student: Student, name: str, tensors: list[Any]) -> object:
    """Return what a function returns for each tensor; one that does not end is stopped."""
    source = f"""
from autograd_lab.grading.limit import within
_replies = [within(lines, {name}, tensor) for tensor in tensors]
_replies if any(reply is not None for reply in _replies) else None
"""
    return student.run(source, lines=LINES, tensors=tensors)


def _at_the_threshold(inputs: random.Random) -> list[list[float]]:
    """Return two vectors: twice the first has a norm just below 1000, twice the second has 1000."""
    a, b = inputs.choice([(300.0, 400.0), (140.0, 480.0), (176.0, 468.0)])
    return [[0.999 * b, 0.999 * a], [a, b]]


def _k(a: list[float]) -> float:
    """Return the k of f(a) = k·a."""
    return _factor_of(math.hypot(*a), sum(a))


def _factor_of(norm: float, total: float) -> float:
    """Return k for a tensor with this norm and this sum, which may be NaN; the norm is not 0."""
    k = 2.0
    while k * norm < 1000:
        k *= 2
    return k if total > 0 else 100 * k


def _flat(tensor: Any) -> list[float]:
    """Return the entries of nested lists."""
    return [x for each in tensor for x in _flat(each)] if isinstance(tensor, list) else [tensor]


def _each(tensors: list[Any], entry: Callable[[float, list[float]], object]) -> list[Any]:
    """Return tensors of the same shapes, from each entry and all the entries of its tensor."""

    def mapped(nested: Any, a: list[float]) -> Any:
        if isinstance(nested, list):
            return [mapped(each, a) for each in nested]
        return entry(nested, a)

    return [mapped(tensor, _flat(tensor)) for tensor in tensors]


def _words() -> Words:
    """Return what came back instead of what was expected, and the hints."""
    return {
        "d-as-gradient": (
            _("it returns k² a: d itself went into backward as the gradient."),
            (
                _("what does the argument of backward stand for?"),
                _("for the gradient of d.sum(), each entry of d counts with weight 1."),
            ),
        ),
        "element-wise-branch": (
            _("entries of one tensor get different numbers; the if decides for all of them."),
            (
                _("does your code decide entry by entry? The function f does not."),
                _("b.sum() > 0 has one answer. It is the same for every entry."),
            ),
        ),
        "mean-for-sum": (
            _("the gradient is divided by the number of entries."),
            _("the gradient of d.sum() was asked for, not that of the mean."),
        ),
        "one-norm": (
            _("the number of doublings is not right: the loop asks for another norm."),
            _("norm() without an argument is the root of the sum of squares."),
        ),
        "divided-by-zero": (
            _("it divides by an entry of a, which gives NaN (or an error) where that is 0 or NaN."),
            (
                _("f(a) = k·a holds for each entry. Does each entry tell you k?"),
                _("the gradient comes from backward; k can be read off an entry that is not 0."),
            ),
        ),
        "too-early": (
            _('it answers "never" for a tensor for which the loop does end.'),
            _("the loop looks at the norm. When is the norm of a tensor 0?"),
        ),
        "not-a-scalar": (
            _("it stops: backward was called on a tensor with several entries."),
            (
                _("the gradient of which number is asked for?"),
                _("add up the entries of d first."),
            ),
        ),
        "runs-forever": (
            _("for some tensor it does not come to an end, and was stopped."),
            (
                _("for which a does doubling never help? And what does NaN < 1000 say?"),
                _("look at a before you call f."),
            ),
        ),
        "several-numbers": (
            _("it returns a number for every entry; one number for the whole tensor was expected."),
            _("all of them are the same number, where they are numbers at all. Pick one."),
        ),
        "zero-gradient": (
            _('for a tensor of zeros it returns 0; "never" was expected.'),
            _("there is no result to differentiate: what does the loop do?"),
        ),
    }
