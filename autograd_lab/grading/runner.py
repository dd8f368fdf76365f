"""Grade a class: read what was handed in, let jobs run elsewhere, write one submission at a time.

    with Run(course, "ps1") as run:
        for student, outcomes in engines.serial(run.jobs(run.students()), run.limits):
            run.save(student, outcomes)

Whatever ends this in the middle leaves whole submissions in the gradebook, and loses none: a
submission's notebook is renamed into its place, then its scores are committed, then a marker says so.
"""

# mypy: disable-error-code="misc,no-untyped-call,no-any-unimported"

from __future__ import annotations

import base64
import contextlib
import fcntl
import glob
import hashlib
import json
import logging
import os
import shutil
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path
from types import TracebackType
from typing import Any

import nbformat
from nbgrader.api import InvalidEntry
from nbgrader.converters.base import NbGraderException
from nbgrader.coursedir import CourseDirectory
from sqlalchemy.exc import SQLAlchemyError

from .. import resources
from ..i18n import _
from .check import hidden_seed
from .converter import NOTE, Recorded, Sanitizer
from .course import CHECKS, PRIVATE, RunError, SubmissionError, read_secret
from .gradebook import Transactions, shared
from .job import JAIL, Job, Outcome, question_of
from .sandbox.limits import Limits
from .settings import settings
from .submission import Submission, read_submission, substitute

WORK = ".autograd_lab"
"""The folder in a course for what is being written, and for the markers of what is done."""

FLAGS = "autograd_lab_flags"
"""In the metadata of an autograded notebook: what an instructor should look at."""


