"""A course with its gradebook in PostgreSQL: released, graded, read by nbgrader's other commands."""

import contextlib
import csv
import os
import random
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from nbgrader.api import Gradebook
from sqlalchemy import Connection, create_engine, text

from tests.grading.classroom import ASSIGNMENT, BATCHES, DUE, PENALTY, expected
from tests.grading.small import FAULTS
from tests.grading.stock import Course, answered, graded_cells

STUDENTS = ["s00", "s01", "late"]


def programs() -> Path:
    """Return the folder with PostgreSQL's programs; skip the test where there is none."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if not found and (there := shutil.which("initdb")):
        found = [Path(there)]
    if not found:
        if os.environ.get("AUTOGRAD_LAB_CI"):
            pytest.fail("PostgreSQL is not installed")
        pytest.skip("PostgreSQL is not installed")
    return found[-1].parent


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Run a server of one's own on a socket in a folder; yield the address of a database."""
    pytest.importorskip("psycopg", reason="psycopg is not installed")
    folder, bin_ = Path(f"/tmp/pg-{os.getpid()}"), programs()
    folder.mkdir(mode=0o700)
    # PostgreSQL refuses to be run by root.
    user: dict[str, Any] = {"cwd": folder}
    if os.getuid() == 0:
        shutil.chown(folder, "nobody")
        user |= {"user": "nobody", "group": "nogroup", "extra_groups": []}
    data = folder / "data"
    made = [bin_ / "initdb", "-D", data, "-U", "grader", "-A", "trust", "-E", "UTF8", "-N"]
    try:
        subprocess.run([*made, "--locale=C.UTF-8"], check=True, capture_output=True, **user)
        control = [bin_ / "pg_ctl", "-D", data, "-w", "-s"]
        options = f"-k {folder} -c listen_addresses='' -c fsync=off"
        log = folder / "log"
        subprocess.run([*control, "-l", log, "-o", options, "start"], check=True, **user)
        try:
            yield f"postgresql:///postgres?host={folder}&user=grader"
        finally:
            subprocess.run([*control, "-m", "immediate", "stop"], check=True, **user)
    finally:
        shutil.rmtree(folder)


@pytest.fixture(scope="module")
def course(
    server: str, released_course: Course, tmp_path_factory: pytest.TempPathFactory
) -> Course:
    """Return a course with that gradebook, released anew and handed in by three."""
    made = released_course.copy(tmp_path_factory.mktemp("postgresql") / "calculus")
    (made.root / "gradebook.db").unlink()
    shutil.rmtree(made.root / "release")
    with (made.root / "nbgrader_config.py").open("a", encoding="utf-8") as settings:
        settings.write(f"c.CourseDirectory.db_url = {server!r}\n")
    made.nbgrader("generate_assignment", ASSIGNMENT)
    with Gradebook(server, "autograd_lab") as gradebook:
        gradebook.update_or_create_assignment(ASSIGNMENT, duedate=DUE)
    for student in STUDENTS:
        notebook = answered(made.released(ASSIGNMENT), BATCHES.get(student, BATCHES["s01"]))
        folder = made.hand_in(student, ASSIGNMENT, notebook)
        if student == "late":
            (folder / "timestamp.txt").write_text("2026-03-01 12:00:01 UTC", encoding="utf-8")
    return made


def grade(course: Course, *options: str) -> str:
    """Grade the assignment; return what was said."""
    course.said = ""
    course.autograd_lab(
        "grade", ASSIGNMENT, "--course", course.root.name, "--workers", "0", *options
    )
    return course.said


def test_a_gradebook_in_postgresql(course: Course, server: str) -> None:
    """Points, lateness, feedback, export and report are what they are with SQLite; no file is made."""
    points = {student: sum(expected(student).values()) for student in STUDENTS[:2]}
    points["late"] = points["s01"]
    grade(course)
    course.nbgrader("generate_feedback", ASSIGNMENT)
    course.nbgrader("export", "--to", "grades.csv")
    found = {
        row["student_id"]: (float(row["score"]), float(row["late_submission_penalty"]))
        for row in rows(course.root / "grades.csv")
        if row["assignment"] == ASSIGNMENT
    }
    assert found == {
        **{student: (points[student], 0.0) for student in STUDENTS[:2]},
        "late": (points["late"] - min(PENALTY, points["late"]), min(PENALTY, points["late"])),
    }
    for student in STUDENTS:
        page = course.root / "feedback" / student / ASSIGNMENT / f"{ASSIGNMENT}.html"
        assert "Score: " in page.read_text(encoding="utf-8")
    course.autograd_lab("report", ASSIGNMENT, "--course", course.root.name)
    told = rows(course.root / "reports" / f"{ASSIGNMENT}.csv")
    assert [row["student"] for row in told] == sorted(STUDENTS)
    assert not (course.root / "gradebook.db").exists()
    assert "everything is graded" in grade(course)


def rows(path: Path) -> list[dict[str, str]]:
    """Return the rows of a table with a head."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


CUT = """
    CREATE SEQUENCE written;
    CREATE FUNCTION cut() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        IF nextval('written') = {number} THEN PERFORM pg_terminate_backend(pg_backend_pid()); END IF;
        RETURN NEW;
    END $$;
"""
AT = "CREATE TRIGGER cut BEFORE INSERT OR UPDATE ON {table} FOR EACH ROW EXECUTE FUNCTION cut();"
MEND = "DROP FUNCTION cut() CASCADE; DROP SEQUENCE written;"
TABLES = ("grade", "comment", "submitted_assignment", "submitted_notebook")
"""All that grading writes to."""


def test_a_lost_connection_is_told_of(course: Course, server: str) -> None:
    """A server that ends the connection at a random write costs nothing: the next run completes it."""
    course.hand_in("s02", ASSIGNMENT, answered(course.released(ASSIGNMENT), BATCHES["s02"]))
    engine = create_engine(server, isolation_level="AUTOCOMMIT")
    chosen = random.Random(FAULTS)
    with engine.connect() as connection, cut_at(connection, 0) as written:
        grade(course, "--student", "s02")
        writes = written()
    undisturbed = scores(server)
    assert writes > len(graded_cells(course.released(ASSIGNMENT)))
    for _round in range(FAULTS):
        with Gradebook(server, "autograd_lab") as gradebook:
            gradebook.remove_submission(ASSIGNMENT, "s02")
        before = scores(server)
        with engine.connect() as connection, cut_at(connection, chosen.randint(1, writes)):
            said = grade(course, "--student", "s02", "--force")
        assert "the gradebook cannot be written, run this again: terminating connection" in said
        assert scores(server) == before
        assert "Submissions graded: 1" in grade(course, "--student", "s02")
        assert scores(server) == undisturbed
    engine.dispose()


@contextlib.contextmanager
def cut_at(connection: Connection, number: int) -> Iterator[Callable[[], int]]:
    """Let the server end the connection that makes this write to one of `TABLES`; count all writes."""
    triggers = "".join(AT.format(table=table) for table in TABLES)
    connection.execute(text(CUT.format(number=number) + triggers))
    try:
        yield lambda: connection.execute(text("SELECT last_value FROM written")).scalar_one()
    finally:
        connection.execute(text(MEND))


def scores(server: str) -> list[tuple[str, str, float | None]]:
    """Return the points for each cell that has been graded."""
    with Gradebook(server, "autograd_lab") as gradebook:
        return sorted(
            (submission.student_id, grade.name, grade.auto_score)
            for submission in gradebook.assignment_submissions(ASSIGNMENT)
            for notebook in submission.notebooks
            for grade in notebook.grades
        )
