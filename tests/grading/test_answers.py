"""Every question: right answers score full, each wrong one gets its own code and hint."""

import ast
import os
import re
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from autograd_lab.cli import main
from autograd_lab.cli.gate import IMPORT, SEEDS, Answer, Question, outcomes
from autograd_lab.grading import course, notebook, predictions, words
from autograd_lab.grading.check import hidden_seed
from autograd_lab.grading.report import Report
from tests.grading.fixtures import ANSWERS, EXERCISES, QUESTIONS, verdicts

CLASS = int(os.environ.get("AUTOGRAD_LAB_SEEDS", "1"))
"""How many students beside those of the gate give each answer: hidden inputs decide nothing by chance."""
EACH_ANSWER = [
    pytest.param(question, answer, id=f"{question}/{name}")
    for question in QUESTIONS
    for name, answer in question.answers.items()
]
each_question = pytest.mark.parametrize("question", QUESTIONS, ids=str)
each_answer = pytest.mark.parametrize(("question", "answer"), EACH_ANSWER)

# Right answers may warn on purpose.
pytestmark = pytest.mark.filterwarnings("ignore")


@each_answer
def test_an_answer_gets_its_points_and_code(question: Question, answer: Answer) -> None:
    """Points and the misconception to explain first are those the answer names, for any seed."""
    students = [hidden_seed(b"class", str(number), "", answer.path.stem) for number in range(CLASS)]
    for seed in [*SEEDS, *students]:
        assert outcomes(verdicts(question, answer.text, seed)) == answer.stated, seed


@each_answer
def test_the_cells_give_the_same_points(
    question: Question,
    answer: Answer,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """What a graded cell calls, in a student's notebook and while grading, returns the points stated."""
    monkeypatch.setenv(course.PRIVATE, str(course.prepare_private(tmp_path / "private")))
    names = question.namespace(answer.text)
    for part, (points, _code) in answer.stated.items():
        asked = f"{question.folder.name}/{part}"
        assert notebook.score(asked, names) == notebook.private_score(asked, names) == points
    assert capsys.readouterr().err == ""


def test_the_exercises_that_ship_pass_the_gate(monkeypatch: pytest.MonkeyPatch) -> None:
    """What an instructor's exercises are held to holds for our own; `course check` says so."""
    monkeypatch.setenv("PATH", os.environ["PATH"])  # the command adds to it
    monkeypatch.setattr(Question, "verdicts", verdicts)
    asked = ["course", "check", str(EXERCISES), "--answers", str(ANSWERS)]
    result = CliRunner().invoke(main, asked)
    assert result.output == "All exercises are ready.\n"
    assert result.exit_code == 0


@pytest.mark.needs_torch
@each_answer
def test_pytorch_gets_the_same_verdict(question: Question, answer: Answer) -> None:
    """The same answer written with PyTorch is worth the same."""
    found = question.verdicts(answer.text, SEEDS[0], "torch")
    assert outcomes(found) == answer.stated


@each_question
def test_what_students_find_is_worth_nothing(question: Question) -> None:
    """The cells as they are released score 0, with the code that the empty answer names."""
    stated = question.answers["empty"].stated
    assert {points for points, _code in stated.values()} == {0}
    assert outcomes(verdicts(question, question.stub, SEEDS[0])) == stated


@each_question
def test_there_are_answers_enough(question: Question) -> None:
    """Two answers score full in every part, one of them noisily, and five are wrong."""
    full = {part: (check.points, "") for part, check in question.checks.items()}
    right = [name for name, answer in question.answers.items() if answer.stated == full]
    wrong = {name for name in question.answers if name.startswith("wrong_")}
    assert right == [name for name in question.answers if name.startswith("right_")]
    assert len(right) >= 2
    assert "stderr" in "".join(question.answers[name].text for name in right)
    assert len(wrong) >= 5
    assert set(question.answers) == {*right, *wrong, "empty"}


@each_question
def test_every_code_has_its_wrong_answer(question: Question) -> None:
    """Each code in the file of checks, a word with a hyphen, is what some answer gets first."""
    codes = codes_in(question.folder / f"{question.name}_checks.py") - set(question.checks)
    shared = codes_in(Path(predictions.__file__)) | codes_in(Path(words.__file__))
    met = {code for answer in question.answers.values() for _points, code in answer.stated.values()}
    assert met - shared - {""} == codes - shared


def codes_in(path: Path) -> set[str]:
    """Return the texts in a module that name a misconception."""
    nodes = ast.walk(ast.parse(path.read_text(encoding="utf-8")))
    texts = {node.value for node in nodes if isinstance(node, ast.Constant)}
    return {text for text in texts if isinstance(text, str) and is_code(text)}


def is_code(text: str) -> bool:
    """Tell whether a text of a file of checks names a misconception."""
    return text == "raises" or re.fullmatch("[a-z0-9]+(-[a-z0-9]+)+", text) is not None


@each_question
def test_every_mistake_has_words_and_hints_of_its_own(question: Question) -> None:
    """Each wrong part is explained; no two codes of a part share their words, none is empty."""
    said: dict[tuple[str, str], tuple[str, tuple[str, ...]]] = {}
    for answer in question.answers.values():
        for part, verdict in verdicts(question, answer.text, SEEDS[0]).items():
            for finding in filter(lambda each: each.code, verdict.feedback):
                assert finding.what
                assert 1 <= len(finding.hints) <= 3
                said[part, finding.code] = finding.what, finding.hints
    hints = [hint for _what, several in said.values() for hint in several]
    assert all(hint == hint.strip() != "" for hint in hints)
    assert len({(part, hints) for (part, _code), (_what, hints) in said.items()}) == len(said)


@each_answer
def test_feedback_shows_no_hidden_input(question: Question, answer: Answer) -> None:
    """The words on an answer are the same for every student's hidden inputs."""
    reports: list[Any] = [
        [str(Report(verdict, 3)) for verdict in verdicts(question, answer.text, seed).values()]
        for seed in SEEDS
    ]
    assert reports == [reports[0]] * len(SEEDS)


@each_question
def test_answers_are_written_with_either_library(question: Question) -> None:
    """An answer that needs a library imports it in the way that the tests exchange."""
    for answer in question.answers.values():
        tree = ast.parse(answer.text)
        imports = {ast.unparse(node) for node in ast.walk(tree) if isinstance(node, ast.Import)}
        assert not [line for line in imports if "torch" in line and line != IMPORT]
