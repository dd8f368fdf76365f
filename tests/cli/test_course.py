"""`autograd-lab course`: a new course, its notebooks, and the gate for an instructor's exercises."""

import os
import re
import sqlite3
import stat
from collections.abc import Callable
from pathlib import Path

import nbformat
import pytest
from click.testing import CliRunner, Result

from autograd_lab.cli import main
from autograd_lab.grading import course as places
from autograd_lab.grading import notebook, progress
from tests.grading.fixtures import EXERCISES

# Answers may warn.
pytestmark = pytest.mark.filterwarnings("ignore")

HEAD = """\
# %%
from autograd_lab.grading.notebook import begin, check
begin("own", "en")
"""
TEXT = """\
# %% [markdown] lang="en"
# ## 1 Slopes

# %% [markdown] lang="zh"
# ## 1 斜率

# %% nbgrader={"grade_id": "q1-function", "solution": true}
def slope(x):
    'Return the slope of x * x.'
    ### BEGIN SOLUTION
    return 2 * x
    ### END SOLUTION

# %% nbgrader={"grade_id": "q1-slope", "grade": true, "locked": true, "points": 2}
from autograd_lab.grading.notebook import score
### BEGIN HIDDEN TESTS
from autograd_lab.grading.notebook import private_score as score
### END HIDDEN TESTS
score("own/q1-slope", globals())

# %% [markdown] lang="en" nbgrader={"grade_id": "q1-why", "grade": true, "solution": true, "points": 1}
# The derivative of x squared.

# %% [markdown] lang="zh"
# x 平方的导数。
"""
CHECKS = """\
from autograd_lab.grading.check import Finding, check, near

@check("q1-slope", points=2)
def slope(student, inputs):
    x = inputs.uniform(1, 2)
    if near(student.call("slope", x), 2 * x):
        yield Finding("slope", 2, 2)
    else:
        yield Finding("slope", 0, 2, "not-the-slope", "no", "the derivative of x * x?")
"""
RIGHT = "# q1-slope: 2\ndef slope(x): return x + x"
WRONG = "# q1-slope: 0 not-the-slope\ndef slope(x): return {}"


def run(*arguments: str) -> Result:
    """Run `autograd-lab course` in this process."""
    return CliRunner().invoke(main, ["course", *arguments])


