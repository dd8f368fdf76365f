"""A class through the hardened grader, in this process, one job after the other."""

import contextlib
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbgrader.api import Gradebook

from autograd_lab.grading.job import Outcome
from autograd_lab.grading.job import run as run_job
from autograd_lab.grading.runner import Run
from autograd_lab.grading.sandbox.client import Sandbox
from autograd_lab.grading.sandbox.limits import MEGABYTE, Limits
from tests.grading.corpus.case import ASSIGNMENT
from tests.grading.stock import released_once

PARTS = ("q2-predict", "q2-implement")
"""What checks judge in the question that the corpus answers."""
LIMITS = Limits(cell_seconds=2, job_seconds=6, memory=500 * MEGABYTE, processes=24)


class Graded:
    """A class after it was graded."""

    def __init__(self, root: Path, flags: dict[str, list[str]]) -> None:
        self.root, self.flags = root, flags
        with Gradebook(f"sqlite:///{root / 'gradebook.db'}") as gradebook:
            self.scores = {
                entry.student.id: {
                    grade.name: grade.auto_score
                    for notebook in entry.notebooks
                    for grade in notebook.grades
                    if grade.name in PARTS
                }
                for entry in gradebook.assignment_submissions(ASSIGNMENT)
            }

    def notebook(self, student: str) -> Any:
        """Return a student's autograded notebook."""
        place = self.root / "autograded" / student / ASSIGNMENT / f"{ASSIGNMENT}.ipynb"
        return nbformat.read(place, 4)


@contextlib.contextmanager
def graded_class(
    folders: pytest.TempPathFactory, hand_in: Callable[[Any, Path], None]
) -> Iterator[Graded]:
    """Grade what `hand_in(released notebook, folder of submissions)` writes, in a new course."""
    released = released_once(folders, ASSIGNMENT)
    course = released.copy(folders.mktemp("course") / "calculus", folders.mktemp("settings"))
    hand_in(course.released(ASSIGNMENT), course.root / "submitted")
    environment = dict(os.environ)
    try:
        yield Graded(course.root, grade(course.root))
    finally:
        # A course's settings are written into it.
        os.environ.clear()
        os.environ.update(environment)


def grade(root: Path) -> dict[str, list[str]]:
    """Grade the assignment; return the flags by student."""
    flags: dict[str, list[str]] = {}
    with Run(root, ASSIGNMENT) as run, Sandbox(LIMITS) as sandbox:
        for jobs in run.jobs(run.students()):
            outcomes = {
                # As it arrives from another machine.
                job.notebook: Outcome.from_dict(run_job(job, sandbox).as_dict())
                for job in jobs
            }
            student = jobs[0].student
            flags[student] = run.flags(student, outcomes)
            run.save(student, outcomes)
    return flags
