"""The thought behind a wrong guess, where the numbers betray it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..i18n import _
from ..trace.model import Event, Trace
from .values import as_numbers, one_line

Numbers = NDArray[Any]


def hint(what: str, guessed: Numbers, actual: Numbers, namespace: Mapping[str, Any]) -> str:
    """Return what to say to somebody who guessed `guessed` where `what` is `actual`.

    The more a thought explains, the earlier it is looked for. The right numbers are not given away.
    """
    told = None
    # Whatever the numbers are, nothing may be printed beside the hint.
    with np.errstate(all="ignore"):
        if what.endswith(".grad"):
            told = (
                _accumulated(what, guessed, namespace)
                or _weighted_otherwise(guessed, actual, namespace)
                or _worth(guessed, namespace)
            )
        return told or _turned(guessed, actual) or _scaled(what, guessed, actual)


def _accumulated(what: str, guessed: Numbers, namespace: Mapping[str, Any]) -> str | None:
    """Recognise what the last pass added, where the gradient held something before."""
    for trace in [value for value in namespace.values() if isinstance(value, Trace)]:
        last = _last_addition(trace, what)
        if last and last.contribution and last.before and any(last.before.numbers):
            added = last.contribution
            if added.complete and _same(guessed, np.reshape(added.numbers, added.shape)):
                return _(
                    "{guess} is what the last pass added. {what} held something before, and "
                    "backward() adds to it."
                ).format(guess=one_line(guessed), what=what)
    return None


def _last_addition(trace: Trace, what: str) -> Event | None:
    """Return the last time that a leaf's gradient grew; `what` is written `"x.grad"`."""
    for event in reversed(list(trace.of_kind("accumulate"))):
        if event.node is not None and f"{trace.graph.nodes[event.node].label}.grad" == what:
            return event
    return None


def _weighted_otherwise(
    guessed: Numbers, actual: Numbers, namespace: Mapping[str, Any]
) -> str | None:
    """Recognise what comes of a matrix J and a v in sight, other than vᵀJ."""
    tensors = dict(_tensors(namespace))
    vectors = [(name, v) for name, v in tensors.items() if v.ndim == 1 and v.size > 1]
    for name, v in vectors:
        for matrix, j in tensors.items():
            if j.ndim == 2 and j.shape[0] == v.size and _same(actual, v @ j):
                if j.shape[1] == v.size and _same(guessed, j @ v):
                    return _(
                        "that is {matrix} @ {v}, each row summed up. backward({v}) adds up the rows, "
                        "each weighted with its entry of {v}: {v} @ {matrix}."
                    ).format(matrix=matrix, v=name)
                if _same(guessed, j.sum(axis=0)):
                    return _("that is all rows added up. {v} weights each of them first.").format(
                        v=name
                    )
        if v.shape == actual.shape and not _same(actual, guessed) and _same(actual, guessed * v):
            return _(
                "these are the slopes alone. Each entry of {v} says how much its slope counts."
            ).format(v=name)
    return None


def _worth(guessed: Numbers, namespace: Mapping[str, Any]) -> str | None:
    """Recognise the value of a tensor."""
    for name, numbers in _tensors(namespace):
        if numbers.size and _same(guessed, numbers):
            return _(
                "{guess} is the value of {name}; a gradient says how fast the result changes."
            ).format(guess=one_line(guessed), name=name)
    return None


def _turned(guessed: Numbers, actual: Numbers) -> str | None:
    """Recognise the other truth value, and rows taken for columns."""
    if actual.dtype.kind == "b":
        return _("it is the other way round.")
    if guessed.ndim == 2 and guessed.shape == actual.T.shape and _same(guessed, actual.T):
        return _("rows and columns are exchanged: one row per result, one column per input.")
    return None


def _scaled(what: str, guessed: Numbers, actual: Numbers) -> str:
    """Say what a factor between guess and value tells."""
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


def _ratio(guessed: Numbers, actual: Numbers) -> float:
    """Return the one factor between guess and value, NaN if there is none."""
    ratios = np.asarray(np.true_divide(guessed, actual))
    first = float(ratios.flat[0])
    return first if np.isfinite(first) and np.allclose(ratios, first) else np.nan


def _tensors(namespace: Mapping[str, Any]) -> Iterator[tuple[str, Numbers]]:
    """Yield the names and the numbers of the tensors in sight."""
    for name, value in list(namespace.items()):
        if type(value).__name__ == "Tensor" and not name.startswith("_"):
            numbers = as_numbers(value)
            if numbers is not None:
                yield name, numbers


def _same(guessed: Numbers, numbers: Numbers) -> bool:
    """Whether a guess, of which one number stands for all entries, is these numbers."""
    if guessed.ndim and guessed.shape != np.shape(numbers):
        return False
    return bool(np.allclose(guessed, numbers, rtol=1e-3, atol=1e-6))
