"""What the cells of an exercise call: `begin` at the top, `check`, and `score` in a locked test cell.

nbgrader takes a test cell's points from its last expression, which must be a plain Python float:
any other result, and none at all, is full marks, while an exception or text on stderr is 0.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from pathlib import Path

from ..i18n import _, set_language
from . import progress
from .check import Check, Verdict, hidden_seed
from .course import CourseError, find, private_checks, public_checks, read_secret
from .quiet import quiet
from .report import Progress, Report
from .student import LocalStudent

_here = ""


def begin(assignment: str, language: str) -> None:
    """Say which assignment the notebook is and which language it speaks: its first cell does this.

    From now on `check("q2")` means the question of this assignment.
    """
    global _here
    _here = assignment
    set_language(language)


def check(question: str, namespace: Mapping[str, object] | None = None) -> None:
    """Show what is right so far in `question`, such as `"q2"` or `"ps1/q2-predict"`.

    Answers are looked up in `namespace`, by default the notebook's variables. A misconception that is
    met again gets one more hint. Never raises: what cannot be checked is said in one line.
    """
    answers = vars(sys.modules["__main__"]) if namespace is None else namespace
    try:
        assignment, checks = find(question, _here)
        for one in checks.values():
            with quiet():
                verdict = _grade(one, answers, assignment, b"", progress.learner())
            _show(Report(verdict, progress.attempt(assignment, verdict)))
        most = {name: one.points for name, one in public_checks(assignment).items()}
        _show(Progress(most, progress.points(assignment)))
    except KeyboardInterrupt:
        _show_failure(question, _interrupted())
    except Exception as error:
        _show_failure(question, str(error) if isinstance(error, CourseError) else repr(error))


def score(question: str, namespace: Mapping[str, object]) -> float:
    """Show the verdict on `"ps1/q2-predict"` for practice inputs and return its points.

    Never raises: a check that cannot run is 0.0 points, and says why.
    """

    def judge(assignment: str, part: str) -> tuple[Verdict, int]:
        one = _named(public_checks(assignment, part), question, part)
        verdict = _grade(one, namespace, assignment, b"", progress.learner())
        return verdict, max(1, progress.attempts(assignment, verdict))

    return _score(question, judge, repr)


def private_score(question: str, namespace: Mapping[str, object]) -> float:
    """Like `score`, with the checks and the secret of the course that is grading.

    The student is the one whose folder nbgrader executes the notebook in. All hints are shown.
    """

    def judge(assignment: str, part: str) -> tuple[Verdict, int]:
        one = _named(private_checks(assignment, part), question, part)
        return _grade(
            one, namespace, assignment, read_secret(), Path.cwd().parent.name
        ), sys.maxsize

    # The text of an unexpected error may hold a hidden input.
    return _score(question, judge, lambda error: type(error).__name__)


def _score(
    question: str,
    judge: Callable[[str, str], tuple[Verdict, int]],
    describe: Callable[[Exception], str],
) -> float:
    """Show what `judge` says of a part of an assignment, or why it cannot; return the points."""
    assignment, _slash, part = question.partition("/")
    try:
        with quiet():
            verdict, attempt = judge(assignment, part)
        _show(Report(verdict, attempt))
    except KeyboardInterrupt:  # nbgrader's way to end a cell that takes too long
        _show_failure(question, _interrupted())
        return 0.0
    except CourseError as error:
        _show_failure(question, str(error))
        return 0.0
    except Exception as error:
        _show_failure(question, describe(error))
        return 0.0
    return verdict.points


def _named(checks: Mapping[str, Check], question: str, part: str) -> Check:
    """Return the check of a part, or raise CourseError."""
    if part not in checks:
        raise CourseError(_("there is no question {name!r}").format(name=question))
    return checks[part]


def _grade(
    one: Check, namespace: Mapping[str, object], assignment: str, secret: bytes, student: str
) -> Verdict:
    """Return the verdict of one check for one student's hidden inputs."""
    seed = hidden_seed(secret, student, assignment, one.question)
    return one.grade(LocalStudent(namespace), seed)


def _interrupted() -> str:
    return _("it took too long, or was interrupted")


def _show_failure(question: str, reason: str) -> None:
    """Say in one line why there is no verdict."""
    print(_("{question} cannot be checked: {reason}").format(question=question, reason=reason))


def _show(report: Report | Progress) -> None:
    """Display a report where IPython runs, print it elsewhere."""
    ipython = sys.modules.get("IPython")
    if ipython is not None and ipython.get_ipython() is not None:
        ipython.display.display(report)
    else:
        print(report)


__all__ = ["begin", "check", "private_score", "score"]
