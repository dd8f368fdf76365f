"""The course goes through stock nbgrader, and a private folder decides about points."""

import csv
import os
import shutil
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from autograd_lab import resources
from autograd_lab.authoring.course import build_course
from autograd_lab.grading import course as module
from autograd_lab.grading.course import CourseError

EXERCISES = resources.folder("exercises")
ANSWERS = Path(__file__).parent / "answers" / "ps1" / "q2"

# Student, answer, points for q2-predict and q2-implement.
CLASS = [
    ("ann", "right_retain", 3, 4),
    ("bob", "right_noisy", 3, 4),
    ("cem", "wrong_expects_overwrite", 1.5, 2),
    ("dot", "empty", 0, 0),
]


def answered(notebook: Any, answer: str) -> Any:
    """Return a released notebook with an answer from the fixtures in its cells."""
    text = (ANSWERS / f"{answer}.py").read_text(encoding="utf-8")
    prediction, functions = text.split("\ndef accumulated", 1)
    for cell in notebook.cells:
        match cell.metadata.get("nbgrader", {}).get("grade_id"):
            case "q2-prediction":
                cell.source = prediction
            case "q2-functions":
                cell.source = "def accumulated" + functions
            case "q2-explain" if answer != "empty":
                cell.source = "The multiplication saved x, and the first pass released it."
    return notebook


@pytest.fixture(scope="module")
def nbgrader(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., str]:
    """Return a function that runs an nbgrader command in a new course, away from user settings."""
    root = tmp_path_factory.mktemp("course")
    settings = tmp_path_factory.mktemp("settings")
    shutil.copyfile(EXERCISES / "nbgrader_config.py", root / "nbgrader_config.py")
    build_course(EXERCISES, root)
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("AUTOGRAD_LAB", "JUPYTER", "IPYTHON", "PYTHON", "PYTEST"))
    }
    folders = {
        name: str(settings / name)
        for name in (
            ["HOME", "JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR"]
        )
    }
    # Not the environment's own folder: the course must find nbgrader's helpers without it.
    alone = {"PATH": os.defpath, "AUTOGRAD_LAB_LANG": "en"}

    def run(*arguments: str) -> str:
        done = subprocess.run(
            [sys.executable, "-m", "nbgrader", *arguments],
            cwd=root,
            env={**kept, **folders, **alone},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
        )
        assert "Traceback" not in done.stdout, done.stdout
        return done.stdout

    run.root = root  # type: ignore[attr-defined]
    return run


@pytest.fixture(scope="module")
def course(nbgrader: Any) -> Path:
    """Return a course whose class was taken through nbgrader, from assignment to export."""
    import nbformat

    root: Path = nbgrader.root
    nbgrader("generate_assignment", "ps1")
    released = root / "release" / "ps1" / "ps1.ipynb"
    for student, answer, *_points in CLASS:
        path = root / "submitted" / student / "ps1" / "ps1.ipynb"
        path.parent.mkdir(parents=True)
        nbformat.write(answered(nbformat.read(released, 4), answer), path)
    nbgrader("autograde", "ps1")
    nbgrader("generate_feedback", "ps1")
    nbgrader("export", "--to", "grades.csv")
    return root


@pytest.fixture(scope="module")
def gradebook(course: Path) -> Iterator[Any]:
    """Open the class's gradebook."""
    from nbgrader.api import Gradebook

    with Gradebook(f"sqlite:///{course / 'gradebook.db'}") as opened:
        yield opened


@pytest.mark.parametrize(("student", "answer", "predict", "implement"), CLASS)
def test_the_gradebook_holds_the_scores(
    gradebook: Any, student: str, answer: str, predict: float, implement: float
) -> None:
    """Each question's points are in the gradebook; the explanation waits for a person."""
    submission = gradebook.find_submission_notebook("ps1", "ps1", student)
    grades = {grade.name: grade for grade in submission.grades}
    assert grades["q2-predict"].auto_score == predict
    assert grades["q2-implement"].auto_score == implement
    assert grades["q2-explain"].needs_manual_grade == (answer != "empty")
    assert submission.score == predict + implement
    assert submission.max_score == 10


def test_the_export_holds_the_totals(course: Path) -> None:
    """The exported table has the students' totals."""
    with (course / "grades.csv").open(encoding="utf-8", newline="") as file:
        totals = {row["student_id"]: float(row["score"]) for row in csv.DictReader(file)}
    assert totals == {student: predict + implement for student, _, predict, implement in CLASS}


def test_the_released_notebook_gives_nothing_away(course: Path) -> None:
    """No solution, hidden line, model answer or truth of the grid is released."""
    released = (course / "release" / "ps1" / "ps1.ipynb").read_text(encoding="utf-8")
    for word in [
        "SOLUTION",
        "HIDDEN",
        "private",
        "12.0",
        "y.backward(retain_graph=True)\\n    ret",
    ]:
        assert word not in released
    assert "saved them" not in released
    assert [path.name for path in (course / "release" / "ps1").iterdir()] == ["ps1.ipynb"]


