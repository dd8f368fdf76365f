"""Question 3: two training loops to repair, judged by where they arrive."""

from __future__ import annotations

import random
from collections.abc import Iterator
from itertools import combinations

import numpy as np

from autograd_lab.grading.check import Finding, check
from autograd_lab.grading.codec import Error
from autograd_lab.grading.example import example
from autograd_lab.grading.predictions import Row, judge_grid
from autograd_lab.grading.student import Student
from autograd_lab.grading.words import attempts, judged
from autograd_lab.i18n import _

GRID = {
    "emptied": Row(
        1.0, [(-1.0, "emptying-ignored"), (2.0, "one-step-short"), ("error", "none-forbidden")]
    ),
    "forgotten": Row(-1.0, [(1.0, "expects-overwrite"), (0.0, "same-gradient-twice")]),
    "too_early": Row(4.0, [(1.0, "order-ignored"), (-1.0, "order-ignored")]),
    "rebound": Row("error", [(1.0, "name-rebound"), (-1.0, "name-rebound")]),
}
"""What the notebook asks for, and what happens."""


@check("q3-predict", points=2)
def predict(student: Student, inputs: random.Random) -> Iterator[Finding]:
    """Compare the four predictions with what is printed."""
    ask = _('write a number, or "error" where the program stops with an error.')
    yield from judge_grid(student, "q3.prediction", GRID, 0.5, ask, _prediction_hints)


def _prediction_hints(code: str) -> tuple[str, ...]:
    """Return the hints for a wrong prediction, from a nudge to nearly the answer."""
    return {
        "emptying-ignored": (
            _("what does w.grad hold when the second backward call starts?"),
            _("the first line of the loop throws the old gradient away."),
        ),
        "one-step-short": (
            _("how often does the loop run?"),
            _("w is 2 after the first step. Go on with the gradient there."),
        ),
        "none-forbidden": (
            _("is .grad = None something you may set? What did it hold before any backward?"),
        ),
        "expects-overwrite": (
            _("write w and w.grad down after each line, for both steps."),
            _("in the second step backward adds 4 to a w.grad of 8."),
        ),
        "same-gradient-twice": (
            _("where does the second backward call take the gradient: at w = 4, or at w = 2?"),
            _("2w is 4 there. And what was in w.grad before?"),
        ),
        "order-ignored": (
            _("read the three lines in their order: what is in w.grad when w changes?"),
            _("how far is a step along a gradient of zero?"),
        ),
        "name-rebound": (
            _("which tensor does the name w stand for in the second step: a leaf?"),
            _("backward fills the leaf's gradient. Does the result of w - 0.25 * w.grad get one?"),
        ),
    }.get(code, (_("keep a table of w and w.grad, with a line for each line of the program."),))


@check("q3-implement", points=5)
def implement(student: Student, inputs: random.Random) -> Iterator[Finding]:
    """Let both loops run on hidden data, for more than one step."""
    seen = example(
        student,
        "train([1.0, 2.0], [0.0, 0.0], 1.0, 0.0, 0.1, 2)",
        [0.34, -0.39],
        _("the first step leads to [0.5, -0.3], where the gradient is [1.6, 0.9]"),
    )
    codes = [_train(student, inputs, steps=3)]
    yield attempts("train()", 3, codes, _train_words(), seen)
    seen = example(
        student,
        "train_in_parts([[[1.0], [0.0]], [[2.0], [0.0]]], 1.0, 0.1, 1)",
        0.5,
        _("the two points have the gradients 2 and 8, and their mean is 5"),
    )
    codes = [_train_in_parts(student, inputs, steps=2)]
    yield attempts("train_in_parts()", 2, codes, _parts_words(), seen)


def _train(student: Student, inputs: random.Random, steps: int) -> str:
    """Return the code for one call of `train`."""
    xs, ys = _numbers(inputs, 5), _numbers(inputs, 5)
    w, b = _numbers(inputs, 2)
    lr = round(inputs.uniform(0.05, 0.1), 3)
    start = np.array([w, b])

    def arrive(keeps: tuple[int, int], lr: float = lr) -> list[float]:
        """Return where the descent ends; `keeps` are 1 where old gradients stay, w before b."""
        place, held = start, np.zeros(2)
        for _step in range(steps):
            held = held * keeps + _slope(xs, ys, place)
            place = place - lr * held
        return [float(value) for value in place]

    thoughts: list[tuple[object, str]] = [
        (arrive((1, 1)), "forgot-to-zero"),
        (arrive((1, 0)), "one-left-out"),
        (arrive((0, 1)), "one-left-out"),
        (start.tolist(), "zeroed-too-early"),
        (arrive((0, 0), -lr), "goes-uphill"),
        (Error("TypeError", "NoneType"), "name-rebound"),
        (Error("RuntimeError", "leaf Variable"), "in-place-on-leaf"),
        (Error("RuntimeError", "does not require grad"), "rebound-without-grad"),
    ]
    reply = student.call("train", xs.tolist(), ys.tolist(), w.item(), b.item(), lr, steps)
    return judged(reply, arrive((0, 0)), thoughts, "train")


