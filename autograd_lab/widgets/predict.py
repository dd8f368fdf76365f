"""Say what a value will be before looking at it; be told where the thought went wrong."""

from __future__ import annotations

import sys
import warnings
from collections import ChainMap
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..i18n import _
from .values import as_numbers, one_line


def predict(expression: str, guess: object = None) -> None:
    """Compare `guess` with what `expression` holds where this is called, and print one line.

    `expression` is a variable and its attributes, such as `"x.grad"`; nothing else is evaluated.
    `guess` is a number, a list of numbers in the tensor's shape (one number stands for every
    entry), or True or False. Without a guess (None, `...`, an empty text) the line asks for one; as
    long as there is nothing to compare with, it says so. Never raises.
    """
    caller = sys._getframe(1)
    print(reply(expression, guess, ChainMap(caller.f_locals, caller.f_globals)))


def reply(expression: str, guess: object, namespace: Mapping[str, Any]) -> str:
    """Return the line that `predict` prints, with the variables of `namespace`."""
    if not _is_path(expression):
        return _("predict() reads a variable and its attributes, such as 'x.grad'.")
    if guess is None or guess is ... or (isinstance(guess, str) and not guess.strip()):
        return _("Your turn: what will {what} be? Fill in your guess and run this again.").format(
            what=expression
        )
    guessed = as_numbers(guess)
    if guessed is None:
        return _("A guess is a number, a list of numbers, or True or False.")
    try:
        actual = _look_up(expression, namespace)
    except Exception as error:  # a property of the learner's own class may raise anything
        return _("{what} cannot be read: {error}").format(what=expression, error=error)
    if actual is None:
        return _("Noted: {guess}. {what} holds nothing yet; run on and compare.").format(
            guess=one_line(guessed), what=expression
        )
    numbers = as_numbers(actual)
    return _verdict(expression, guessed, numbers, namespace)


def _verdict(
    what: str, guessed: NDArray[Any], actual: NDArray[Any] | None, namespace: Mapping[str, Any]
) -> str:
    """Return the line for a guess that has something to be compared with."""
    if actual is None:
        return _("{what} is not a number, so there is nothing to compare.").format(what=what)
    if guessed.ndim and guessed.shape != actual.shape:
        return _("Not quite: {what} has shape {shape}, your guess {guessed}.").format(
            what=what, shape=actual.shape, guessed=guessed.shape
        )
    if np.allclose(guessed, actual, rtol=1e-3, atol=1e-6, equal_nan=True):
        return _("Right: {what} is {guess}.").format(what=what, guess=one_line(guessed))
    return _("Not quite: {hint}").format(hint=_hint(what, guessed, actual, namespace))


def _hint(
    what: str, guessed: NDArray[Any], actual: NDArray[Any], namespace: Mapping[str, Any]
) -> str:
    """Name the thought that leads to a wrong guess, where the numbers betray it."""
    name = _tensor_worth(guessed, namespace) if what.endswith(".grad") else None
    if name is not None:
        return _(
            "{guess} is the value of {name}; a gradient says how fast the result changes."
        ).format(guess=one_line(guessed), name=name)
    if actual.dtype.kind == "b":
        return _("it is the other way round.")
    n, ratio = actual.size, _ratio(guessed, actual)
    if n > 1 and np.isclose(ratio, n):
        return _(
            "{n} times too large, and {what} has {n} entries: a mean divides by their number."
        ).format(n=n, what=what)
    if n > 1 and np.isclose(ratio * n, 1):
        return _(
            "{n} times too small, and {what} has {n} entries: only a mean divides by their number, "
            "and only once."
        ).format(n=n, what=what)
    if np.isclose(ratio, -1):
        return _("the size is right, the sign is not.")
    if ratio > 1:
        return _("too large. Which factor did you count that is not there?")
    if 0 < ratio < 1:
        return _(
            "too small. An exponent comes down as a factor, and backward passes add up: "
            "is one missing?"
        )
    return _("step through the backward pass and stop at the first number that surprises you.")


def _ratio(guessed: NDArray[Any], actual: NDArray[Any]) -> float:
    """Return the one factor between guess and value, NaN if there is none."""
    with np.errstate(all="ignore"):
        ratios = np.asarray(np.true_divide(guessed, actual))
    first = float(ratios.flat[0])
    return first if np.isfinite(first) and np.allclose(ratios, first) else np.nan


def _tensor_worth(guessed: NDArray[Any], namespace: Mapping[str, Any]) -> str | None:
    """Return the name of a tensor whose value is the guess."""
    for name, value in list(namespace.items()):
        if type(value).__name__ == "Tensor" and not name.startswith("_"):
            numbers = as_numbers(value)
            if (
                numbers is not None
                and numbers.size
                and np.array_equal(guessed + 0 * numbers, numbers)
            ):
                return name
    return None


def _is_path(expression: object) -> bool:
    """Whether `expression` is a name followed by attributes, and nothing else."""
    return isinstance(expression, str) and all(
        part.isidentifier() for part in expression.split(".")
    )


def _look_up(path: str, namespace: Mapping[str, Any]) -> Any:
    """Return what a path leads to; None where its variable does not exist yet."""
    name, *attributes = path.split(".")
    value = namespace.get(name)
    with warnings.catch_warnings(action="ignore"):  # the .grad of a tensor that is no leaf warns
        for attribute in attributes if name in namespace else ():
            value = getattr(value, attribute)
    return value
