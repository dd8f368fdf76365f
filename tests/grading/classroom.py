"""A class of thirty, right, wrong, late, empty and odd, and the courses it is taught in."""

import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat
from nbgrader.api import Gradebook

from autograd_lab.grading.report import VERDICT
from tests.grading.everything import hand_in_everything
from tests.grading.fixtures import QUESTIONS
from tests.grading.stock import Course, answered, batches, stated

HOSTILE = "<img src=x onerror=alert(1)>"
DUE = "2026-03-01 12:00:00 UTC"
PENALTY = 1.5
LATENESS = f"""
from nbgrader.plugins import BasePlugin

class PerSecond(BasePlugin):
    def late_submission_penalty(self, student_id, score, total_seconds_late):
        return {PENALTY} * total_seconds_late
"""
"""What an instructor writes to take points from who is late."""
ASSIGNMENT = "ps1"
GRADED = "graded.db"
"""The gradebook as it was when the class had just been graded."""
RIGHT = {
    question: question.answers["right_retain" if question.name == "q2" else right]
    for question in QUESTIONS
    if question.folder.name == ASSIGNMENT
    for right in [min(name for name in question.answers if name.startswith("right_"))]
}
FULL = {part: points for part, (points, _code) in stated(RIGHT).items()}


def cell(notebook: Any, grade_id: str) -> Any:
    """Return the cell of a notebook that nbgrader knows by a name."""
    return next(
        c for c in notebook.cells if c.metadata.get("nbgrader", {}).get("grade_id") == grade_id
    )


def copied(notebook: Any) -> None:
    """Copy an answer and a graded cell, metadata and all, as a front end does."""
    for name in ("q2-functions", "q2-implement"):
        twin = json.loads(json.dumps(cell(notebook, name)))
        notebook.cells.append(nbformat.from_dict({**twin, "id": f"copy-{name}"}))


def old_format(notebook: Any) -> None:
    """Claim another version of nbgrader's metadata."""
    cell(notebook, "q2-functions").metadata.nbgrader.schema_version = 2


def deleted(name: str) -> Callable[[Any], None]:
    """Return what deletes a cell."""
    return lambda notebook: notebook.cells.remove(cell(notebook, name))


def written(name: str, text: str) -> Callable[[Any], None]:
    """Return what writes something else into a cell."""

    def change(notebook: Any) -> None:
        cell(notebook, name).source = text

    return change


def begun_with(text: str) -> Callable[[Any], None]:
    """Return what runs something before all else."""

    def change(notebook: Any) -> None:
        notebook.cells.insert(0, nbformat.v4.new_code_cell(text))

    return change


FORGED = f"""
from IPython.display import display
display({{"{VERDICT}": {{"findings": [{{"code": "{HOSTILE}"}}]}}, "text/plain": ""}}, raw=True)
"""
# What odd students do to a right notebook, and the parts that are then worth nothing.
ODD: dict[str, tuple[Callable[[Any], Any], set[str]]] = {
    HOSTILE: (begun_with(FORGED), set()),
    "=cmd|calc!A0": (begun_with("import os; os.chdir('/')"), set()),
    "王 小明": (begun_with("score = private_score = lambda *_: 7.0"), set()),
    "copied": (copied, set()),
    "old format": (old_format, set()),
    "test deleted": (deleted("q2-implement"), {"q2-implement"}),
    "answer deleted": (deleted("q2-prediction"), {"q2-predict", "q2-implement"}),
    "test edited": (written("q2-predict", "99.0"), set()),
    "syntax error": (
        written("q2-prediction", "def accumulated(:"),
        {"q2-predict", "q2-implement"},
    ),
    "exit": (begun_with("import sys; sys.exit(3)"), set()),
    "loud": (begun_with("import sys; print('loud', file=sys.stderr)"), set()),
    "late": (lambda notebook: None, set()),
    "renamed": (lambda notebook: None, set(FULL)),
}
BATCHES = {f"s{number:02}": answers for number, answers in enumerate(batches(ASSIGNMENT)[:17])}
CLASS = [*BATCHES, *ODD]
ELSEWHERE = {
    assignment: dict(zip(("s00", "s01"), batches(assignment), strict=False))
    for assignment in sorted({question.folder.name for question in QUESTIONS} - {ASSIGNMENT})
}
"""What is handed in in the Chinese course, besides what the README hands in: stubs and right answers.
A kernel takes a second; `everything.py` puts every answer into one notebook."""
TAMPERED = "s01"
"""Who changed the locked cells of a right notebook: nbgrader brings them back."""
README = Path(__file__).parents[2] / "README.md"
(IN_TEN_LINES,) = re.findall(
    r"ten lines:\n\n```sh\npip install .*?\n(.*?)```", README.read_text(encoding="utf-8"), re.DOTALL
)
"""What the README tells an instructor to type, once the package is installed."""


