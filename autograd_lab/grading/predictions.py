"""Judge a grid of predictions: a dict with one answer per program, number or word."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from ..i18n import _
from .check import Finding, Mistaken, near
from .codec import TensorData
from .student import Student


@dataclass(frozen=True, slots=True)
class Row:
    """One thing to predict."""

    truth: object
    """What happens: a word, a number, or a list of these."""
    thoughts: Sequence[tuple[object, str]] = ()
    """Wrong predictions, with the code of the misconception each comes from."""


def judge_grid(
    student: Student,
    variable: str,
    rows: Mapping[str, Row],
    points: float,
    ask: str,
    hint: Callable[[str], tuple[str, ...]],
) -> Iterator[Finding]:
    """Yield one finding per row, worth `points` each; the rows' names are the keys of the dict.

    `ask` says what a prediction looks like, `hint` returns what helps against a misconception; its
    code is `"other-value"` for a prediction that no row foresees. Raises Mistaken for an answer that
    is no dict.
    """
    answer = student.answer(variable)
    if not isinstance(answer, dict):
        name = variable.replace(".", "_")
        what = _("the variable {name} should be a dict with one entry per program.")
        total = points * len(rows)
        hints = _("take the cell as it was, and put your answers in place of None."), ask
        raise Mistaken(Finding(name, 0, total, "no-dict", what.format(name=name), hints))
    for name, row in rows.items():
        predicted = answer.get(name)
        if agrees(predicted, row.truth):
            yield Finding(name, points, points)
        elif predicted is None:
            yield Finding(name, 0, points, "not-answered", _("there is no prediction yet."), ask)
        else:
            what = _("that is not right. You may try it out and see.")
            thoughts = (code for seen, code in row.thoughts if agrees(predicted, seen))
            code = next(thoughts, "other-value")
            yield Finding(name, 0, points, code, what, hint(code))


def agrees(predicted: object, outcome: object) -> bool:
    """Tell whether a prediction means this outcome: words in any case, `"nan"` like NaN.

    Never raises, whatever the prediction is.
    """
    if type(predicted) is TensorData:
        predicted = predicted.tolist()
    if isinstance(outcome, list):
        return (
            isinstance(predicted, list | tuple)
            and len(predicted) == len(outcome)
            and all(agrees(*pair) for pair in zip(predicted, outcome, strict=True))
        )
    if outcome is None:
        return predicted is None
    if isinstance(outcome, str | bool) or outcome != outcome:
        plain = isinstance(predicted, str | bool | float)
        return plain and str(predicted).strip().lower() == str(outcome).lower()
    return near(predicted, outcome)


__all__ = ["Row", "agrees", "judge_grid"]
