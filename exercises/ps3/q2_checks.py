"""Question 2: steps downhill on Σ (w − t)², whose gradient is 2(w − t)."""

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
    "bare": Row("error", [([0.0], "leaf-may-change"), ([3.0], "nothing-happens")]),
    "in_place": Row(True, [(False, "guard-takes-flag"), ("error", "guard-forbids")]),
    "anew": Row(False, [(True, "flag-is-handed-on"), ("error", "guard-forbids")]),
    "after": Row(True, [(False, "guard-goes-on"), ("error", "guard-goes-on")]),
    "shared": Row([0.0], [([3.0], "copy-assumed"), ([6.0], "goes-uphill")]),
    "left_behind": Row([3.0], [([0.0], "name-is-tensor")]),
}
"""What the notebook asks for, and what happens."""


@check("q2-predict", points=3)
def predict(student: Student, inputs: random.Random) -> Iterator[Finding]:
    """Compare the six predictions with what is printed."""
    ask = _('write a list with one number, True, False, or "error".')
    yield from judge_grid(student, "q2.prediction", GRID, 0.5, ask, _prediction_hints)


def _prediction_hints(code: str) -> tuple[str, ...]:
    """Return the hints for a wrong prediction, from a nudge to nearly the answer."""
    return {
        "leaf-may-change": (
            _("is this change recorded? Would w still be a leaf after it?"),
            _("a leaf that requires grad refuses a recorded change in place."),
        ),
        "nothing-happens": (_("either w changes, or the line is refused. Which of the two?"),),
        "guard-takes-flag": (
            _("is w the same tensor after the block?"),
            _("no_grad keeps operations from being recorded; the flag of a leaf stays."),
        ),
        "guard-forbids": (_("no_grad forbids nothing. What does it leave out?"),),
        "flag-is-handed-on": (
            _("w is the result of an operation here. Was that operation recorded?"),
            _("a result requires grad only if its history was recorded."),
        ),
        "guard-goes-on": (
            _("where does the block end?"),
            _("w * w is computed after it, from a leaf that still requires grad."),
        ),
        "copy-assumed": (
            _("does the list hold a copy of w, or w itself?"),
            _("-= changes the one tensor that both names stand for."),
        ),
        "goes-uphill": (_("the gradient is 6. Half of it is taken away."),),
        "name-is-tensor": (
            _("which tensor does the list hold, and which one does w stand for afterwards?"),
            _("= gives the name w to a new tensor. The list knows nothing of that."),
        ),
    }.get(code, (_("write down which tensors there are, and which name stands for which."),))


@check("q2-implement", points=4)
def implement(student: Student, inputs: random.Random) -> Iterator[Finding]:
    """Let both kinds of steps run downhill on hidden paraboloids, for more than one step."""
    seen = example(
        student,
        "descend([[3.0], [1.0]], [[0.0], [2.0]], 0.25, 1)",
        [[1.5], [1.5]],
        _("the gradients are 6 and -2, and a quarter of them is taken away"),
    )
    codes = [_descend(student, inputs, steps=3)]
    yield attempts("step()", 2, codes, _step_words(), seen)
    seen = example(
        student,
        "descend([[3.0]], [[0.0]], 0.25, 2, 0.5)",
        [[0.0]],
        _("the first velocity is 6 and leads to 1.5, the second is 0.5 · 6 + 3 = 6"),
    )
    codes = [_descend(student, inputs, steps=3, mu=0.7)]
    yield attempts("momentum_step()", 2, codes, _momentum_words(), seen)


def _descend(student: Student, inputs: random.Random, steps: int, mu: float = 0.0) -> str:
    """Return the code for one descent; with `mu`, one with momentum."""
    starts, targets = _numbers(inputs, 5), _numbers(inputs, 5)
    lr = round(inputs.uniform(0.05, 0.2), 3)

    def arrive(rate: float, mu: float, damping: float = 0.0) -> list[object]:
        """Return where the descent ends, for a leaf of two numbers and one of three."""
        place, velocity = starts, np.zeros(5)
        for _step in range(steps):
            velocity = mu * velocity + (1 - damping) * 2 * (place - targets)
            place = place - rate * velocity
        return _halves(place)

    right = arrive(lr, mu)
    moved = arrive(lr, mu)[:1] + _halves(starts)[1:]
    thoughts: list[tuple[object, str]] = [
        (_halves(starts), "name-rebound"),
        (arrive(-lr, mu), "goes-uphill"),
        (moved, "first-leaf-only"),
        (arrive(lr, 0.0), "velocity-forgotten"),
        (arrive(lr, mu, mu), "gradient-damped"),
        (Error("RuntimeError", "leaf Variable"), "recorded-in-place"),
        (Error("RuntimeError", "does not require grad"), "leaf-replaced"),
        (Error("TypeError", "NoneType"), "leaf-replaced"),
    ]
    arguments = [_halves(starts), _halves(targets), lr, steps]
    reply = student.call("descend", *arguments, *([mu] if mu else []))
    return judged(reply, right, thoughts, "momentum_step" if mu else "step")


def _halves(values: np.ndarray) -> list[object]:
    """Return five numbers as a list of two and a list of three."""
    return [values[:2].tolist(), values[2:].tolist()]


def _numbers(inputs: random.Random, count: int) -> np.ndarray:
    """Return hidden numbers away from 0."""
    signs = (inputs.choice((-1, 1)) for _index in range(count))
    return np.array([sign * round(inputs.uniform(0.5, 2), 3) for sign in signs])


def _step_words() -> dict[str, tuple[str, tuple[str, ...]]]:
    """Return what became of the leaves, and the hints."""
    return {
        "name-rebound": (
            _("the leaves stay where they were."),
            (
                _("which tensors does the model hold, and which ones did your loop make?"),
                _("change each leaf in place: param -= …"),
            ),
        ),
        "goes-uphill": (
            _("the leaves move the opposite way."),
            (_("a gradient points to where the loss grows."),),
        ),
        "first-leaf-only": (
            _("the first leaf moves, the others stay."),
            (_("when does your loop end?"),),
        ),
        "recorded-in-place": (
            _("it stops: a leaf that requires grad is changed in place, and recorded."),
            (
                _("is the step a part of what shall be differentiated?"),
                _("put the loop into a block that records nothing."),
            ),
        ),
        "leaf-replaced": (
            _("the list holds other tensors after the step, and they are not leaves that learn."),
            (
                _("params[i] = … puts a new tensor into the list. What does the model hold?"),
                _("change the leaf itself, in place, in a block that records nothing."),
            ),
        ),
    }


def _momentum_words() -> dict[str, tuple[str, tuple[str, ...]]]:
    """Return what became of the leaves, and the hints."""
    return {
        **_step_words(),
        "velocity-forgotten": (
            _("each step goes as if it were the first one: the velocities are lost."),
            (
                _("is the velocity in the list changed, or a new tensor that you throw away?"),
                _("methods whose names end in _ change the tensor that they are called on."),
            ),
        ),
        "gradient-damped": (
            _("the gradient enters the velocity with a factor of 1 − mu."),
            (_("that is another custom. Here the gradient is added whole."),),
        ),
    }
