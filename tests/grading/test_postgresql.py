"""A course with its gradebook in PostgreSQL: released, graded, read by nbgrader's other commands."""

import csv
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from nbgrader.api import Gradebook
from sqlalchemy import create_engine, text

from tests.grading.classroom import ASSIGNMENT, BATCHES, DUE, PENALTY, expected
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


def test_a_lost_connection_is_told_of(course: Course, server: str) -> None:
    """A server that ends the connection in mid-run costs nothing: the next run completes it."""
    engine = create_engine(server, isolation_level="AUTOCOMMIT")
    trigger = """
        CREATE FUNCTION cut() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NEW; END $$;
        CREATE TRIGGER cut BEFORE INSERT OR UPDATE ON grade FOR EACH ROW EXECUTE FUNCTION cut()
    """
    counted = text("SELECT count(*) FROM grade")
    course.hand_in("s02", ASSIGNMENT, answered(course.released(ASSIGNMENT), BATCHES["s02"]))
    cells = len(graded_cells(course.released(ASSIGNMENT)))
    with engine.connect() as connection:
        before = connection.execute(counted).scalar_one()
        connection.execute(text(trigger))
        said = grade(course, "--student", "s02")
        assert "the gradebook cannot be written, run this again: terminating connection" in said
        connection.execute(text("DROP TRIGGER cut ON grade"))
        assert connection.execute(counted).scalar_one() == before
        assert "Submissions graded: 1" in grade(course, "--student", "s02")
        assert connection.execute(counted).scalar_one() == before + cells
    engine.dispose()
