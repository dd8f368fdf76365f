"""How a class did in an assignment, from nbgrader's gradebook and the autograded notebooks.

The gradebook has scores and times. Which misconceptions were met is kept beside them, as data in the
outputs of the graded cells: `grading.report` puts it there.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from statistics import mean
from typing import Any

from .report import VERDICT


class OverviewError(Exception):
    """There is nothing to give an overview of; the message is for the instructor."""


@dataclass(frozen=True, slots=True)
class Part:
    """What one student got in one graded cell."""

    points: float
    max_points: float
    waiting: bool
    """A person has still to grade it."""
    codes: tuple[str, ...] = ()
    """The misconceptions met, each once."""


@dataclass(frozen=True, slots=True)
class Submission:
    """What one student handed in."""

    student: str
    submitted: datetime | None
    """In UTC; None where nbgrader does not know."""
    late: bool
    score: float
    parts: dict[str, Part]
    """By the name of the graded cell."""

    @property
    def waiting(self) -> bool:
        """Whether a person has still to grade a part."""
        return any(part.waiting for part in self.parts.values())


@dataclass(frozen=True, slots=True)
class Overview:
    """How a class did in an assignment."""

    assignment: str
    max_score: float
    submissions: tuple[Submission, ...]
    """By the name of the student."""
    missing: tuple[str, ...]
    """Students without a graded submission."""

    @property
    def parts(self) -> list[str]:
        """The graded cells, in the order of the notebook."""
        return list(dict.fromkeys(name for each in self.submissions for name in each.parts))

    def mean(self, part: str) -> float | None:
        """Return the mean points of a part where it was graded; None if it was nowhere."""
        found = [each.parts[part] for each in self.submissions if part in each.parts]
        graded = [one.points for one in found if not one.waiting]
        return mean(graded) if graded else None

    def misconceptions(self, part: str) -> list[tuple[str, int]]:
        """Return how many students met each misconception of a part, the most frequent first."""
        found = [each.parts[part].codes for each in self.submissions if part in each.parts]
        counted = Counter(code for codes in found for code in codes)
        return sorted(counted.items(), key=lambda pair: (-pair[1], pair[0]))


def read_overview(course: Path, assignment: str) -> Overview:
    """Return the overview of an assignment that was autograded in the folder `course`.

    The gradebook is the one that `nbgrader_config.py` names. Raises OverviewError where there is none,
    no such assignment or no submission, ImportError without nbgrader.
    """
    try:
        from nbgrader.api import MissingEntry
    except ImportError:
        raise ImportError(
            "the overview needs nbgrader; this brings it: pip install 'autograd_lab[course]'"
        ) from None
    with _gradebook(course.resolve()) as gradebook:
        try:
            entry = gradebook.find_assignment(assignment)
        except MissingEntry:
            known = ", ".join(each.name for each in gradebook.assignments) or "none"
            raise OverviewError(
                f"the gradebook has no assignment {assignment!r}; there are: {known}"
            ) from None
        found = [_submission(each, course, assignment) for each in entry.submissions]
        students = {each.id for each in gradebook.students}
        most = float(entry.max_score)
    if not found:
        raise OverviewError(f"nothing was autograded for {assignment!r} yet")
    missing = sorted(students - {each.student for each in found})
    ordered = sorted(found, key=lambda each: each.student)
    return Overview(assignment, most, tuple(ordered), tuple(missing))


def _gradebook(course: Path) -> Any:
    """Open the gradebook that the settings of a course name."""
    from nbgrader.api import Gradebook
    from nbgrader.coursedir import CourseDirectory
    from sqlalchemy.engine import make_url
    from sqlalchemy.exc import SQLAlchemyError

    from .settings import settings

    directory = CourseDirectory(config=settings(course))
    try:
        place = make_url(directory.db_url)
        # Asked first: nbgrader would make an empty one.
        if place.drivername == "sqlite" and not Path(place.database or "").is_file():
            raise OverviewError(f"there is no gradebook: {place.database}")
        return Gradebook(directory.db_url, directory.course_id)
    except (SQLAlchemyError, ImportError) as error:
        raise OverviewError(f"the gradebook cannot be opened: {error}") from error


def _submission(entry: Any, course: Path, assignment: str) -> Submission:
    """Return what the gradebook and the autograded notebooks say of one submission."""
    student = str(entry.student.id)
    folder = course / "autograded" / student / assignment
    parts = {}
    for notebook in entry.notebooks:
        codes = dict(_codes(folder / f"{notebook.name}.ipynb"))
        # In the order of the notebook; what its author deleted comes last.
        order = [*codes, *sorted(grade.name for grade in notebook.grades)]
        for grade in sorted(notebook.grades, key=lambda each: order.index(each.name)):
            parts[grade.name] = Part(
                float(grade.score),
                float(grade.max_score),
                bool(grade.needs_manual_grade),
                codes.get(grade.name, ()),
            )
    late = entry.total_seconds_late > 0
    return Submission(student, entry.timestamp, late, float(entry.score), parts)


def _codes(path: Path) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield the misconceptions per graded cell of an autograded notebook, none if it is unreadable."""
    try:
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        graded = [cell for cell in cells if cell["metadata"].get("nbgrader", {}).get("grade")]
        for cell in graded:
            # Others hold what students displayed themselves.
            bundles = [output.get("data", {}) for output in cell.get("outputs", [])]
            findings = [
                finding
                for bundle in bundles
                if VERDICT in bundle
                for finding in bundle[VERDICT]["findings"]
            ]
            codes = (str(finding["code"]) for finding in findings if finding["code"])
            yield cell["metadata"]["nbgrader"]["grade_id"], tuple(dict.fromkeys(codes))
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return


__all__ = ["Overview", "OverviewError", "Part", "Submission", "read_overview"]