def test_feedback_shows_the_report_and_no_secret(course: Path) -> None:
    """A student reads which part is not yet right and one hint, never the check or the secret."""
    secret = (course / "private" / "secret").read_text(encoding="ascii").strip()
    for student, *_rest in CLASS:
        page = (course / "feedback" / student / "ps1" / "ps1.html").read_text(encoding="utf-8")
        assert secret not in page
        assert "inputs.uniform" not in page
        assert "on display" not in page
        assert ("<li>✓ accumulated(): right</li>" in page) == (student in {"ann", "bob"})
        assert ("backward adds to x.grad." in page) == (student == "cem")
        assert ("there is no prediction yet" in page) == (student == "dot")


def test_validate_agrees_with_the_grades(nbgrader: Any, course: Path) -> None:
    """Without the hidden line, nbgrader's validation passes a right notebook and fails the stub."""
    right, stub = (f"submitted/{name}/ps1/ps1.ipynb" for name in ("ann", "dot"))
    assert "Success! Your notebook passes all the tests." in nbgrader("validate", right)
    failed = nbgrader("validate", stub)
    assert failed.count("The following cell failed:") == 3


def test_a_private_folder_gets_one_secret(tmp_path: Path) -> None:
    """The secret is made once, readable by its owner alone, and never replaced."""
    private = module.prepare_private(tmp_path / "private")
    secret = (private / "secret").read_bytes()
    assert len(secret.strip()) == 64
    assert module.prepare_private(private) == private
    assert (private / "secret").read_bytes() == secret
    if os.name == "posix":
        assert stat.S_IMODE((private / "secret").stat().st_mode) == 0o600


def test_private_checks_take_the_place_of_public_ones(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A check in the private folder replaces the public one of its name; the others stay."""
    monkeypatch.setenv(module.PRIVATE, str(tmp_path))
    (tmp_path / "ps1").mkdir()
    (tmp_path / "ps1" / "q2_checks.py").write_text(
        "from autograd_lab.grading.check import check\n"
        "@check('q2-predict', points=1)\n"
        "def harder(student, inputs):\n"
        "    return []\n",
        encoding="utf-8",
    )
    checks = module.private_checks("ps1")
    assert checks["q2-predict"].points == 1
    assert checks["q2-implement"].points == module.public_checks("ps1")["q2-implement"].points


def test_a_course_without_secret_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No variable, no file, an empty file: one clear error each."""
    monkeypatch.delenv(module.PRIVATE, raising=False)
    with pytest.raises(CourseError, match="AUTOGRAD_LAB_PRIVATE is not set"):
        module.read_secret()
    monkeypatch.setenv(module.PRIVATE, str(tmp_path))
    with pytest.raises(CourseError, match="cannot be read"):
        module.read_secret()
    (tmp_path / "secret").write_text("\n", encoding="ascii")
    with pytest.raises(CourseError, match="is empty"):
        module.read_secret()


@pytest.mark.parametrize(
    ("name", "here", "found"),
    [
        ("ps1/q2", "", ["q2-predict", "q2-implement"]),
        ("q2", "ps1", ["q2-predict", "q2-implement"]),
        ("q2-predict", "ps1", ["q2-predict"]),
        ("ps1/q2", "ps9", ["q2-predict", "q2-implement"]),
    ],
)
def test_a_short_name_means_all_parts(name: str, here: str, found: list[str]) -> None:
    """A question may be named whole or in part, with its assignment or from inside it."""
    assignment, checks = module.find(name, here)
    assert assignment == "ps1"
    assert list(checks) == found


@pytest.mark.parametrize(
    "name", ["", "q", "q222", "ps1/", "ps1/q1-x", "nowhere/q2", "../q2", "问题"]
)
def test_an_unknown_name_is_an_error(name: str) -> None:
    """A name that means no question says so."""
    with pytest.raises(CourseError, match="there is no"):
        module.find(name)
    with pytest.raises(CourseError, match="there is no"):
        module.find(name, "ps1")


def test_an_ambiguous_name_asks_which(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A question that two assignments have must be named with its assignment."""
    for assignment in ("a", "b"):
        shutil.copytree(EXERCISES / "ps1", tmp_path / assignment)
    monkeypatch.setattr(module, "folder", lambda name: tmp_path)
    with pytest.raises(CourseError, match="a/q2, b/q2"):
        module.find("q2")
    assert module.find("b/q2")[0] == module.find("q2", "b")[0] == "b"


def test_all_questions_can_be_named() -> None:
    """Every name that is offered means a question."""
    names = module.question_names()
    assert "ps1/q2" in names
    for name in names:
        assert module.find(name)[0] == name.partition("/")[0]
