"""A class of a few, for tests of the grader that need no large one."""

import os
import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.grading.classroom import ASSIGNMENT, RIGHT, cell
from tests.grading.stock import Course, answered, released_once

STUDENTS = ("ann", "ben", "cem")
FAULTS = int(os.environ.get("AUTOGRAD_LAB_FAULTS", "1"))
"""How often a worker is killed, the quicker faults more often; `make soak` says 50."""


def small_class(folders: pytest.TempPathFactory) -> Course:
    """Make a course in which everybody has handed in right solutions."""
    made = copy_of(released_once(folders, ASSIGNMENT), folders.mktemp("class"))
    for student in STUDENTS:
        made.hand_in(student, ASSIGNMENT, right(made))
    return made


def copy_of(made: Course, root: Path) -> Course:
    """Return a copy of a course, to be changed."""
    return made.copy(root / "course", root / "settings")


def right(made: Course) -> Any:
    """Return a notebook with right solutions."""
    return answered(made.released(ASSIGNMENT), RIGHT)


def endless(made: Course) -> Any:
    """Return a notebook whose first answer never comes to an end."""
    notebook = right(made)
    cell(notebook, "q2-functions").source = "while True:\n    pass"
    return notebook


def replace(made: Course, student: str, notebook: Any) -> None:
    """Let a student hand in something else."""
    shutil.rmtree(made.root / "submitted" / student)
    made.hand_in(student, ASSIGNMENT, notebook)
