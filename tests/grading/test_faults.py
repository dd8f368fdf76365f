"""Whatever ends a run in the middle: the gradebook is consistent, and running again completes it."""

import os
import random
import shutil
import signal
import sqlite3
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event
from sqlalchemy.engine import Engine

from autograd_lab.grading import engines
from autograd_lab.grading.course import PRIVATE
from autograd_lab.grading.job import Outcome
from autograd_lab.grading.runner import WORK, Run, RunError
from autograd_lab.grading.sandbox.client import Sandbox
from autograd_lab.grading.sandbox.limits import Limits
from tests.grading.classroom import ASSIGNMENT, BATCHES
from tests.grading.small import FAULTS
from tests.grading.stock import Course, answered
from tests.grading.tables import Row, contents

STUDENTS = ["s00", "s01", "s02"]
WRITES = ("open", "os.", "shutil.", "sqlite3.", "statement", "commit")
Outcomes = dict[str, dict[str, Outcome]]


@pytest.fixture(scope="module")
def handed_in(released_course: Course, tmp_path_factory: pytest.TempPathFactory) -> Course:
    """Return a course in which three have handed in, and nothing is graded."""
    made = released_course.copy(tmp_path_factory.mktemp("faults") / "calculus")
    for student in STUDENTS:
        notebook = answered(made.released(ASSIGNMENT), BATCHES[student])
        folder = made.hand_in(student, ASSIGNMENT, notebook)
        (folder / "notes.txt").write_text(student, encoding="utf-8")
    return made


@pytest.fixture(scope="module")
def surroundings(handed_in: Course) -> Iterator[None]:
    """Give the runner what a process of its own would have, and take it back."""
    path, environment = sys.path[:], dict(os.environ)
    os.environ.update(handed_in.environment)
    yield
    sys.path[:] = path
    os.environ.clear()
    os.environ.update(environment)
    sys.modules.pop("lateness", None)


@pytest.fixture(scope="module")
def undisturbed(handed_in: Course, surroundings: None) -> tuple[Outcomes, dict[str, Any]]:
    """Return what came of the jobs, and what an undisturbed run leaves behind."""
    root = handed_in.root.parent / "undisturbed"
    shutil.copytree(handed_in.root, root)
    os.environ[PRIVATE] = str(root / "private")
    outcomes: Outcomes = {}
    with Run(root, ASSIGNMENT) as run:
        for student, outcome in engines.serial(run.jobs(run.students()), Limits()):
            assert not isinstance(outcome, str)
            outcomes[student] = outcome
            run.save(student, outcome)
    assert list(outcomes) == STUDENTS
    left = left_behind(root)
    assert len(rows(root)["submitted_assignment"]) == len(STUDENTS)
    assert any(path.endswith("/notes.txt") for path in left["files"])
    return outcomes, left


@pytest.fixture
def root(handed_in: Course, surroundings: None, tmp_path: Path) -> Path:
    """Return a copy of the course, of the test's own."""
    shutil.copytree(handed_in.root, tmp_path / "calculus")
    os.environ[PRIVATE] = str(tmp_path / "calculus" / "private")
    return tmp_path / "calculus"


def rows(root: Path) -> dict[str, list[Row]]:
    """Return what the gradebook of a course holds."""
    return contents(f"sqlite:///{root / 'gradebook.db'}")


def left_behind(root: Path) -> dict[str, Any]:
    """Return the gradebook, and all files that were not handed in, except what is said of them."""
    with sqlite3.connect(root / "gradebook.db") as database:
        (mode,) = database.execute("PRAGMA journal_mode").fetchone()
        (sound,) = database.execute("PRAGMA integrity_check").fetchone()
    database.close()
    assert (mode, sound) == ("delete", "ok")
    places = [root / "autograded", root / WORK]
    files = {
        path.relative_to(root).as_posix(): path.read_bytes()
        for place in places
        for path in place.rglob("*")
        if path.is_file()
    }
    beside = sorted(path.name for path in root.iterdir() if path.name.startswith("gradebook.db"))
    return {"rows": rows(root), "files": files, "beside": beside}


