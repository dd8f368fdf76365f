import random
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from autograd_lab.grading import course, notebook, progress
from autograd_lab.grading.check import Check, Finding, hidden_seed
from autograd_lab.i18n import language, set_language

RIGHT = {
    "q2_prediction": {
        "again": "error",
        "retained": [4, 8, 12],
        "zeroed": [2, 4, 6],
        "fresh": [4, 8, 12],
        "nothing_saved": [2, 2, 2],
        "two_losses": "error",
    }
}


@pytest.fixture(autouse=True)
def _english() -> object:
    """Show the reports in English."""
    set_language("en")
    yield
    set_language(None)


@pytest.fixture
def private(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the private folder of a course whose student `ann` is being graded."""
    folder = course.prepare_private(tmp_path / "private")
    working = tmp_path / "autograded" / "ann" / "ps1"
    working.mkdir(parents=True)
    monkeypatch.setenv(course.PRIVATE, str(folder))
    monkeypatch.chdir(working)
    return folder


def judging(judge: Callable[..., object], monkeypatch: pytest.MonkeyPatch) -> None:
    """Let `judge` be the only check there is, for `ps1/q`."""
    monkeypatch.setattr(notebook, "public_checks", lambda *name: {"q": Check("q", 2, judge)})


def test_a_score_is_a_plain_float_under_its_report(capsys: pytest.CaptureFixture[str]) -> None:
    """The report is shown, and the points returned as nbgrader understands them."""
    points = notebook.score("ps1/q2-predict", RIGHT)
    assert type(points) is float
    assert points == 3.0
    shown = capsys.readouterr()
    assert "q2-predict: 3 of 3 points" in shown.out
    assert not shown.err


def test_whole_points_are_a_plain_float_too(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A check that counts in integers, or in NumPy's numbers, makes no other type of result."""
    import numpy as np

    found = [Finding("p", np.float64(1), 1), Finding("p", 1, 1)]
    judging(lambda student, inputs: found, monkeypatch)
    assert type(notebook.score("ps1/q", {})) is float


def boom(student: object, inputs: object) -> None:
    """Fail as a faulty check does."""
    raise LookupError("no such row")


def interrupted(student: object, inputs: object) -> None:
    """End as a check that takes too long."""
    raise KeyboardInterrupt


@pytest.mark.parametrize(
    ("judge", "reason"), [(boom, "LookupError('no such row')"), (interrupted, "took too long")]
)
def test_a_check_that_cannot_run_is_no_points(
    judge: Callable[..., object],
    reason: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """The cell gets 0.0 and one line that says why, never an exception."""
    judging(judge, monkeypatch)
    points = notebook.score("ps1/q", {})
    assert (points, type(points)) == (0.0, float)
    shown = capsys.readouterr()
    assert shown.out.startswith("ps1/q cannot be checked: ")
    assert reason in shown.out
    assert not shown.err


@pytest.mark.parametrize("question", ["ps1/q9", "ps9/q2-predict", "q2-predict", ""])
def test_an_unknown_question_is_no_points(
    question: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """A name that a test cell gets wrong scores 0.0 and says so."""
    assert notebook.score(question, RIGHT) == 0.0
    assert "there is no" in capsys.readouterr().out


def test_grading_uses_the_secret_and_the_students_folder(
    private: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Hidden inputs come from the course's secret and from whose folder is executed."""
    (private / "ps1").mkdir()
    (private / "ps1" / "q_checks.py").write_text(
        "from autograd_lab.grading.check import Finding, check\n"
        "@check('q', points=1)\n"
        "def draws(student, inputs):\n"
        "    yield Finding('p', 0, 1, 'drawn', repr(inputs.random()))\n",
        encoding="utf-8",
    )
    secret = (private / "secret").read_bytes().strip()
    expected = random.Random(hidden_seed(secret, "ann", "ps1", "q")).random()
    assert notebook.private_score("ps1/q", {}) == 0.0
    assert repr(expected) in capsys.readouterr().out


def test_grading_without_a_secret_is_no_points(
    private: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A course that lost its secret grades nobody by inputs that all can foresee."""
    (private / "secret").unlink()
    assert notebook.private_score("ps1/q2-predict", RIGHT) == 0.0
    assert "secret cannot be read" in capsys.readouterr().out


def test_check_shows_every_part(capsys: pytest.CaptureFixture[str]) -> None:
    """A learner sees the verdict on each part of the question."""
    notebook.check("ps1/q2", RIGHT)
    shown = capsys.readouterr().out
    assert "q2-predict: 3 of 3 points" in shown
    assert "q2-implement: 0 of 4 points" in shown
    assert "it returns nothing yet" in shown
    most = sum(one.points for one in course.public_checks("ps1").values())
    assert shown.endswith(f"Σ so far        3 of {most} points\n")


def test_hints_grow_with_each_check(capsys: pytest.CaptureFixture[str]) -> None:
    """A second check of the same mistake shows a second hint; the graded cell shows as many."""
    answers = {"q2_prediction": {**RIGHT["q2_prediction"], "fresh": [2, 4, 6]}}

    def hints() -> int:
        return capsys.readouterr().out.count("Hint: ")

    counts = []
    for _time in range(4):
        notebook.check("ps1/q2-predict", answers)
        counts.append(hints())
    assert counts == [1, 2, 3, 3]
    notebook.score("ps1/q2-predict", answers)
    assert hints() == 3
    notebook.check("ps1/q2-predict", RIGHT)
    assert hints() == 0


def test_grading_shows_every_hint_and_notes_nothing(
    private: Path, _new_learner: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Feedback after grading holds all hints; the grader's home is not written to."""
    answers = {"q2_prediction": {**RIGHT["q2_prediction"], "fresh": [2, 4, 6]}}
    assert notebook.private_score("ps1/q2-predict", answers) == 2.5
    assert capsys.readouterr().out.count("Hint: ") == 3
    assert list(_new_learner.iterdir()) == []


def test_practice_inputs_are_the_learners_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """`check` and `score` draw the same inputs, others for another learner."""
    drawn: list[float] = []

    def draws(student: object, inputs: random.Random) -> list[Finding]:
        drawn.append(inputs.random())
        return []

    judging(draws, monkeypatch)
    monkeypatch.setattr(notebook, "find", lambda *name: ("ps1", notebook.public_checks("ps1")))
    notebook.check("q", {})
    notebook.score("ps1/q", {})
    monkeypatch.setattr(progress, "learner", lambda: "another")
    notebook.score("ps1/q", {})
    assert drawn[0] == drawn[1] != drawn[2]


def test_an_error_while_grading_keeps_its_text(
    private: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """What a faulty check says could hold a hidden input: feedback names the error alone."""
    monkeypatch.setattr(notebook, "private_checks", lambda *name: {"q": Check("q", 2, boom)})
    assert notebook.private_score("ps1/q", {}) == 0.0
    assert capsys.readouterr().out == "ps1/q cannot be checked: LookupError\n"


def test_check_reads_the_notebooks_variables(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Without a namespace the answers are the variables of the main module."""
    for name, value in RIGHT.items():
        monkeypatch.setattr(sys.modules["__main__"], name, value, raising=False)
    notebook.check("ps1/q2-predict")
    assert "q2-predict: 3 of 3 points" in capsys.readouterr().out


def test_a_notebook_says_which_it_is(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """After the first cell of a notebook, a short name means its own question."""
    monkeypatch.setattr(notebook, "_here", "")
    notebook.begin("ps1", "zh")
    notebook.check("q2-predict", RIGHT)
    assert "q2-predict" in capsys.readouterr().out
    assert language() == "zh"
    notebook.begin("ps9", "en")
    notebook.check("q2-predict", RIGHT)
    assert "there is no assignment 'ps9'" in capsys.readouterr().out


def test_check_never_raises(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A wrong name and a faulty check are one line each."""
    notebook.check("q77", {})
    assert capsys.readouterr().out == "q77 cannot be checked: there is no question 'q77'\n"
    monkeypatch.setattr(notebook, "find", lambda *name: ("ps1", {"q": Check("q", 2, boom)}))
    notebook.check("q", {})
    assert capsys.readouterr().out == "q cannot be checked: LookupError('no such row')\n"
    monkeypatch.setattr(notebook, "find", lambda *name: ("ps1", {"q": Check("q", 2, interrupted)}))
    notebook.check("q", {})
    assert "took too long, or was interrupted" in capsys.readouterr().out
