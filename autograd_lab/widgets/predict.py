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
from .hints import hint
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
    return _("Not quite: {hint}").format(hint=hint(what, guessed, actual, namespace))


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