def grade(root: Path, outcomes: Outcomes, force: bool = False) -> int:
    """Grade what is not graded yet, with the outcomes that are known; return how many that were."""
    saved = 0
    with Run(root, ASSIGNMENT) as run:
        for (job,) in run.jobs(run.students(), force):
            run.save(job.student, outcomes[job.student])
            saved += 1
    return saved


def in_a_process(work: Callable[[], object]) -> int:
    """Do something in a fork of this process; return its exit code, negative for a signal."""
    if (child := os.fork()) == 0:
        try:
            work()
            os._exit(0)
        except BaseException:
            os._exit(70)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def die_at(last: int) -> Callable[[], int]:
    """Kill this process at what writes for the `last`-th time; return a count of what has written."""
    seen = 0

    def count(what: str) -> None:
        nonlocal seen
        seen += 1
        if seen == last:
            os.kill(os.getpid(), signal.SIGKILL)

    def audited(name: str, arguments: tuple[Any, ...]) -> None:
        if name == "open" and not (isinstance(arguments[2], int) and arguments[2] & 3):
            return
        if name.startswith(WRITES) and name not in ("os.scandir", "os.listdir"):
            count(name)

    event.listen(Engine, "before_cursor_execute", lambda *_: count("statement"))
    event.listen(Engine, "commit", lambda *_: count("commit"))
    sys.addaudithook(audited)
    return lambda: seen


@pytest.fixture(scope="module")
def writes(handed_in: Course, undisturbed: tuple[Outcomes, Any]) -> dict[bool, int]:
    """Return how often a run writes, by whether it grades again, counted in a process of its own."""
    root = handed_in.root.parent / "counted"
    shutil.copytree(handed_in.root, root)

    def counted() -> None:
        seen = die_at(-1)
        grade(root, undisturbed[0])
        first = seen()
        grade(root, undisturbed[0], force=True)
        (root / "count").write_text(f"{first} {seen() - first}", encoding="utf-8")

    assert in_a_process(counted) == 0
    first, again = map(int, (root / "count").read_text(encoding="utf-8").split())
    return {False: first, True: again}


def whole(found: dict[str, list[Row]], wanted: dict[str, list[Row]]) -> None:
    """Check that each submission in a gradebook is there with all it will have, or not at all."""
    for table in ("submitted_assignment", "submitted_notebook", "grade", "comment"):
        missing = Counter(wanted[table]) - Counter(found[table])
        assert not Counter(found[table]) - Counter(wanted[table])
        there = [who for who in STUDENTS if repr(who) in repr(found["submitted_assignment"])]
        assert not any(repr(who) in repr(row) for who in there for row in missing)