class Run:
    """One assignment of one course; a context manager."""

    def __init__(
        self,
        course: Path,
        assignment: str,
        language: str = "en",
        limits: Limits | None = None,
        place: str = JAIL,
    ) -> None:
        """Open the gradebook that `nbgrader_config.py` in `course` names.

        What was graded in another kind of `place` is graded again. Raises RunError where the
        assignment has not been generated, or is being graded already.
        """
        self.course, self.assignment, self.language = course.resolve(), assignment, language
        self.limits, self._kind = limits or Limits(), place
        config = _settings(self.course)
        logger = logging.getLogger("autograd_lab.grading")
        # What nbgrader cannot use is told in a note; its tracebacks would stand between the lines.
        logger.setLevel(logging.CRITICAL)
        self._options = {"config": config, "log": logger}
        self._directory = CourseDirectory(**self._options)
        self._directory.assignment_id = assignment
        self._released = self._read_released()
        self._secret = read_secret() if os.environ.get(PRIVATE) else b""
        self._own_checks, self._source_files = self._read_own_checks(), self._read_source_files()
        self._sanitize = Sanitizer(self._directory, self._options)
        self._common = self._read_common()
        self._lock = _locked(self.course / WORK)
        try:
            with _writing(_("the gradebook cannot be opened: {reason}")):
                self.gradebook = Transactions(self._directory.db_url, self._directory.course_id)
        except BaseException:
            os.close(self._lock)
            raise
        self._submissions: dict[str, tuple[str, dict[str, Submission]]] = {}

    def __enter__(self) -> Run:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.gradebook.forget()
        self.gradebook.end()
        shutil.rmtree(self.course / WORK / "stage", ignore_errors=True)
        os.close(self._lock)

    def students(self) -> list[str]:
        """Return the students who have handed something in, sorted."""
        submitted = self._place(self._directory.submitted_directory, "-").parents[1]
        if not submitted.is_dir():
            return []
        return sorted(
            each.name for each in submitted.iterdir() if os.path.lexists(each / self.assignment)
        )

    def jobs(self, students: list[str], force: bool = False) -> Iterator[list[Job]]:
        """Yield the jobs of each student who is not done yet, one per notebook, `force` for all."""
        for student, key in self.waiting(students, force):
            folder = self._place(self._directory.submitted_directory, student)
            read = {
                name: read_submission(folder, name, released)
                for name, released in self._released.items()
            }
            with _writing(_("the gradebook cannot be opened: {reason}")):
                jobs = [self._job(name, submission) for name, submission in read.items()]
            self._submissions[student] = key, read
            yield jobs

    def waiting(self, students: list[str], force: bool = False) -> Iterator[tuple[str, str]]:
        """Yield each student who is not done yet, and a digest of all that the verdict depends on."""
        for student in students:
            folder = self._place(self._directory.submitted_directory, student)
            key = hashlib.sha256(self._common.encode() + _digest(folder)).hexdigest()
            if force or not self._is_done(student, key):
                yield student, key

    def save(self, student: str, outcomes: dict[str, Outcome]) -> None:
        """Write a student's autograded notebooks, scores and late penalty, all or nothing.

        Raises SubmissionError where nbgrader cannot do it, RunError where the gradebook or the disk
        refuses: that says nothing of the submission, and its earlier points stay.
        """
        flags = self.flags(student, outcomes)
        key, read = self._submissions[student]
        for submission in read.values():
            # Metadata is in nobody's feedback. What a student wrote there is replaced.
            submission.notebook.metadata[FLAGS] = flags
        stage = self.course / WORK / "stage"
        with self._staged(stage, student, read):
            converter = Recorded(self._staging(stage, student), outcomes, self._options)
            # From here on what the marker says of an earlier submission need not be true.
            self._marker(student).unlink(missing_ok=True)
            try:
                with _writing(_("the gradebook cannot be written, run this again: {reason}")):
                    with shared(self.gradebook):
                        converter.convert()
                    self._put_in_place(stage, student)
                    self.gradebook.save()
            except BaseException as error:
                self.gradebook.forget()
                if isinstance(error, NbGraderException):
                    raise SubmissionError(
                        _("nbgrader cannot write the grades of {student}: {reason}").format(
                            student=student, reason=error
                        )
                    ) from error
                raise
        del self._submissions[student]
        # Time is not a property of a submission: what ran out of it is tried again.
        if not any(outcome.ended for outcome in outcomes.values()):
            self._mark(student, key)

    def refuse(self, student: str, reason: str) -> None:
        """Write that a submission could not be graded at all, with the reason, for 0 points."""
        _key, read = self._submissions[student]
        outcomes = {}
        for name, submission in read.items():
            submission.notebook = substitute(self._released[name], reason)
            # nbgrader gives full points where there is no output at all; for an error it gives none.
            codes = (
                n for n, cell in enumerate(submission.notebook.cells) if cell.cell_type == "code"
            )
            outcomes[name] = Outcome({place: [_failure(reason)] for place in codes}, reason)
        self.save(student, outcomes)

    def notes(self, student: str) -> list[str]:
        """Return what was odd about a submission that is being graded."""
        _key, read = self._submissions[student]
        return [note for submission in read.values() for note in submission.notes]

    def flags(self, student: str, outcomes: dict[str, Outcome]) -> list[str]:
        """Return what an instructor should look at in a submission that is being graded."""
        _key, read = self._submissions[student]
        seen = [flag for submission in read.values() for flag in submission.flags]
        return seen + [flag for outcome in outcomes.values() for flag in outcome.flags]

    def score(self, student: str) -> tuple[float, float]:
        """Return what a student has for the assignment, and the most there is."""
        submission = self.gradebook.find_submission(self.assignment, student)
        return float(submission.score), float(submission.max_score)

    def _job(self, name: str, submission: Submission) -> Job:
        """Return a notebook as work, its cells as the instructor wrote them where they are locked."""
        known = self._resources(submission.student, name)
        try:
            with shared(self.gradebook):
                submission.notebook = self._sanitize(submission.notebook, known)
        except SQLAlchemyError:  # no fault of the submission
            raise
        except Exception as error:  # nbgrader gives up on a notebook in many ways
            reason = _("nbgrader cannot use this notebook: {reason}").format(reason=error)
            submission.notes.append(reason)
            substituted = substitute(self._released[name], reason)
            with shared(self.gradebook):
                submission.notebook = self._sanitize(substituted, known)
        cells = submission.notebook.cells
        questions = {
            place: question
            for place, cell in enumerate(cells)
            if _is_test(cell) and (question := question_of(cell.source, self.assignment))
        }
        if questions and not self._secret:
            # Drawn without a secret, hidden inputs could be foreseen.
            raise RunError(
                _("{variable} is not set: grade from a folder with the course's nbgrader_config.py")
                .format(variable=PRIVATE)
            )  # fmt: skip
        return Job(
            submission.student,
            self.assignment,
            name,
            tuple(cell.source if cell.cell_type == "code" else "" for cell in cells),
            questions,
            {
                question: hidden_seed(self._secret, submission.student, self.assignment, question)
                for question in questions.values()
            },
            self._own_checks,
            {**submission.files, **self._source_files},
            self.language,
            self._released[name].metadata.get("kernelspec", {}).get("name", "python3"),
        )

    def _resources(self, student: str, name: str) -> dict[str, Any]:
        known = {"student": student, "assignment": self.assignment, "notebook": name}
        return {"unique_key": name, "nbgrader": {**known, "db_url": self._directory.db_url}}

    def _read_released(self) -> dict[str, Any]:
        """Return the notebooks that students were given, by name."""
        folder = self._place(self._directory.release_directory, ".")
        found = {path.stem: nbformat.read(path, 4) for path in sorted(folder.glob("*.ipynb"))}
        if not found:
            raise RunError(
                _("{name} has not been released; run: nbgrader generate_assignment {name}").format(
                    name=self.assignment
                )
            )
        return found

    def _read_own_checks(self) -> tuple[str, ...]:
        """Return the texts of the course's own checks, those that decide last."""
        folders = [self.course / self.assignment, self.course / "private" / self.assignment]
        return tuple(
            path.read_text(encoding="utf-8")
            for folder in folders
            for path in sorted(folder.glob(CHECKS.format("q*")))
        )

    def _read_source_files(self) -> dict[str, str]:
        """Return the instructor's files beside the notebook, which replace the student's."""
        folder = self._place(self._directory.source_directory, ".")
        return read_submission(folder, "", self._released[min(self._released)]).files

    def _read_common(self) -> str:
        """Return a digest of what the verdicts of a whole class depend on."""
        from nbgrader import __version__ as nbgrader_version
        from numpy import __version__ as numpy_version

        public = resources.folder("exercises") / self.assignment
        content = [
            self._released,
            [path.read_text(encoding="utf-8") for path in sorted(public.glob(CHECKS.format("q*")))],
            [self._own_checks, self._source_files, self._secret.hex(), self.language],
            [
                self.limits.as_dict(),
                self._kind,
                version("autograd_lab"),
                numpy_version,
                nbgrader_version,
            ],
        ]
        return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()

    def _place(self, step: str, student: str) -> Path:
        return Path(self._directory.format_path(step, student, self.assignment))

    def _staging(self, stage: Path, student: str) -> CourseDirectory:
        """Return the course as the converter sees it: this student alone, in the staging folder."""
        directory = CourseDirectory(**self._options)
        directory.assignment_id, directory.student_id = self.assignment, glob.escape(student)
        directory.submitted_directory = str((stage / "submitted").relative_to(self.course))
        directory.autograded_directory = str((stage / "autograded").relative_to(self.course))
        return directory

    @contextlib.contextmanager
    def _staged(self, stage: Path, student: str, read: dict[str, Submission]) -> Iterator[None]:
        """Put a submission where the converter finds it, and take it away again."""
        shutil.rmtree(stage, ignore_errors=True)
        folder = stage / "submitted" / student / self.assignment
        folder.mkdir(parents=True)
        for name, submission in read.items():
            for note in submission.notes if submission.readable else ():
                submission.notebook.cells.insert(0, _note(note))
            # nbformat would indent and validate what is read back at once: six times the work.
            text = json.dumps(submission.notebook)
            (folder / f"{name}.ipynb").write_text(text, encoding="utf-8")
            for file, content in submission.files.items():
                _write_file(folder / file, content)
        stamp = self._place(self._directory.submitted_directory, student) / "timestamp.txt"
        if stamp.is_file() and not stamp.is_symlink():
            shutil.copyfile(stamp, folder / "timestamp.txt")
        yield
        shutil.rmtree(stage, ignore_errors=True)

    def _put_in_place(self, stage: Path, student: str) -> None:
        """Rename the new folder of autograded notebooks into the place of the old one."""
        made = stage / "autograded" / student / self.assignment
        place = self._place(self._directory.autograded_directory, student)
        for path in made.rglob("*"):
            if path.is_file():
                with path.open("rb") as file:
                    os.fsync(file.fileno())
        place.parent.mkdir(parents=True, exist_ok=True)
        old = stage / "old"
        if place.exists():
            place.rename(old)
        made.rename(place)
        for folder in (place, place.parent):
            descriptor = os.open(folder, os.O_RDONLY)
            os.fsync(descriptor)
            os.close(descriptor)

    def _marker(self, student: str) -> Path:
        return self.course / WORK / "done" / self.assignment / f"{student}.json"

    def _mark(self, student: str, key: str) -> None:
        marker = self._marker(student)
        marker.parent.mkdir(parents=True, exist_ok=True)
        marker.write_text(json.dumps({"key": key}), encoding="utf-8")

    def _is_done(self, student: str, key: str) -> bool:
        """Tell whether exactly this submission is in the gradebook already."""
        try:
            marked = json.loads(self._marker(student).read_text(encoding="utf-8"))
            self.gradebook.find_submission(self.assignment, student)
        except Exception:  # no marker, a broken one, or a gradebook that does not know of it
            return False
        place = self._place(self._directory.autograded_directory, student)
        return place.is_dir() and marked == {"key": key}


