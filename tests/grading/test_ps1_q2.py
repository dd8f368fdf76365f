"""Question 2 of ps1: the grid is true, and every wrong prediction betrays its thought."""

import re
import types

import pytest

from autograd_lab.grading.student import LocalStudent
from tests.grading.fixtures import EXERCISES, QUESTIONS

(QUESTION,) = [each for each in QUESTIONS if str(each) == "ps1/q2"]
PREDICT = QUESTION.checks["q2-predict"]
GRID = PREDICT.judge.__globals__["GRID"]
"""What the checker expects of each program."""


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
    program: str, predicted: object, code: str
) -> None:
    """One wrong row in a right grid costs half a point and gets the code of its thought."""
    prediction = {**GRID, program: predicted}
    verdict = PREDICT.grade(LocalStudent({"q2_prediction": prediction}), 0)
    assert (verdict.points, verdict.lead.code) == (2.5, code)
    assert verdict.lead.part == program


@pytest.mark.parametrize(
    "library", ["autograd_lab", pytest.param("torch", marks=pytest.mark.needs_torch)]
)
def test_the_grid_says_what_happens(library: str) -> None:
    """Run for real, each program of the notebook's text ends as the grid of the checker says."""
    text = (EXERCISES / "ps1" / "q2.py").read_text(encoding="utf-8")
    text = re.sub(r"^# ?", "", text, flags=re.MULTILINE)
    programs = re.findall(r"^\*\*(\w+)\*\*\n```python\n(.*?)```", text, re.MULTILINE | re.DOTALL)
    module = pytest.importorskip(library)
    assert len(programs) == 2 * len(GRID)
    for name, program in programs:
        assert outcome(program, module) == GRID[name], name


def outcome(program: str, torch: types.ModuleType) -> object:
    """Return what a program leaves in x.grad, or "error"."""
    x = torch.tensor([1.0, 2.0, 3.0], requires_grad=True)
    try:
        exec(program, {"x": x})
    except RuntimeError:
        return "error"
    return x.grad.tolist()