@pytest.mark.parametrize("number", range(max(8, FAULTS)))
def test_a_killed_run_is_completed(
    number: int,
    root: Path,
    undisturbed: tuple[Outcomes, dict[str, Any]],
    writes: dict[bool, int],
) -> None:
    """Killed at any write, the gradebook holds whole submissions; two more kills, and it is complete."""
    outcomes, wanted = undisturbed
    chance = random.Random(number)
    assert min(writes.values()) > 50 * len(STUDENTS)
    again = number % 4 == 3  # a class that is graded already, by force
    if again:
        grade(root, outcomes)
    for most in (writes[again], writes[again] // 2):

        def killed(last: int = chance.randint(1, most)) -> None:
            die_at(last)
            grade(root, outcomes, force=again)

        assert in_a_process(killed) == -signal.SIGKILL
        whole(rows(root), wanted["rows"])
    grade(root, outcomes)
    assert left_behind(root) == wanted
    assert grade(root, outcomes) == 0


def test_every_statement_may_be_the_last(
    root: Path, undisturbed: tuple[Outcomes, dict[str, Any]]
) -> None:
    """A database that goes away in mid-run is told of in a sentence, and the next run completes it."""
    outcomes, wanted = undisturbed
    chance = random.Random(7)
    for _round in range(max(3, FAULTS)):
        left = chance.randint(1, 150)

        def fail(*_arguments: Any) -> None:
            nonlocal left
            left -= 1
            if left <= 0:
                raise sqlite3.OperationalError("disk I/O error")

        event.listen(Engine, "before_cursor_execute", fail)
        try:
            grade(root, outcomes)
        except RunError as error:
            assert "disk I/O error" in str(error)
        finally:
            event.remove(Engine, "before_cursor_execute", fail)
        whole(rows(root), wanted["rows"])
    grade(root, outcomes)
    assert left_behind(root) == wanted


def test_a_locked_gradebook_is_told_of(
    root: Path, undisturbed: tuple[Outcomes, dict[str, Any]]
) -> None:
    """While somebody else writes, nothing is written; afterwards everything is."""
    outcomes, wanted = undisturbed
    config = root / "nbgrader_config.py"
    url = f"sqlite:///{root / 'gradebook.db'}?timeout=0.05"
    with config.open("a", encoding="utf-8") as file:
        file.write(f"c.CourseDirectory.db_url = {url!r}\n")
    other = sqlite3.connect(root / "gradebook.db", isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    with pytest.raises(RunError, match="database is locked"):
        grade(root, outcomes)
    other.execute("ROLLBACK")
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(RunError, match="database is locked"):
        grade(root, outcomes)
    other.close()
    assert not rows(root)["submitted_assignment"]
    assert not (root / "autograded").exists()
    assert grade(root, outcomes) == len(STUDENTS)
    assert left_behind(root) == wanted


def test_a_broken_or_read_only_gradebook_is_told_of(
    root: Path, undisturbed: tuple[Outcomes, dict[str, Any]]
) -> None:
    """What is no database, and one that cannot be written, end the run with a sentence."""
    outcomes, _wanted = undisturbed
    file = root / "gradebook.db"
    with (root / "nbgrader_config.py").open("a", encoding="utf-8") as config:
        config.write(f"c.CourseDirectory.db_url = 'sqlite:///file:{file}?mode=ro&uri=true'\n")
    with pytest.raises(RunError, match="readonly"):
        grade(root, outcomes)
    file.write_bytes(b"no database" * 1000)
    with pytest.raises(RunError, match="not a database"):
        grade(root, outcomes)
    assert file.read_bytes() == b"no database" * 1000


@pytest.mark.parametrize("number", range(max(2, FAULTS)))
def test_a_killed_job_or_server_is_tried_again(
    number: int,
    root: Path,
    undisturbed: tuple[Outcomes, dict[str, Any]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A fork server or a job that is killed from outside costs nobody a point once it is run again."""
    _outcomes, wanted = undisturbed
    chance = random.Random(number)
    ask, victims = Sandbox.job, iter(chance.sample(["server", "job", ""], 3) + [""] * 4)

    def shot(sandbox: Sandbox, kernel: str) -> Any:
        opened = ask(sandbox, kernel)
        victim = next(victims)
        if victim == "server":
            sandbox._server.kill()
            sandbox._server.wait()
        elif victim == "job":
            left = chance.randint(1, 20)
            enter = opened.__enter__

            class Doomed:
                def __enter__(self) -> Any:
                    job = enter()
                    exchange = job._ask

                    def killing(request: Any) -> Any:
                        nonlocal left
                        left -= 1
                        if left == 0:
                            os.kill(job._pid, signal.SIGKILL)
                        return exchange(request)

                    monkeypatch.setattr(job, "_ask", killing)
                    return job

                def __exit__(self, *error: Any) -> Any:
                    return opened.__exit__(*error)

            return Doomed()
        return opened

    monkeypatch.setattr(Sandbox, "job", shot)
    ended = []
    for _run in range(2):
        with Run(root, ASSIGNMENT) as run:
            for student, outcome in engines.serial(run.jobs(run.students()), Limits()):
                assert not isinstance(outcome, str)
                ended += [each.ended for each in outcome.values() if each.ended]
                run.save(student, outcome)
    assert len(ended) == 1
    assert left_behind(root) == wanted
