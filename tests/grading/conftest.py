"""A class that is graded once; and nothing of a test outlives it: neither results nor what was tried."""

import builtins
import itertools
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from autograd_lab.grading import progress
from tests.grading.classroom import (
    ASSIGNMENT,
    graded_here,
    taught,
    taught_in_chinese,
    with_due_date,
)
from tests.grading.stock import Course, released_once

_learners = itertools.count()


@pytest.fixture(scope="session")
def released_course(tmp_path_factory: pytest.TempPathFactory) -> Course:
    """Return a course with an assignment that nobody has handed in yet; copy it, leave it so."""
    folders = tmp_path_factory
    plain = released_once(folders, ASSIGNMENT)
    made = plain.copy(folders.mktemp("released") / "calculus", folders.mktemp("settings"))
    with_due_date(made)
    return made


@pytest.fixture(scope="session")
def courses(released_course: Course, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Course]:
    """Return an English course with the class, and a Chinese one with the answers to all else.

    What nbgrader has graded takes minutes: the modules share it, and put back what they change.
    """
    folders = {
        language: tmp_path_factory.mktemp(language) / "calculus" for language in ("en", "zh")
    }
    made = {
        "en": released_course.copy(folders["en"]),
        "zh": Course(folders["zh"], released_course.settings),
    }
    # Both at once: a kernel that starts leaves the processor idle.
    with ThreadPoolExecutor(len(made)) as pool:
        steps = [pool.submit(taught, made["en"]), pool.submit(taught_in_chinese, made["zh"])]
        for step in steps:
            step.result()
    return made


@pytest.fixture(scope="session")
def ours(courses: dict[str, Course]) -> Course:
    """Return the course of the class as our own grader leaves it."""
    return graded_here(courses["en"])


@pytest.fixture(autouse=True)
def _no_last_result() -> Iterator[None]:
    """Take `_` back, which Python's display hook sets: with that name IPython keeps no results."""
    yield
    vars(builtins).pop("_", None)


@pytest.fixture(autouse=True)
def _new_learner(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Keep what is tried in a folder of its own; return the folder."""
    # Numbered here: to find the next number pytest reads the whole folder, thousands of names.
    folder = tmp_path_factory.mktemp(f"learner-{next(_learners)}", numbered=False)
    monkeypatch.setenv(progress.FOLDER, str(folder))
    monkeypatch.setattr(progress, "_remembered", {})
    return folder
