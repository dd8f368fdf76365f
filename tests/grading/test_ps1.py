"""Question 2 of ps1: right answers score full, each wrong one gets its own code and hint."""

import re
import types
from pathlib import Path
from typing import Any

import pytest

from autograd_lab import resources
from autograd_lab.authoring.course import build_course
from autograd_lab.grading.check import Check, Verdict
from autograd_lab.grading.course import public_checks
from autograd_lab.grading.report import Report
from autograd_lab.grading.student import LocalStudent
from autograd_lab.i18n import set_language

EXERCISES = resources.folder("exercises")
ANSWERS = {path.stem: path for path in sorted((Path(__file__).parent / "answers").glob("*.py"))}
SEEDS = [0, 1, 2**255]

# One right answer warns on purpose.
pytestmark = pytest.mark.filterwarnings("ignore:accumulating")


@pytest.fixture(params=["autograd_lab", "torch"])
def library(request: pytest.FixtureRequest) -> str:
    """Return the name of the library that the answers are written with."""
    if request.param == "torch":
        pytest.importorskip("torch")
    return request.param


@pytest.fixture(scope="module")
def checks() -> dict[str, Check]:
    """Return the checks of ps1."""
    return public_checks("ps1")


def answers(name: str, library: str) -> dict[str, Any]:
    """Return the namespace that a fixture leaves behind."""
    text = ANSWERS[name].read_text(encoding="utf-8")
    namespace: dict[str, Any] = {}
    exec(text.replace("import autograd_lab as torch", f"import {library} as torch"), namespace)
    return namespace


def expected(name: str) -> dict[str, tuple[float, str]]:
    """Return points and leading code per question, from the first lines of a fixture."""
    text = ANSWERS[name].read_text(encoding="utf-8")
    lines = re.findall(r"^# (q2-\w+): ([\d.]+) ?(\S*)$", text, re.MULTILINE)
    return {question: (float(points), code) for question, points, code in lines}


def verdicts(checks: dict[str, Check], name: str, library: str, seed: int) -> dict[str, Verdict]:
    """Return the verdicts on a fixture, by question."""
    student = LocalStudent(answers(name, library))
    return {question: check.grade(student, seed) for question, check in checks.items()}


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("name", ANSWERS)
def test_every_answer_gets_its_points_and_code(
    checks: dict[str, Check], name: str, library: str, seed: int
) -> None:
    """Points and the misconception to explain first are those the fixture names, for any seed."""
    found = {
        question: (verdict.points, verdict.lead.code if verdict.lead else "")
        for question, verdict in verdicts(checks, name, library, seed).items()
    }
    assert found == expected(name)


@pytest.mark.parametrize(
    ("program", "predicted", "code"),
    [
        ("again", [2, 4, 6], "expects-the-same"),
        ("again", [4, 8, 12], "never-freed"),
        ("again", [0, 0, 0], "other-value"),
        ("retained", [2, 4, 6], "retain-graph-cure-all"),
        ("retained", "error", "retain-graph-ignored"),
        ("zeroed", [4, 8, 12], "zero-ignored"),
        ("zeroed", [0, 0, 0], "zero-cuts"),
        ("zeroed", "error", "zero-cuts"),
        ("fresh", [2, 4, 6], "expects-overwrite"),
        ("fresh", " ERROR ", "once-per-leaf"),
        ("nothing_saved", [1, 1, 1], "expects-overwrite"),
        ("nothing_saved", "error", "always-an-error"),
        ("two_losses", [8, 16, 24], "separate-losses"),
        ("two_losses", [6, 12, 18], "separate-losses"),
        ("two_losses", None, "not-answered"),
        ("two_losses", {"x": [len]}, "other-value"),
    ],
)
def test_every_wrong_prediction_betrays_its_thought(
    checks: dict[str, Check], program: str, predicted: object, code: str
) -> None:
    """One wrong row in a right grid costs half a point and gets the code of its thought."""
    prediction = {**answers("right_retain", "autograd_lab")["q2_prediction"], program: predicted}
    verdict = checks["q2-predict"].grade(LocalStudent({"q2_prediction": prediction}), 0)
    assert (verdict.points, verdict.lead.code) == (2.5, code)
    assert verdict.lead.part == program


