"""Question 2: backward again, right after backward. What happens, and why?

Every number a check expects comes from a formula written here, never from the student's process.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from itertools import accumulate

from autograd_lab.grading.check import Finding, Mistaken, check, near
from autograd_lab.grading.codec import Error, Fn
from autograd_lab.grading.example import example
from autograd_lab.grading.student import Student
from autograd_lab.i18n import _

# The programs of the grid work on x = [1, 2, 3] and y = x·x, whose gradient is 2x.
SINGLE = [2.0, 4.0, 6.0]
TWICE = [4.0, 8.0, 12.0]
ONES = [1.0, 1.0, 1.0]
ZEROS = [0.0, 0.0, 0.0]
GRID: dict[str, object] = {
    "again": "error",
    "retained": TWICE,
    "zeroed": SINGLE,
    "fresh": TWICE,
    "nothing_saved": [2.0, 2.0, 2.0],
    "two_losses": "error",
}
"""What each program ends with: an error, or this in `x.grad`."""

FREED = "backward through the graph a second time"


@check("q2-predict", points=3)
def predict(student: Student, inputs: random.Random) -> Iterator[Finding]:
    """Compare the six predictions with what happens."""
    answer = student.answer("q2.prediction")
    if not isinstance(answer, dict):
        what = _("the variable q2_prediction should be a dict with one entry per program.")
        hint = _("keep the names of the programs, and write what you expect in place of each None.")
        raise Mistaken(Finding("q2_prediction", 0, 3, "no-dict", what, hint))
    for name, truth in GRID.items():
        predicted = answer.get(name)
        if _agrees(predicted, truth):
            yield Finding(name, 0.5, 0.5)
        elif predicted is None:
            what = _("there is no prediction yet.")
            hint = _('write "error", or the three numbers you expect in x.grad.')
            yield Finding(name, 0, 0.5, "not-answered", what, hint)
        else:
            what = _("that is not what this program ends with. You may run it and see.")
            code = _misconception(name, predicted, answer)
            yield Finding(name, 0, 0.5, code, what, _prediction_hint(code))


def _agrees(predicted: object, outcome: object) -> bool:
    """Tell whether a prediction means this outcome."""
    if outcome == "error":
        return isinstance(predicted, str) and predicted.strip().lower() == "error"
    return near(predicted, outcome)


def _misconception(name: str, predicted: object, answer: dict[object, object]) -> str:
    """Name the thought that leads to a wrong prediction."""
    replaces = _agrees(answer.get("fresh"), SINGLE)
    thoughts: dict[str, list[tuple[object, str]]] = {
        "again": [(SINGLE, "expects-the-same"), (TWICE, "never-freed")],
        "retained": [
            (SINGLE, "expects-overwrite" if replaces else "retain-graph-cure-all"),
            ("error", "retain-graph-ignored"),
        ],
        "zeroed": [(TWICE, "zero-ignored"), (ZEROS, "zero-cuts"), ("error", "zero-cuts")],
        "fresh": [(SINGLE, "expects-overwrite"), ("error", "once-per-leaf")],
        "nothing_saved": [(ONES, "expects-overwrite"), ("error", "always-an-error")],
        "two_losses": [
            ([8.0, 16.0, 24.0], "separate-losses"),
            ([6.0, 12.0, 18.0], "separate-losses"),
        ],
    }
    return next((code for seen, code in thoughts[name] if _agrees(predicted, seen)), "other-value")


def _prediction_hint(code: str) -> str | tuple[str, ...]:
    """Return the hint for a wrong prediction."""
    return {
        "expects-the-same": _(
            "the second call cannot simply repeat the first: to differentiate x * x backward needs "
            "the values of x that the multiplication had saved. Are they still there?"
        ),
        "never-freed": _(
            "you know that gradients add up. But what a backward pass needs, the values the "
            "multiplication saved, does it survive the pass?"
        ),
        "expects-overwrite": (
            _("does backward write x.grad, or add to it?"),
            _("look at x.grad before and after a second call on a new graph."),
            _("PyTorch never empties x.grad by itself: what is in it before the second call?"),
        ),
        "retain-graph-cure-all": _(
            "retain_graph keeps what the second call needs, no more. What does a second gradient "
            "do to the one that is in x.grad already?"
        ),
        "retain-graph-ignored": _(
            "which values does the second call need, and what did retain_graph=True do with them?"
        ),
        "zero-ignored": _("what does x.grad hold at the moment the second call starts?"),
        "zero-cuts": _(
            "zeroing x.grad changes one tensor of sums. Is it any part of the graph of y?"
        ),
        "once-per-leaf": _(
            "the error belongs to a graph whose saved values are gone, not to x. How many graphs "
            "does this program build?"
        ),
        "always-an-error": _(
            "which values would the derivatives of x + 2 and of sum need? What can be missing, if "
            "nothing had to be saved?"
        ),
        "separate-losses": _(
            "draw the two graphs. Which node do the ways from a and from b to x have in common, "
            "and what did the first call do to it?"
        ),
    }.get(code, _("step through the program on paper: the graph, what it saved, x.grad."))


@check("q2-implement", points=4)
def implement(student: Student, inputs: random.Random) -> Iterator[Finding]:
    """Call the two functions, first with a loss that may be seen, then with hidden ones."""
    seen = example(
        student,
        "accumulated(lambda x: (x * x).sum(), [1.0, 2.0], 2)",
        [4.0, 8.0],
        _("each of the two passes adds the gradient 2x to x.grad"),
    )
    yield _judged("accumulated()", seen, _accumulated(student, inputs, inputs.randint(3, 5)))
    seen = example(
        student,
        "each_gradient(lambda x: x * x, [lambda h: h.sum(), lambda h: 3 * h.sum()], [1.0, 2.0])",
        [[2.0, 4.0], [6.0, 12.0]],
        _("the two losses have the gradients 2x and 6x, each on its own"),
    )
    yield _judged("each_gradient()", seen, _each_gradient(student, inputs, inputs.randint(3, 4)))


def _judged(part: str, seen: str, code: str) -> Finding:
    """Return the finding for a function whose call ended with this code."""
    if not code:
        return Finding(part, 2, 2)
    what, hint = _call_words(code)
    return Finding(part, 0, 2, code, what, hint, example="" if code == "not-answered" else seen)


def _accumulated(student: Student, inputs: random.Random, n: int) -> str:
    """Return the code for one call of `accumulated`."""
    values = _numbers(inputs, n + 1)
    a, b = _numbers(inputs, 2)
    gradient = [3 * a * v * v + b for v in values]
    loss = Fn(f"lambda x: ({a} * x ** 3 + {b} * x).sum()")
    reply = student.call("accumulated", loss, values, n)
    if near(reply, [n * g for g in gradient]):
        return ""
    if near(reply, gradient):
        return "expects-overwrite"
    return _unusable(reply) or "other-value"


def _each_gradient(student: Student, inputs: random.Random, count: int) -> str:
    """Return the code for one call of `each_gradient`; the trunk is ax² + bx, the heads differ."""
    values = _numbers(inputs, count + 1)
    a, b = _numbers(inputs, 2)
    factors = _numbers(inputs, count)
    heads = [Fn(f"lambda h: ({c} * h * h).sum()") for c in factors]
    trunk = Fn(f"lambda x: {a} * x * x + {b} * x")
    right = [
        [2 * c * (a * v * v + b * v) * (2 * a * v + b) for v in values] for c in factors
    ]  # fmt: skip
    running = list(
        accumulate(right, lambda total, g: [t + k for t, k in zip(total, g, strict=True)])
    )
    reply = student.call("each_gradient", trunk, heads, values)
    if near(reply, right):
        return ""
    wrong = [
        (running, "forgot-to-zero"),
        ([running[-1]] * count, "live-grad"),
        ([right[-1]] * count, "live-grad"),
        ([[0.0] * len(values)] * count, "live-grad"),
        (running[-1], "summed-losses"),
    ]
    seen = (code for value, code in wrong if near(reply, value))
    return next(seen, "") or _unusable(reply) or "other-value"


def _numbers(inputs: random.Random, count: int) -> list[float]:
    """Return hidden numbers away from 0, where a wrong gradient could pass for a right one."""
    return [inputs.choice((-1, 1)) * round(inputs.uniform(0.5, 2), 3) for _index in range(count)]


def _unusable(reply: object) -> str:
    """Return the code for a reply that is no gradient at all, empty for others."""
    match reply:
        case None | Error("NotImplementedError"):
            return "not-answered"
        case Error("NameError", text) if re.search("'(accumulated|each_gradient)'", text):
            return "not-answered"
        case Error("RuntimeError", text) if FREED in text:
            return "graph-freed"
        case Error():
            return "raises"
        case _:
            return ""


def _call_words(code: str) -> tuple[str, str | tuple[str, ...]]:
    """Return what came back and the hint, for a function that went wrong in this way."""
    return {
        "not-answered": (
            _("it returns nothing yet."),
            _("start with one backward call, then return x.grad.tolist()."),
        ),
        "graph-freed": (
            _("it stops with the error about a second backward through the same graph."),
            (
                _("the first backward call frees what the graph saved."),
                _("which argument of backward keeps it for the next call?"),
            ),
        ),
        "raises": (
            _("it stops with an error."),
            _("call it yourself with a small loss, such as lambda x: (x * x).sum(), and read on."),
        ),
        "expects-overwrite": (
            _("for several backward calls it returns the gradient of one; the sum was expected."),
            (
                _("what does backward do with the gradient that x.grad holds already?"),
                _("backward adds to x.grad. Are you zeroing in between, or starting anew?"),
            ),
        ),
        "forgot-to-zero": (
            _("each gradient it returns still contains the ones before it."),
            _(
                "that the error is gone does not make the values right: retain_graph keeps the "
                "graph, it does not empty x.grad. What does?"
            ),
        ),
        "live-grad": (
            _("all the gradients it returns are the same, though the losses differ."),
            (
                _("how many tensors are there for all the gradients you collect?"),
                _("x.grad is one tensor that goes on changing. What would a copy of it do?"),
            ),
        ),
        "summed-losses": (
            _("it returns one gradient, that of the sum of all losses; one per loss was expected."),
            _("make one backward call per loss, and keep what each of them gives."),
        ),
    }.get(
        code,
        (
            _("it returns values other than the gradients of the loss it was given."),
            _("compare it by hand for the loss (x * x).sum(), whose gradient is 2x."),
        ),
    )
