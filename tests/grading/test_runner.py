"""A run writes whole submissions: what was done stays done, what was not is done by the next run."""

import gc
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbgrader.api import Comment, Grade, Gradebook, MissingEntry
from nbgrader.nbgraderformat import ValidationError
from nbgrader.preprocessors import CheckCellMetadata

from autograd_lab.grading.gradebook import shared
from autograd_lab.grading.job import Job, Outcome
from autograd_lab.grading.runner import Run, RunError
from autograd_lab.grading.sandbox.limits import Limits
from tests.grading.classroom import ASSIGNMENT, FULL, cell
from tests.grading.small import STUDENTS, copy_of, small_class
from tests.grading.stock import Course


@pytest.fixture(scope="module")
def untouched(tmp_path_factory: pytest.TempPathFactory) -> Course:
    """A class that nobody has graded; tests work on copies."""
    return small_class(tmp_path_factory)


@pytest.fixture
def made(untouched: Course, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Course]:
    """A class to be graded in this process."""
    course = copy_of(untouched, tmp_path)
    for name, value in course.environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("AUTOGRAD_LAB_PRIVATE", "")
    before = list(sys.path)
    yield course
    sys.path[:] = before


def outcome(job: Job, points: float) -> Outcome:
    """Return what comes of a job where every check gives the same points."""
    given = {
        "output_type": "execute_result",
        "data": {"text/plain": repr(points)},
        "metadata": {},
        "execution_count": None,
    }
    return Outcome({place: [given] for place in job.questions})


def grade(run: Run, points: float, students: tuple[str, ...] = STUDENTS) -> list[str]:
    """Grade some students and return those whose turn it was."""
    done = []
    for (job,) in run.jobs(list(students)):
        run.save(job.student, {job.notebook: outcome(job, points)})
        done.append(job.student)
    return done


def scores(course: Course) -> dict[str, float]:
    """Return what the gradebook holds."""
    with Gradebook(f"sqlite:///{course.root / 'gradebook.db'}") as gradebook:
        found = gradebook.assignment_submissions(ASSIGNMENT)
        return {each.student.id: each.score for each in found}


def test_a_verdict_is_kept_while_nothing_changes(made: Course) -> None:
    """Another notebook, another time stamp and other limits call for another verdict, nothing else."""
    with Run(made.root, ASSIGNMENT) as run:
        assert grade(run, 1.0) == list(STUDENTS)
    stamp = made.root / "submitted" / "cem" / ASSIGNMENT / "timestamp.txt"
    with Run(made.root, ASSIGNMENT) as run:
        assert grade(run, 1.0) == []
        stamp.write_text("2026-03-01 12:00:00 UTC", encoding="utf-8")
        assert [student for student, _key in run.waiting(list(STUDENTS))] == ["cem"]
        assert grade(run, 1.0) == ["cem"]
    longer = replace(Limits(), cell_seconds=Limits().cell_seconds + 1)
    with Run(made.root, ASSIGNMENT, limits=longer) as run:
        assert [student for student, _key in run.waiting(list(STUDENTS))] == list(STUDENTS)
    assert scores(made) == dict.fromkeys(STUDENTS, float(len(FULL)))


def test_nobody_is_graded_without_a_secret(made: Course, monkeypatch: pytest.MonkeyPatch) -> None:
    """Hidden inputs that are drawn without a secret could be foreseen: the run says what is missing."""
    with Run(made.root, ASSIGNMENT) as run:
        monkeypatch.setattr(run, "_secret", b"")
        with pytest.raises(RunError, match="AUTOGRAD_LAB_PRIVATE is not set"):
            next(run.jobs(run.students(), force=True))