def test_the_fixtures_cover_the_rules(checks: dict[str, Check]) -> None:
    """The stub scores 0, three answers score full, and every code has its wrong answer."""
    full = {question: (check.points, "") for question, check in checks.items()}
    assert sum(expected(name) == full for name in ANSWERS) == 3
    assert all(points == 0 for points, _code in expected("empty").values())
    source = (EXERCISES / "ps1" / "checks.py").read_text(encoding="utf-8")
    words = set(re.findall(r'"([a-z]+(?:-[a-z]+)+|raises)"', source)) - set(checks)
    met = {code for name in ANSWERS for _points, code in expected(name).values()}
    assert met == words | {""}


def test_every_mistake_has_a_hint_of_its_own(checks: dict[str, Check]) -> None:
    """Whatever the code, there are words and a hint, and no two codes of a question share both."""
    hints: dict[tuple[str, str], tuple[str, str]] = {}
    for name in ANSWERS:
        for question, verdict in verdicts(checks, name, "autograd_lab", 0).items():
            if lead := verdict.lead:
                assert lead.what
                assert lead.hint or lead.code == "no-dict"
                hints[question, lead.code] = lead.what, lead.hint
    assert len({(question, *words) for (question, _), words in hints.items()}) == len(hints)


@pytest.mark.parametrize("name", ANSWERS)
def test_feedback_holds_no_hidden_input(checks: dict[str, Check], name: str) -> None:
    """The words on the functions are the same for every student's hidden inputs."""
    reports = {
        str(Report(verdicts(checks, name, "autograd_lab", seed)["q2-implement"])) for seed in SEEDS
    }
    assert len(reports) == 1
    assert not re.search(r"\d\.\d{2}", reports.pop())


def test_the_grid_says_what_happens(library: str) -> None:
    """Run for real, each program of the notebook's text ends as the grid of the checker says."""
    text = (EXERCISES / "ps1" / "ps1.py").read_text(encoding="utf-8")
    text = re.sub(r"^# ?", "", text, flags=re.MULTILINE)
    programs = re.findall(r"^\*\*(\w+)\*\*\n```python\n(.*?)```", text, re.MULTILINE | re.DOTALL)
    module = pytest.importorskip(library)
    grid = public_grid()
    assert len(programs) == 2 * len(grid)
    for name, program in programs:
        assert outcome(program, module) == grid[name], name


def public_grid() -> dict[str, Any]:
    """Return what the checker expects of each program."""
    judge = public_checks("ps1")["q2-predict"].judge
    return judge.__globals__["GRID"]


def outcome(program: str, torch: types.ModuleType) -> object:
    """Return what a program leaves in x.grad, or "error"."""
    x = torch.tensor([1.0, 2.0, 3.0], requires_grad=True)
    try:
        exec(program, {"x": x})
    except RuntimeError:
        return "error"
    return x.grad.tolist()


def test_the_notebook_is_what_its_text_makes(tmp_path: Path) -> None:
    """The notebook in source/ equals the one generated from the text."""
    (made,) = build_course(EXERCISES, tmp_path)
    kept = EXERCISES / made.relative_to(tmp_path)
    assert kept.read_text(encoding="utf-8") == made.read_text(encoding="utf-8")


def test_both_languages_grade_alike(tmp_path: Path, checks: dict[str, Check]) -> None:
    """English and Chinese have the same graded cells, worth what their checks are worth."""
    import nbformat

    graded = []
    for language in ("en", "zh"):
        (path,) = build_course(EXERCISES, tmp_path / language, language)
        cells = [
            cell.metadata.nbgrader
            for cell in nbformat.read(path, 4).cells
            if "nbgrader" in cell.metadata
        ]
        graded.append([(cell.grade_id, cell.get("points")) for cell in cells])
    assert graded[0] == graded[1]
    points = dict(graded[0])
    assert {question: points[question] for question in checks} == {
        question: check.points for question, check in checks.items()
    }


@pytest.mark.parametrize(("language", "words"), [("en", "not yet"), ("zh", "还不对")])
def test_feedback_speaks_the_language_of_the_notebook(
    language: str,
    words: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """A course built in one language needs no setting where it is worked on or graded."""
    import nbformat

    monkeypatch.setenv("AUTOGRAD_LAB_LANG", {"en": "zh", "zh": "en"}[language])
    (path,) = build_course(EXERCISES, tmp_path, language)
    code = [cell.source for cell in nbformat.read(path, 4).cells if cell.cell_type == "code"]
    namespace: dict[str, Any] = {}
    try:
        exec(code[0], namespace)
        namespace["check"]("ps1/q2-predict", {"q2_prediction": {}})
    finally:
        set_language(None)
    assert words in capsys.readouterr().out
