"""The corpus as one class, through the hardened grader: each submission gets its own verdict."""

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbgrader.api import Gradebook

from autograd_lab.grading.job import Outcome
from autograd_lab.grading.job import run as run_job
from autograd_lab.grading.runner import FLAGS, Run
from autograd_lab.grading.sandbox.client import Sandbox
from autograd_lab.grading.sandbox.limits import MEGABYTE, Limits
from tests.grading.corpus.broken import BROKEN
from tests.grading.corpus.case import ASSIGNMENT, Cases
from tests.grading.corpus.cheating import CHEATING
from tests.grading.corpus.odd import ODD
from tests.grading.stock import Course

CORPUS: Cases = {**BROKEN, **ODD, **CHEATING}
LIMITS = Limits(cell_seconds=2, job_seconds=6, memory=500 * MEGABYTE, processes=24)


class Graded:
    """The class after it was graded."""

    def __init__(self, course: Course, flags: dict[str, list[str]]) -> None:
        self.course, self.flags = course, flags
        with Gradebook(f"sqlite:///{course.root / 'gradebook.db'}") as gradebook:
            self.scores = {
                entry.student.id: {
                    grade.name: grade.auto_score
                    for notebook in entry.notebooks
                    for grade in notebook.grades
                    if grade.name != "q2-explain"
                }
                for entry in gradebook.assignment_submissions(ASSIGNMENT)
            }

    def notebook(self, student: str) -> Any:
        """Return a student's autograded notebook."""
        place = self.course.root / "autograded" / student / ASSIGNMENT / f"{ASSIGNMENT}.ipynb"
        return nbformat.read(place, 4)


@pytest.fixture(scope="module")
def graded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Graded]:
    """Grade the corpus in one course, one process after the other from one fork server."""
    course = Course(tmp_path_factory.mktemp("course") / "calculus", tmp_path_factory.mktemp("set"))
    course.autograd_lab("course", "new", course.root.name)
    course.nbgrader("generate_assignment", ASSIGNMENT)
    released = course.released(ASSIGNMENT)
    for name, case in CORPUS.items():
        case.hand_in(released, course.root / "submitted" / name / ASSIGNMENT)
    environment = dict(os.environ)
    try:
        yield Graded(course, grade(course.root))
    finally:
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


def printed(notebook: Any) -> str:
    """Return all that the cells of a notebook printed."""
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", ())]
    return "".join(output.get("text", "") for output in outputs)


def test_there_are_enough() -> None:
    """At least 25 are broken, 20 odd, 25 cheating, and no name is used twice."""
    assert len(BROKEN) >= 25
    assert len(ODD) >= 20
    assert len(CHEATING) >= 25
    assert len(CORPUS) == len(BROKEN) + len(ODD) + len(CHEATING)


@pytest.mark.parametrize("name", CORPUS)
def test_a_submission_gets_its_verdict(graded: Graded, name: str) -> None:
    """Points per question, the reason for the student and the flag for the instructor are as stated."""
    case = CORPUS[name]
    assert graded.scores[name] == {"q2-predict": case.predict, "q2-implement": case.implement}
    notebook = graded.notebook(name)
    written = nbformat.writes(notebook)
    assert re.search(case.told, written)
    assert not re.search("STOLEN|WRITTEN|ESCAPED", printed(notebook))
    assert notebook.metadata[FLAGS] == graded.flags[name]
    if case.flag:
        assert case.flag in "\n".join(graded.flags[name])
    else:
        assert graded.flags[name] == []
