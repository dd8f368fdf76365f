"""The programs that a question asks about: run for real, each prints what the grid says."""

import importlib
import re
from typing import Any

import pytest

from autograd_lab.cli.gate import Question
from autograd_lab.grading.predictions import Row, agrees
from autograd_lab.grading.student import LocalStudent
from tests.grading.fixtures import QUESTIONS

PROGRAM = re.compile(r"^\*\*(\w+)\*\*\n```python\n(.*?)```", re.MULTILINE | re.DOTALL)
START = "start"
"""The program that comes before each of the others of its question."""


def grid(question: Question) -> dict[str, Row]:
    """Return what a question's checks expect of each row, empty where there is no such grid."""
    for check in question.checks.values():
        rows = check.judge.__globals__.get("GRID", {})
        if all(isinstance(row, Row) for row in rows.values()):
            return dict(rows)
    return {}


def programs(question: Question) -> dict[str, str]:
    """Return the programs in a question's text that print something, each with its start."""
    text = (question.folder / f"{question.name}.py").read_text(encoding="utf-8")
    found = dict(PROGRAM.findall(re.sub(r"^# ?", "", text, flags=re.MULTILINE)))
    start = found.pop(START, "")
    return {name: start + program for name, program in found.items() if "print(" in program}


GRIDS = [question for question in QUESTIONS if grid(question)]
PROGRAMS = [
    pytest.param(question, name, program, id=f"{question}/{name}")
    for question in GRIDS
    for name, program in programs(question).items()
]


def printed(program: str, torch: Any) -> Any:
    """Return what a program prints, as a student would write it down."""
    seen: list[Any] = []
    try:
        exec(program, {"torch": torch, "print": seen.append})
    except (RuntimeError, TypeError):
        return "error"
    (value,) = seen
    value = value.tolist() if hasattr(value, "tolist") else value
    return "None" if value is None else value


@pytest.mark.filterwarnings("ignore:The .grad attribute of a Tensor that is not a leaf")
@pytest.mark.parametrize(
    "library", ["autograd_lab", pytest.param("torch", marks=pytest.mark.needs_torch)]
)
@pytest.mark.parametrize(("question", "name", "program"), PROGRAMS)
def test_a_program_prints_what_the_grid_says(
    question: Question, name: str, program: str, library: str
) -> None:
    """Every program of a question has a row, and ends as that says."""
    outcome = printed(program, importlib.import_module(library))
    assert agrees(outcome, grid(question)[name].truth), outcome


@pytest.mark.parametrize("question", GRIDS, ids=str)
def test_every_wrong_prediction_betrays_its_thought(question: Question) -> None:
    """One wrong row in a right grid costs its points alone, and gets the code of its thought."""
    variable = f"{question.name}_prediction"
    predict = question.checks[f"{question.name}-predict"]
    right = {name: row.truth for name, row in grid(question).items()}
    assert predict.grade(LocalStudent({variable: right}), 0).points == predict.points
    for name, row in grid(question).items():
        for thought, code in row.thoughts:
            verdict = predict.grade(LocalStudent({variable: {**right, name: thought}}), 0)
            assert verdict.lead is not None, (name, thought)
            assert (verdict.lead.part, verdict.lead.code) == (name, code)
            assert verdict.points == predict.points - predict.points / len(right)
