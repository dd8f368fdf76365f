"""What our grader leaves behind is what stock nbgrader leaves behind, on the class of thirty."""

import csv
from typing import Any

import nbformat
import pytest
from nbgrader.api import Gradebook

from tests.grading.classroom import ASSIGNMENT, CLASS, GRADED, PENALTY, student_with
from tests.grading.stock import Course, graded_cells
from tests.grading.tables import Row, contents

BETTER = ("renamed", "test deleted")
"""Who loses everything with stock for a slip that we undo."""
HONEST = [student for student in CLASS if student not in BETTER]


def truth(course: Course) -> dict[str, list[Row]]:
    """Return the gradebook of a course without those whose slips we undo."""
    found = contents(f"sqlite:///{course.root / GRADED}")
    return {
        name: [row for row in rows if not any(repr(who) in repr(row) for who in BETTER)]
        for name, rows in found.items()
    }


def autograded(course: Course, student: str) -> Any:
    """Return the autograded notebook of a student."""
    folder = course.root / "autograded" / student / ASSIGNMENT
    return nbformat.read(folder / f"{ASSIGNMENT}.ipynb", 4)


def judged(notebook: Any) -> dict[str, Any]:
    """Return what stands under each cell that is graded by a test."""
    return {
        cell.metadata.nbgrader.grade_id: [
            {key: value for key, value in output.items() if key != "execution_count"}
            for output in cell.outputs
        ]
        for cell in notebook.cells
        if cell.cell_type == "code" and cell.metadata.get("nbgrader", {}).get("grade")
    }


def test_the_gradebook_is_the_same(course: Course, ours: Course) -> None:
    """Every table holds the same rows, keyed by student, notebook and cell."""
    theirs, mine = truth(course), truth(ours)
    assert set(mine) == set(theirs)
    for table, rows in theirs.items():
        assert mine[table] == rows, table
    assert len(theirs["submitted_assignment"]) == len(HONEST)
    cells = graded_cells(course.released(ASSIGNMENT))
    assert len(theirs["grade"]) == len(cells) * len(HONEST)


def test_the_notebooks_say_the_same(course: Course, ours: Course) -> None:
    """Under each test cell stand the same report and points, in the same cells."""
    for student in HONEST:
        theirs, mine = autograded(course, student), autograded(ours, student)
        assert judged(mine) == judged(theirs), student
        sources = [cell.source for cell in theirs.cells]
        assert [cell.source for cell in mine.cells] == sources, student


def test_what_follows_is_the_same(course: Course, ours: Course) -> None:
    """nbgrader exports the same table, and makes feedback for everybody."""
    tables = [
        list(csv.DictReader((each.root / "grades.csv").open(encoding="utf-8")))
        for each in (course, ours)
    ]
    theirs, mine = ([row for row in table if row["student_id"] not in BETTER] for table in tables)
    assert mine == theirs
    (late,) = [row for row in mine if row["student_id"] == "late" and float(row["max_score"])]
    assert float(late["late_submission_penalty"]) == PENALTY
    for student in HONEST:
        page = ours.root / "feedback" / student / ASSIGNMENT / f"{ASSIGNMENT}.html"
        assert page.is_file(), student


def test_slips_are_undone(ours: Course) -> None:
    """A notebook of another name is found, and a deleted test is put back: both get their points."""
    with Gradebook(f"sqlite:///{ours.root / 'gradebook.db'}") as gradebook:
        right = gradebook.find_submission(ASSIGNMENT, "copied").score
        assert [gradebook.find_submission(ASSIGNMENT, who).score for who in BETTER] == [right] * 2


def test_what_a_person_gave_stays(ours: Course) -> None:
    """Graded again by force, manual scores and comments stay, and nothing else changes."""
    student = student_with("expects-overwrite")
    url = f"sqlite:///{ours.root / 'gradebook.db'}"
    with Gradebook(url) as gradebook:
        (notebook,) = gradebook.find_submission(ASSIGNMENT, student).notebooks
        (grade,) = [each for each in notebook.grades if each.name == "q2-explain"]
        grade.manual_score = 2.5  # regraded, it waits for a person again, as with stock
        (comment,) = [each for each in notebook.comments if each.name == "q2-explain"]
        comment.manual_comment = "Well said."
        gradebook.db.commit()
    before = contents(url)
    ours.autograd_lab(
        *("grade", ASSIGNMENT, "--course", ours.root.name, "--workers", "0"),
        *("--student", student, "--force"),
    )
    assert contents(url) == before
    assert "Well said." in repr(before)


@pytest.fixture(scope="module")
def course(courses: dict[str, Course]) -> Course:
    """Return the course that stock nbgrader has graded."""
    return courses["en"]