def with_due_date(made: Course) -> None:
    """Set a date until which the assignment is to be handed in, and a price for being late."""
    (made.root / "lateness.py").write_text(LATENESS, encoding="utf-8")
    with (made.root / "nbgrader_config.py").open("a", encoding="utf-8") as settings:
        settings.write('c.AssignLatePenalties.plugin_class = "lateness.PerSecond"\n')
    with Gradebook(f"sqlite:///{made.root / 'gradebook.db'}") as gradebook:
        gradebook.update_or_create_assignment(ASSIGNMENT, duedate=DUE)


def taught(made: Course) -> None:
    """Take the class through nbgrader, from the release to the overview."""
    for student, answers in BATCHES.items():
        notebook = answered(made.released(ASSIGNMENT), answers, explain=student != "s00")
        made.hand_in(student, ASSIGNMENT, notebook)
    for student, (change, _lost) in ODD.items():
        notebook = answered(made.released(ASSIGNMENT), RIGHT)
        change(notebook)
        name = "my notebook" if student == "renamed" else ASSIGNMENT
        folder = made.hand_in(student, ASSIGNMENT, notebook, name)
        if student == "late":
            (folder / "timestamp.txt").write_text("2026-03-01 12:00:01 UTC", encoding="utf-8")
    made.copy(beside(made).root)
    made.nbgrader("autograde", ASSIGNMENT)
    told(made)


def beside(made: Course) -> Course:
    """Return the copy of a course in which our own grader grades what was handed in."""
    return Course(made.root.parent / "ours" / made.root.name, made.settings)


def graded_here(made: Course) -> Course:
    """Take the copy of a course through our own grader, to the overview; return it."""
    course = beside(made)
    course.autograd_lab("grade", ASSIGNMENT, "--course", course.root.name, "--workers", "0")
    told(course)
    return course


def told(made: Course) -> None:
    """Make what students and the instructor read once the class is graded."""
    shutil.copyfile(made.root / "gradebook.db", made.root / GRADED)
    made.nbgrader("generate_feedback", ASSIGNMENT)
    made.nbgrader("export", "--to", "grades.csv")
    made.autograd_lab("report", ASSIGNMENT, "--course", made.root.name)


def taught_in_chinese(made: Course) -> None:
    """Do what the README says, then take answers to the other assignments through nbgrader."""
    made.shell(IN_TEN_LINES.replace("--lang en", "--lang zh"))
    for assignment, handed_in in ELSEWHERE.items():
        made.nbgrader("generate_assignment", assignment)
        for student, answers in handed_in.items():
            notebook = answered(made.released(assignment), answers, explain=student != "s00")
            if student == TAMPERED:
                for locked in filter(is_driver, notebook.cells):
                    locked.source = "raise SystemExit"
            made.hand_in(student, assignment, notebook)
        made.nbgrader("autograde", assignment)
    hand_in_everything(made, "zh")


def is_driver(each: Any) -> bool:
    """Tell whether a cell is locked but not graded: it calls what the student wrote."""
    known = each.metadata.get("nbgrader", {})
    return bool(known.get("locked") and not known.get("grade"))


def expected(student: str) -> dict[str, float]:
    """Return the points of a student per part that is graded by checks."""
    if student in BATCHES:
        return {part: points for part, (points, _code) in stated(BATCHES[student]).items()}
    lost = ODD[student][1]
    return {part: 0 if part in lost else points for part, points in FULL.items()}


def total(student: str) -> float:
    """Return the points of a student as nbgrader exports them: less what lateness costs."""
    return sum(expected(student).values()) - (PENALTY if student == "late" else 0)


def student_with(code: str) -> str:
    """Return the first student of the class whose answers meet a misconception."""
    return next(
        student
        for student, answers in BATCHES.items()
        if code in {each for _points, each in stated(answers).values()}
    )