@pytest.fixture(autouse=True)
def _own_path(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take back what the command adds to the path."""
    monkeypatch.setenv("PATH", os.environ["PATH"])


@pytest.fixture
def own(tmp_path: Path) -> Path:
    """An instructor's course with one exercise that is ready."""
    files = {"own/own.py": HEAD, "own/q1.py": TEXT, "own/q1_checks.py": CHECKS}
    answers = {f"right_{n}": RIGHT for n in range(2)}
    answers |= {f"wrong_{n}": WRONG.format(n) for n in range(5)}
    answers["empty"] = "# q1-slope: 0 not-the-slope\n"
    files |= {f"answers/own/q1/{name}.py": text for name, text in answers.items()}
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_new_course_is_ready(language: str, tmp_path: Path) -> None:
    """It has settings, notebooks in one language, a gradebook that knows them, and a secret."""
    folder = tmp_path / "我的 course"
    result = run("new", str(folder), "--lang", language)
    assert result.exit_code == 0, result.output
    settings = (folder / "nbgrader_config.py").read_text(encoding="utf-8")
    assert f'LANGUAGE = "{language}"' in settings
    names = sorted(path.stem for path in folder.glob("source/*/*.ipynb"))
    assert names == sorted(path.stem for path in EXERCISES.glob("source/*/*.ipynb"))
    text = (folder / "source" / "ps1" / "ps1.ipynb").read_text(encoding="utf-8")
    assert f'begin(\\"ps1\\", \\"{language}\\")' in text
    assert bool(re.search("[\u4e00-\u9fff]", text)) == (language == "zh")
    with sqlite3.connect(folder / "gradebook.db") as gradebook:
        known = gradebook.execute("select name from assignment order by name").fetchall()
    assert [name for (name,) in known] == names
    secret = folder / "private" / "secret"
    assert len(secret.read_text(encoding="ascii").strip()) == 64
    if os.name == "posix":
        assert stat.S_IMODE(secret.stat().st_mode) == 0o600
    assert "/private/" in (folder / ".gitignore").read_text(encoding="utf-8")


def test_a_folder_in_use_is_left_alone(tmp_path: Path) -> None:
    """A folder with anything in it, or a file, is refused in one line and not touched."""
    (tmp_path / "grades.txt").write_text("mine", encoding="utf-8")
    for place in (tmp_path, tmp_path / "grades.txt"):
        result = run("new", str(place))
        assert result.exit_code == 1
        assert result.output.count("\n") == 1
    assert [path.name for path in tmp_path.iterdir()] == ["grades.txt"]
    assert (tmp_path / "grades.txt").read_text(encoding="utf-8") == "mine"


def edit(path: str, old: str, new: str) -> Callable[[Path], None]:
    """Return what replaces a piece of a file in a course."""

    def change(folder: Path) -> None:
        text = (folder / path).read_text(encoding="utf-8")
        assert old in text
        (folder / path).write_text(text.replace(old, new), encoding="utf-8")

    return change


def remove(path: str) -> Callable[[Path], None]:
    """Return what deletes a file of a course."""
    return lambda folder: (folder / path).unlink()


ANSWER = "answers/own/q1"
DEFECTS = {
    "a text that does not build": (
        edit("own/q1.py", '"en"\n# ## 1', '"fr"\n# ## 1'),
        "unknown lang 'fr'",
    ),
    "a cell without check": (
        edit("own/q1_checks.py", '"q1-slope"', '"q1-other"'),
        "own/q1: the graded cell 'q1-slope' has no check",
    ),
    "a check without cell": (
        edit("own/q1_checks.py", '"q1-slope"', '"q1-other"'),
        "own/q1: the check 'q1-other' has no graded cell",
    ),
    "other points": (
        edit("own/q1.py", '"points": 2', '"points": 3'),
        "the cell has 3 points, its check 2",
    ),
    "another cell": (
        edit("own/q1.py", 'score("own/q1-slope"', 'score("own/q2-slope"'),
        "the graded cell is not the one",
    ),
    "a name of another question": (
        lambda folder: [
            edit(f"own/{name}", "q1-slope", "q2-slope")(folder)
            for name in ("q1.py", "q1_checks.py")
        ],
        "'q2-slope' must begin with 'q1-'",
    ),
    "a check that does not load": (
        edit("own/q1_checks.py", "def slope", "def slope slope"),
        "own/q1: its checks do not load: SyntaxError",
    ),
    "no stub": (remove(f"{ANSWER}/empty.py"), "needs empty.py"),
    "one right answer": (remove(f"{ANSWER}/right_1.py"), "two right_….py"),
    "four wrong answers": (remove(f"{ANSWER}/wrong_4.py"), "five wrong_….py"),
    "a wrong answer that is right": (
        edit(f"{ANSWER}/wrong_3.py", "return 3", "return 2 * x"),
        "own/q1: wrong_3 gets {'q1-slope': (2.0, '')}, not {",
    ),
    "a right answer for half the points": (
        edit(f"{ANSWER}/right_0.py", ": 2", ": 1"),
        "right_0 must state {'q1-slope': (2, '')}",
    ),
    "an answer that stops": (
        edit(f"{ANSWER}/wrong_0.py", "def", "1 / 0\ndef"),
        "wrong_0 cannot be judged: ZeroDivisionError",
    ),
    "a stub that does not run": (
        edit("own/q1.py", "    'Return the slope of x * x.'\n", ""),
        "own/q1: what students find cannot be judged: IndentationError",
    ),
    "a stub that is worth something": (
        edit(
            "own/q1.py",
            "    ### BEGIN SOLUTION\n    return 2 * x\n    ### END SOLUTION",
            "    return 2 * x",
        ),
        "own/q1: what students find gets {'q1-slope': (2.0, '')}, not",
    ),
    "a solution that is released": (
        edit("own/q1.py", "## 1 斜率", "## 1 斜率 return 2 * x"),
        "own (zh): the release holds 'return 2 * x'",
    ),
    "a model answer that is released": (
        edit("own/own.py", "# %%", "# %%\n# The derivative of x squared."),
        "own (en): the release holds 'The derivative of x squared.'",
    ),
}


def test_an_exercise_that_is_ready_passes(own: Path) -> None:
    """Without a defect there is nothing to say."""
    result = run("check", str(own))
    assert result.output == "All exercises are ready.\n", result.exception


@pytest.mark.parametrize(("defect", "said"), DEFECTS.values(), ids=DEFECTS)
def test_each_defect_is_named(own: Path, defect: Callable[[Path], None], said: str) -> None:
    """What is wrong is said in a line with the question's name, and the command fails."""
    defect(own)
    result = run("check", str(own))
    assert result.exit_code == 1
    assert said in result.output


def test_a_folder_without_exercises_is_one_line(tmp_path: Path) -> None:
    """No traceback for a wrong folder."""
    (tmp_path / "answers").mkdir()
    for command in ("check", "build"):
        result = run(command, str(tmp_path))
        assert result.exit_code == 1
        assert result.output.startswith("Error: no assignments")
        assert result.output.count("\n") == 1


def test_own_exercises_work_beside_the_notebook(
    own: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Built in the course's language, an exercise has its checks where students and nbgrader look."""
    monkeypatch.setenv(progress.FOLDER, str(own / "progress"))
    monkeypatch.setattr(progress, "_remembered", {})
    (own / "nbgrader_config.py").write_text('LANGUAGE = "zh"\n', encoding="utf-8")
    result = run("build", str(own))
    assert result.exit_code == 0, result.output
    built = own / "source" / "own"
    assert sorted(path.name for path in built.iterdir()) == ["own.ipynb", "q1_checks.py"]
    assert nbformat.read(built / "own.ipynb", 4).cells[1].source == "## 1 斜率"
    monkeypatch.chdir(built)
    answers = {"slope": lambda x: 2 * x}
    assert notebook.score("own/q1-slope", answers) == 2
    notebook.check("own/q1", answers)
    assert "q1-slope" in capsys.readouterr().out
    # What decides is the course's own file, whatever lies in the folder that was handed in.
    monkeypatch.setenv(places.PRIVATE, str(places.prepare_private(own / "private")))
    (built / "q1_checks.py").write_text(CHECKS.replace("2 * x", "x"), encoding="utf-8")
    assert notebook.private_score("own/q1-slope", answers) == 2
    assert notebook.score("own/q1-slope", answers) == 0


def test_a_file_handed_in_does_not_judge_what_ships(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Checks beside the notebook never take the place of those in the package."""
    (tmp_path / "q2_checks.py").write_text("raise SystemExit('loaded')", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    assert "q2-predict" in places.public_checks("ps1", "q2")