def _settings(course: Path) -> Any:
    """Return nbgrader's settings for a course: its own file, and those of the user and system."""
    if not (course / "nbgrader_config.py").is_file():
        raise RunError(
            _("{folder} is no course: it has no nbgrader_config.py").format(folder=course)
        )
    return settings(course)


@contextlib.contextmanager
def _writing(text: str) -> Iterator[None]:
    """Raise RunError with `text` for what a database or a disk refuses."""
    try:
        yield
    except (SQLAlchemyError, OSError, InvalidEntry) as error:
        # InvalidEntry is what nbgrader makes of some errors of the database.
        known = error.__cause__ or error.__context__ if isinstance(error, InvalidEntry) else error
        if not isinstance(known, (SQLAlchemyError, OSError)):
            raise
        reason = getattr(known, "orig", None) or known
        raise RunError(text.format(reason=reason)) from error


def _is_test(cell: Any) -> bool:
    known = cell.metadata.get("nbgrader", {})
    return bool(known.get("grade")) and not known.get("solution") and cell.cell_type == "code"


def _failure(reason: str) -> dict[str, Any]:
    """Return the output of a cell that was not run."""
    return {"output_type": "error", "ename": "NotGraded", "evalue": reason, "traceback": [reason]}


def _note(text: str) -> Any:
    """Return a cell in which the grader speaks."""
    return nbformat.v4.new_markdown_cell(f"**{text}**", metadata={NOTE: True})


def _write_file(path: Path, content: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(base64.b64decode(content))


def _digest(folder: Path) -> bytes:
    """Return a digest of what a student handed in; what cannot be read counts by its name."""
    total = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        total.update(os.fsencode(path.relative_to(folder)) + b"\0")
        if path.is_file() and not path.is_symlink():
            with contextlib.suppress(OSError), path.open("rb") as file:
                total.update(hashlib.file_digest(file, "sha256").digest())
    return total.digest()


def _locked(folder: Path) -> int:
    """Take the lock of a course; it is given back by closing the descriptor, or by any end."""
    folder.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(folder / "lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(descriptor)
        raise RunError(_("this course is being graded already")) from None
    return descriptor


__all__ = ["Run", "RunError"]
