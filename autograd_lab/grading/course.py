"""Where a course keeps its checks and its secret.

The checks of question 2 of `ps1` lie in `ps1/q2_checks.py`. Those that ship with the exercises are
public. A course's private folder holds the `secret` that the hidden inputs come from, and may hold
`ps1/q2_checks.py` with checks that take the place of public ones.
"""

from __future__ import annotations

import os
import runpy
import secrets
from pathlib import Path

from ..i18n import _
from ..resources import folder
from .check import Check

PRIVATE = "AUTOGRAD_LAB_PRIVATE"
"""The environment variable that names the private folder; nbgrader_config.py sets it."""


CHECKS = "{}_checks.py"
"""The file with the checks of a question."""


class CourseError(Exception):
    """A check cannot be found or loaded; the message is for the person at the notebook."""


class RunError(Exception):
    """There is nothing to grade, or nothing to grade it with; the message is for the instructor."""


class SubmissionError(RunError):
    """nbgrader cannot write down this submission; the next one may fare better."""


def public_checks(assignment: str, question: str = "") -> dict[str, Check]:
    """Return the checks that students of an assignment have, by question.

    They ship with the exercises, or lie beside the notebook in the working folder: an instructor's
    own. With a `question`, such as `"q2-predict"` or `"q2"`, only the file with its checks is read.
    """
    # Those that ship come first: nobody grades an assignment by a file that was handed in with it.
    place = _assignments().get(assignment, Path())
    found = checks_in(place, question)
    if not found and not checks_in(place):
        raise CourseError(_("there is no assignment {name!r}").format(name=assignment))
    return found


def find(name: str, here: str = "") -> tuple[str, dict[str, Check]]:
    """Return the assignment and the public checks, by question, that `name` means.

    `"ps1/q2"` and `"q2"` mean every part of question 2, `"q2-predict"` one part; a name without
    assignment means that of the assignment `here`. Raises CourseError for a name that means
    nothing, or questions of several assignments.
    """
    assignment, _slash, question = name.rpartition("/")
    found = {}
    assignment = assignment or here
    for each in [assignment] if assignment else _assignments():
        parts = {
            key: one
            for key, one in public_checks(each, question).items()
            if key == question or key.startswith(f"{question}-")
        }
        if parts:
            found[each] = parts
    if not found:
        raise CourseError(_("there is no question {name!r}").format(name=name))
    if len(found) > 1:
        names = ", ".join(f"{each}/{question}" for each in found)
        raise CourseError(_("say which question you mean: {names}").format(names=names))
    return found.popitem()


def question_names() -> list[str]:
    """Return the questions that have public checks: `["ps1/q1", "ps1/q2", …]`."""
    ending = CHECKS.format("")
    return [
        f"{assignment}/{path.name.removesuffix(ending)}"
        for assignment, place in _assignments().items()
        for path in sorted(place.glob(CHECKS.format("q*")))
    ]


def private_checks(assignment: str, question: str = "") -> dict[str, Check]:
    """Return the checks that decide: the public ones, and the course's own in their place.

    The course's own are those beside the text of its assignments, and those in its private folder.
    """
    own = checks_in(private_folder().parent / assignment, question)
    private = checks_in(private_folder() / assignment, question)
    return {**(own or public_checks(assignment, question)), **private}


def private_folder() -> Path:
    """Return the private folder of the course that is grading."""
    if not os.environ.get(PRIVATE):
        raise CourseError(
            _("{variable} is not set: grade from a folder with the course's nbgrader_config.py")
            .format(variable=PRIVATE)
        )  # fmt: skip
    return Path(os.environ[PRIVATE])


def read_secret() -> bytes:
    """Return the secret of the course that is grading."""
    path = private_folder() / "secret"
    try:
        secret = path.read_bytes().strip()
    except OSError as error:
        raise CourseError(
            _("the course's secret cannot be read: {error}").format(error=error)
        ) from error
    if not secret:
        raise CourseError(_("the course's secret is empty: {path}").format(path=path))
    return secret


def prepare_private(private: Path) -> Path:
    """Make sure that `private` holds a secret, for its owner's eyes only; return the folder."""
    private.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = private / "secret"
    if not path.exists():
        # Opened exclusively: two commands starting at once must not end with two secrets.
        try:
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            return private
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(secrets.token_hex(32) + "\n")
    return private


def _assignments() -> dict[str, Path]:
    """Return the folder of each assignment that has checks."""
    found = sorted(folder("exercises").glob(f"*/{CHECKS.format('q*')}"))
    return {path.parent.name: path.parent for path in found}


def checks_in(place: Path, question: str = "") -> dict[str, Check]:
    """Return the checks of a question, or of all questions, that lie in a folder."""
    name = question.partition("-")[0]
    # A name is a name, never a pattern or a path.
    files = place.glob(CHECKS.format(name if name.isalnum() else "q*"))
    return {key: one for path in sorted(files) for key, one in _load(path).items()}


def _load(path: Path) -> dict[str, Check]:
    """Return the checks defined in a file, by question."""
    defined = runpy.run_path(str(path)).values()
    return {one.question: one for one in defined if isinstance(one, Check)}


__all__ = [
    "CourseError",
    "checks_in",
    "find",
    "prepare_private",
    "private_checks",
    "private_folder",
    "public_checks",
    "question_names",
    "read_secret",
]
