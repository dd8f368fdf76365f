"""What the cells of an exercise call: `check` for the learner, `score` in the locked test cell.

nbgrader takes a test cell's points from its last expression, which must be a plain Python float:
any other result, and none at all, is full marks, while an exception or text on stderr is 0.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from pathlib import Path

from ..i18n import _
from .check import Check, Verdict, hidden_seed
from .course import CourseError, find, private_checks, public_checks, read_secret
from .quiet import quiet
from .report import Report
from .student import LocalStudent


def check(question: str, namespace: Mapping[str, object] | None = None) -> None:
    """Show what is right so far in `question`, such as `"q2"` or `"ps1/q2-predict"`.

    Answers are looked up in `namespace`, by default the notebook's variables. Never raises: what
    cannot be checked is said in one line.
    """
    answers = vars(sys.modules["__main__"]) if namespace is None else namespace
    try:
        for assignment, checks in find(question).items():
            for one in checks.values():
                with quiet():
                    verdict = _grade(one, answers, assignment, b"", "")
                _show(Report(verdict))
    except Exception as error:
        _show_failure(question, error)


def score(question: str, namespace: Mapping[str, object]) -> float:
    """Show the verdict on `"ps1/q2-predict"` for practice inputs and return its points.

    Never raises: a check that cannot run is 0.0 points, and says why.
    """
    return _score(
        question, namespace, lambda assignment, name: (public_checks(assignment, name), b"", "")
    )


def private_score(question: str, namespace: Mapping[str, object]) -> float:
    """Like `score`, with the checks and the secret of the course that is grading.

    The student is the one whose folder nbgrader executes the notebook in.
    """
    return _score(
        question,
        namespace,
        lambda assignment, name: (
            private_checks(assignment, name),
            read_secret(),
            Path.cwd().parent.name,
        ),
    )


def _score(
    question: str,
    namespace: Mapping[str, object],
    course: Callable[[str, str], tuple[dict[str, Check], bytes, str]],
) -> float:
    assignment, _slash, name = question.partition("/")
    try:
        with quiet():
            checks, secret, student = course(assignment, name)
            if name not in checks:
                raise CourseError(_("there is no question {name!r}").format(name=question))
            verdict = _grade(checks[name], namespace, assignment, secret, student)
        _show(Report(verdict))
    except KeyboardInterrupt:  # nbgrader's way to end a cell that takes too long
        _show_failure(question, TimeoutError(_("it took too long, or was interrupted")))
        return 0.0
    except Exception as error:
        _show_failure(question, error)
        return 0.0
    return verdict.points


def _grade(
    one: Check, namespace: Mapping[str, object], assignment: str, secret: bytes, student: str
) -> Verdict:
    """Return the verdict of one check for one student's hidden inputs."""
    seed = hidden_seed(secret, student, assignment, one.question)
    return one.grade(LocalStudent(namespace), seed)


def _show_failure(question: str, error: Exception) -> None:
    """Say in one line why there is no verdict."""
    reason = str(error) if isinstance(error, CourseError | TimeoutError) else repr(error)
    print(_("{question} cannot be checked: {reason}").format(question=question, reason=reason))


def _show(report: Report) -> None:
    """Display a report where IPython runs, print it elsewhere."""
    ipython = sys.modules.get("IPython")
    if ipython is not None and ipython.get_ipython() is not None:
        ipython.display.display(report)
    else:
        print(report)


__all__ = ["check", "private_score", "score"]
