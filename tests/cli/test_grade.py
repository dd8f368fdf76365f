"""`autograd-lab grade`: what may be asked for, what is said, and how it ends."""

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import nbformat
import pytest
from click.testing import CliRunner, Result

from autograd_lab import i18n
from autograd_lab.cli import grade, main
from autograd_lab.grading.sandbox.kernel import PROGRAM
from tests.grading.classroom import ASSIGNMENT, FULL, cell
from tests.grading.small import STUDENTS, copy_of, endless, replace, right, small_class
from tests.grading.stock import Course

PATIENCE = 120
"""Seconds after which a process that should have ended is ended."""


@pytest.fixture(scope="module")
def untouched(tmp_path_factory: pytest.TempPathFactory) -> Course:
    """A class that nobody has graded; tests work on copies."""
    return small_class(tmp_path_factory)


@pytest.fixture
def course(untouched: Course, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Course]:
    """A class to be graded in this process."""
    made = copy_of(untouched, tmp_path)
    for name, value in made.environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("AUTOGRAD_LAB_PRIVATE", "")
    before = list(sys.path)
    yield made
    sys.path[:] = before
    i18n.set_language(None)


def graded(course: Course, *arguments: str) -> Result:
    """Run the command on a course, in this process where it does not ask for workers."""
    where = () if "--workers" in arguments else ("--workers", "0")
    command = ["grade", ASSIGNMENT, "--course", str(course.root), *where, *arguments]
    return CliRunner().invoke(main, command)


def students_in(result: Result) -> list[str]:
    """Return the students of the JSON lines on stdout."""
    return [json.loads(line)["student"] for line in result.stdout.splitlines()]


def test_a_class_is_graded_once(course: Course) -> None:
    """All get their points; what is graded is left alone until it changes or is forced."""
    first = graded(course, "--json")
    assert first.exit_code == 0, first.output
    for line in map(json.loads, first.stdout.splitlines()):
        full = sum(FULL.values())
        assert (line["score"], line["notes"], line["flags"]) == (full, [], [])
    assert students_in(first) == list(STUDENTS)
    again = graded(course, "--json")
    assert (again.exit_code, again.stdout) == (0, "")
    assert "Nothing to do" in again.stderr
    replace(course, "ben", course.released(ASSIGNMENT))
    changed = graded(course, "--json")
    assert students_in(changed) == ["ben"]
    assert json.loads(changed.stdout)["score"] < full
    assert students_in(graded(course, "--json", "--force", "--student", "ann")) == ["ann"]


def test_what_is_odd_is_told(course: Course) -> None:
    """A broken notebook gets a verdict, a reason and exit status 1; the others their points."""
    broken = course.root / "submitted" / "ben" / ASSIGNMENT / f"{ASSIGNMENT}.ipynb"
    broken.write_text('{"cells": [', encoding="utf-8")
    result = graded(course, "--json")
    lines = {line["student"]: line for line in map(json.loads, result.stdout.splitlines())}
    assert result.exit_code == 1
    assert lines["ben"]["score"] == 0
    assert "not complete JSON" in lines["ben"]["notes"][0]
    assert lines["ann"]["score"] == lines["cem"]["score"] == sum(FULL.values())
    assert "not complete JSON" in result.stderr
    assert "Traceback" not in result.output
    assert "SAWarning" not in result.output


def test_a_dry_run_does_nothing(course: Course) -> None:
    """Who would be graded is listed; neither gradebook nor notebooks change."""
    before = (course.root / "gradebook.db").read_bytes()
    result = graded(course, "--dry-run")
    assert (result.exit_code, result.stdout.split()) == (0, list(STUDENTS))
    assert graded(course, "--dry-run", "--student", "cem").stdout.split() == ["cem"]
    assert (course.root / "gradebook.db").read_bytes() == before
    assert not (course.root / "autograded").exists()


REFUSED = [
    (["--student", "nobody"], "nobody"),
    (["--scheduler", "tcp://127.0.0.1:1"], "without encryption"),
    (["--scheduler", "tcp://127.0.0.1:1", "--insecure", "--reduced"], "without encryption"),
    (["--scheduler", "tls://127.0.0.1:1"], "--security"),
    (["--workers", "-1"], "-1"),
    (["--kernel", "--reduced"], "leave out --reduced"),
]


@pytest.mark.parametrize(("arguments", "said"), REFUSED)
def test_what_makes_no_sense_is_refused(course: Course, arguments: list[str], said: str) -> None:
    """The message says what is wrong, nothing is graded, the exit status is 2."""
    result = graded(course, *arguments)
    assert result.exit_code == 2
    assert said in result.stderr
    assert "Traceback" not in result.output
    assert not (course.root / "autograded").exists()