def test_what_is_lost_before_the_commit_is_done_again(
    made: Course, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the notebook in place and no scores, the old scores stand and the next run repairs it."""
    with Run(made.root, ASSIGNMENT) as run:
        grade(run, 1.0)
    place = made.root / "submitted" / "ben" / ASSIGNMENT / f"{ASSIGNMENT}.ipynb"
    notebook = nbformat.read(place, 4)
    notebook.cells.append(nbformat.v4.new_markdown_cell("late thought"))
    nbformat.write(notebook, place)

    def fail() -> None:
        raise OSError("no space left")

    with Run(made.root, ASSIGNMENT) as run:
        monkeypatch.setattr(run.gradebook, "save", fail)
        with pytest.raises(RunError, match="no space left"):
            grade(run, 0.5)
    assert scores(made) == dict.fromkeys(STUDENTS, float(len(FULL)))
    with Run(made.root, ASSIGNMENT) as run:
        assert grade(run, 0.5) == ["ben"]
    assert scores(made)["ben"] == 0.5 * len(FULL)
    assert sorted(path.name for path in made.root.glob("gradebook.db*")) == ["gradebook.db"]
    assert not (made.root / ".autograd_lab" / "stage").exists()


def test_a_refusal_is_written_and_tried_again(made: Course) -> None:
    """Who could not be graded has 0, reads why, and is graded by the next run."""
    with Run(made.root, ASSIGNMENT) as run:
        for (job,) in run.jobs(["ann"]):
            run.refuse(job.student, "the worker is lost")
        assert run.score("ann")[0] == 0
    autograded = made.root / "autograded" / "ann" / ASSIGNMENT / f"{ASSIGNMENT}.ipynb"
    assert "the worker is lost" in nbformat.read(autograded, 4).cells[0].source
    with Run(made.root, ASSIGNMENT) as run:
        assert grade(run, 1.0, ("ann",)) == ["ann"]
        assert run.score("ann")[0] == len(FULL)


def test_one_run_at_a_time(made: Course) -> None:
    """A second run on a course is refused; when the first has ended it is not."""
    with Run(made.root, ASSIGNMENT), pytest.raises(RunError, match="already"):
        Run(made.root, ASSIGNMENT)
    with Run(made.root, ASSIGNMENT) as run:
        assert run.students() == list(STUDENTS)


def test_nbgrader_gets_its_gradebook_back(made: Course, monkeypatch: pytest.MonkeyPatch) -> None:
    """After a run, and after one that failed, nbgrader's modules open gradebooks as before."""
    from nbgrader.converters import autograde

    def broken(*_places: Any) -> None:
        raise ValueError("broken")

    with Run(made.root, ASSIGNMENT) as run:
        grade(run, 1.0, ("ann",))
        monkeypatch.setattr(run, "_put_in_place", broken)
        with pytest.raises(ValueError, match="broken"):
            grade(run, 1.0, ("ben",))
    assert autograde.Gradebook is Gradebook
    assert set(scores(made)) == {"ann"}


def test_nothing_is_kept_of_what_was_written(made: Course) -> None:
    """However many are graded, no grade that is in the gradebook stays in memory, too."""
    with Run(made.root, ASSIGNMENT) as run:
        for (job,) in run.jobs(list(STUDENTS)):
            run.save(job.student, {job.notebook: outcome(job, 1.0)})
            gc.collect()
            assert not any(isinstance(each, Grade | Comment) for each in gc.get_objects())


def test_grades_are_found_one_by_one_or_all_together(made: Course) -> None:
    """What is looked up together is what nbgrader finds, also what is there for no cell at all."""
    with Run(made.root, ASSIGNMENT) as run:
        grade(run, 1.0)
        book = run.gradebook
        place = (ASSIGNMENT, ASSIGNMENT, "ann")
        for name, submitted in (("grade", "grades"), ("comment", "comments")):
            of_it = getattr(book.find_submission_notebook(*place), submitted)
            assert of_it
            for each in of_it:
                assert getattr(book, f"find_{name}")(each.cell.name, *place) is each
            with pytest.raises(MissingEntry):
                getattr(book, f"find_{name}")("no-such-cell", *place)


def test_metadata_that_is_wrong_is_found_wrong_again(made: Course) -> None:
    """Sound metadata is remembered; a fault in a cell, or between cells, is told each time."""
    with Run(made.root, ASSIGNMENT) as run, shared(run.gradebook):
        released = made.released(ASSIGNMENT)
        CheckCellMetadata().preprocess(released, {})
        twice = made.released(ASSIGNMENT)
        twice.cells.append(cell(twice, "q2-implement"))
        faulty = made.released(ASSIGNMENT)
        del cell(faulty, "q2-implement").metadata.nbgrader["points"]
        for notebook in (twice, faulty, twice, faulty):
            with pytest.raises(ValidationError):
                CheckCellMetadata().preprocess(notebook, {})