def _slope(xs: np.ndarray, ys: np.ndarray, place: np.ndarray) -> np.ndarray:
    """Return the gradient of the mean squared error of w·x + b with respect to w and b."""
    residual = place[0] * xs + place[1] - ys
    return np.array([2 * (residual * xs).mean(), 2 * residual.mean()])


def _train_in_parts(student: Student, inputs: random.Random, steps: int) -> str:
    """Return the code for one call of `train_in_parts`."""
    # Of some draws the one that tells right and wrong ways apart best.
    draws = [_draw(inputs) for _index in range(4)]
    xs, ys, start, lr = max(draws, key=lambda draw: _apart(*_places(*draw, steps)))
    right, *wrong = _places(xs, ys, start, lr, steps)
    names = ("sum-for-mean", "last-part-only", "forgot-to-zero", "step-per-part")
    parts = [[x, y] for x, y in zip(xs.tolist(), ys.tolist(), strict=True)]
    reply = student.call("train_in_parts", parts, start, lr, steps)
    return judged(reply, right, list(zip(wrong, names, strict=True)), "train_in_parts")


def _draw(inputs: random.Random) -> tuple[np.ndarray, np.ndarray, float, float]:
    """Return hidden parts, a start and a learning rate."""
    xs, ys = _numbers(inputs, 6).reshape(3, 2), _numbers(inputs, 6).reshape(3, 2)
    return xs, ys, _numbers(inputs, 1).item(), round(inputs.uniform(0.05, 0.1), 3)


def _apart(*places: float) -> float:
    """Return the distance between the two places that are nearest to each other."""
    return min(abs(one - other) for one, other in combinations(places, 2))


def _places(
    xs: np.ndarray, ys: np.ndarray, start: float, lr: float, steps: int
) -> tuple[float, float, float, float, float]:
    """Return where w arrives: rightly, with the sum of the gradients, with the last part's alone,
    without zeroing, and with a step per part."""

    def slopes(w: float) -> np.ndarray:
        """Return the gradient of each part's mean squared error."""
        return (2 * (w * xs - ys) * xs).mean(axis=1)

    right = total = last = kept = own = start
    held = 0.0
    for _step in range(steps):
        right -= lr * slopes(right).mean()
        total -= lr * slopes(total).sum()
        last -= lr * slopes(last)[-1]
        held += slopes(kept).mean()
        kept -= lr * held
        for part in range(len(xs)):
            own -= lr * slopes(own)[part]
    return right, total, last, kept, own


def _numbers(inputs: random.Random, count: int) -> np.ndarray:
    """Return hidden numbers away from 0."""
    signs = (inputs.choice((-1, 1)) for _index in range(count))
    return np.array([sign * round(inputs.uniform(0.5, 2), 3) for sign in signs])


def _train_words() -> dict[str, tuple[str, tuple[str, ...]]]:
    """Return what came back from `train` and the hints."""
    return {
        "forgot-to-zero": (
            _("after one step w and b are right, after more steps they are not."),
            (
                _("print w.grad in each step. Is it the gradient of this step alone?"),
                _("empty both gradients once per step."),
            ),
        ),
        "one-left-out": (
            _("one of w and b moves as it should, the other one is driven by old gradients, too."),
            (_("how many leaves does the loop have? Each one has its own .grad."),),
        ),
        "zeroed-too-early": (
            _("w and b stay where they started."),
            (
                _("what is in w.grad at the moment of the step?"),
                _("zero before backward, or after the step; not between the two."),
            ),
        ),
        "goes-uphill": (
            _("w and b go the opposite way."),
            (_("a gradient points to where the loss grows."),),
        ),
        "name-rebound": (
            _("in the second step w.grad is None."),
            (
                _("which tensor gets its gradient from backward, and what is named w by then?"),
                _("change the leaf itself, in place, in a block that records nothing."),
            ),
        ),
        "in-place-on-leaf": (
            _("it stops: a leaf that requires grad is changed in place, and recorded."),
            (
                _("the step is not a part of the loss. Should it be recorded?"),
                _("put the step, and nothing else, into a block that records nothing."),
            ),
        ),
        "rebound-without-grad": (
            _("in the second step there is nothing left to differentiate."),
            (
                _("under no_grad, w = w - … makes a new tensor. Does that one require grad?"),
                _("keep the leaf and change it in place: w -= …"),
            ),
        ),
    }


def _parts_words() -> dict[str, tuple[str, tuple[str, ...]]]:
    """Return what came back from `train_in_parts` and the hints."""
    return {
        "sum-for-mean": (
            _("its steps go the right way and are as many times too long as there are parts."),
            (
                _("backward has added up one mean per part. What is the mean of them all?"),
                _("divide each part's loss, or the step, by the number of parts."),
            ),
        ),
        "last-part-only": (
            _("its step follows the last part alone."),
            (
                _("what happens to the gradients of the parts before?"),
                _("empty w.grad once per step, not once per part."),
            ),
        ),
        "forgot-to-zero": (
            _("the first step is right, the second still contains the first one's gradients."),
            (_("all parts of one step belong together. When does the next sum begin?"),),
        ),
        "step-per-part": (
            _("it makes one step for each part; one for all of them together is expected."),
            (_("which lines belong into the inner loop, and which behind it?"),),
        ),
    }