def test_no_course_and_no_release_are_told(course: Course, tmp_path: Path) -> None:
    """Both lead to exit status 2 and a sentence that says what to do."""
    empty = Course(tmp_path / "empty", tmp_path)
    empty.root.mkdir()
    result = graded(empty)
    assert (result.exit_code, "nbgrader_config.py" in result.stderr) == (2, True)
    (course.root / "release" / ASSIGNMENT / f"{ASSIGNMENT}.ipynb").unlink()
    result = graded(course)
    assert (result.exit_code, "generate_assignment" in result.stderr) == (2, True)


def test_a_missing_library_is_named(course: Course, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the libraries of grading it says how to get them."""
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(click.ClickException, match=r"autograd_lab\[grade\]"):
        grade._require(["rich"])


def start(course: Course, *arguments: str) -> subprocess.Popen[str]:
    """Start the command as a process, in a session of its own as a terminal's is."""
    program = "from autograd_lab.cli import main; main()"
    command = [sys.executable, "-c", program, "grade", ASSIGNMENT, "--json", *arguments]
    return subprocess.Popen(
        command,
        cwd=course.root,
        env=course.environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        start_new_session=True,
    )


@pytest.mark.parametrize("workers", ["0", "1"])
def test_ctrl_c_loses_nothing(course: Course, workers: str) -> None:
    """Stopped in the middle, the command says so; run again it grades the others alone."""
    replace(course, "ben", endless(course))
    process = start(course, "--workers", workers)
    assert process.stdout is not None
    first = json.loads(process.stdout.readline())
    # As a terminal does: to every process of the group.
    os.killpg(process.pid, signal.SIGINT)
    rest, said = process.communicate(timeout=PATIENCE)
    assert process.returncode == 130, said
    done = [first["student"], *(json.loads(line)["student"] for line in rest.splitlines())]
    assert "ben" not in done
    assert f"Submissions graded: {len(done)}" in said
    assert "Traceback" not in said
    replace(course, "ben", right(course))
    result = graded(course, "--json")
    assert sorted(students_in(result) + done) == list(STUDENTS)
    assert result.exit_code == 0


def test_two_at_a_time_are_refused(course: Course) -> None:
    """A second run on a course that is being graded ends at once."""
    replace(course, "ben", endless(course))
    process = start(course, "--workers", "0")
    assert process.stdout is not None
    process.stdout.readline()
    result = graded(course)
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=PATIENCE)
    assert (result.exit_code, "being graded already" in result.stderr) == (2, True)


needs_bubblewrap = pytest.mark.skipif(
    shutil.which(PROGRAM) is None, reason="bubblewrap is not installed"
)


@needs_bubblewrap
@pytest.mark.parametrize("workers", ["0", "1"])
def test_a_kernel_gives_the_same_points(course: Course, workers: str) -> None:
    """Right answers get all points in a real kernel, here and on a worker, and beside its magics."""
    notebook = right(course)
    text = "import asyncio, ipywidgets\nawait asyncio.sleep(0)\n%matplotlib inline\n"
    own = "assert type(get_ipython()).__name__ == 'ZMQInteractiveShell'\n"
    functions = cell(notebook, "q2-functions")
    functions.source = text + own + functions.source
    replace(course, "ben", notebook)
    two = ["--student", "ann", "--student", "ben"]
    result = graded(course, "--kernel", "--json", "--workers", workers, *two)
    assert result.exit_code == 0, result.output
    found = {line["student"]: line for line in map(json.loads, result.stdout.splitlines())}
    assert set(found) == {"ann", "ben"}
    for line in found.values():
        assert (line["score"], line["notes"], line["flags"]) == (sum(FULL.values()), [], [])
    assert graded(course, "--kernel", "--dry-run", *two).stdout == ""
    assert graded(course, "--dry-run", *two).stdout.split() == ["ann", "ben"]


@needs_bubblewrap
def test_a_released_notebook_names_its_kernel(course: Course) -> None:
    """One that is not installed ends the run; what a student writes there counts for nothing."""
    place = course.root / "release" / ASSIGNMENT / f"{ASSIGNMENT}.ipynb"
    notebook = nbformat.read(place, 4)
    notebook.metadata.kernelspec = {"name": "julia", "display_name": "Julia", "language": "julia"}
    nbformat.write(notebook, place)
    result = graded(course, "--kernel", "--workers", "1")
    assert result.exit_code == 2
    assert "No such kernel named julia" in result.stderr
    assert not (course.root / "autograded").exists()


def test_without_bubblewrap_no_kernel_runs(course: Course, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is told how to get it, and nothing is graded in another way."""
    monkeypatch.setattr("autograd_lab.grading.sandbox.kernel.PROGRAM", "no-such-program")
    result = graded(course, "--kernel")
    assert result.exit_code == 2
    assert "no-such-program" in result.stderr
    assert "apt install bubblewrap" in result.stderr
    assert not (course.root / "autograded").exists()
