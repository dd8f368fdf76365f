"""Every decision in the checks earns its place: without it, some answer is judged otherwise."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from autograd_lab.cli.gate import SEEDS, Question
from autograd_lab.grading.check import Check, Verdict
from autograd_lab.grading.course import checks_in
from autograd_lab.grading.student import LocalStudent
from tests.grading.fixtures import QUESTIONS
from tests.grading.mutants import mutants

# Right answers may warn on purpose.
pytestmark = pytest.mark.filterwarnings("ignore")


def survivors(question: Question, folder: Path) -> Iterator[str]:
    """Yield the changes of a question's checks that no answer notices."""
    students = [
        (student, judged(question.checks, student))
        for student in (
            LocalStudent(question.namespace(answer.text)) for answer in question.answers.values()
        )
    ]
    path = folder / f"{question.name}_checks.py"
    source = (question.folder / path.name).read_text(encoding="utf-8")
    for mutant in mutants(source):
        path.write_text(mutant.source, encoding="utf-8")
        checks = checks_in(folder, question.name)
        # The answer that noticed last time is asked first.
        for index, (student, before) in enumerate(students):
            if noticed(before, judged(checks, student), mutant.spares):
                students.insert(0, students.pop(index))
                break
        else:
            yield f"{path.name}, {mutant.change}"


Judged = dict[str, Verdict] | None


def judged(checks: dict[str, Check], student: LocalStudent) -> Judged:
    """Return the verdicts, or None where a change made the checks fail."""
    try:
        return {part: one.grade(student, SEEDS[0]) for part, one in checks.items()}
    except Exception:
        return None


def noticed(before: Judged, after: Judged, spares: bool) -> bool:
    """Tell whether an answer is judged otherwise; where something is spared, whether it loses less."""
    if not spares or before is None or after is None:
        return before != after
    return lost(after) < lost(before)


def lost(verdicts: dict[str, Verdict]) -> float:
    """Return the points that an answer loses where something was looked at."""
    found = [finding for verdict in verdicts.values() for finding in verdict.feedback]
    return round(sum(finding.max_points - finding.points for finding in found), 6)


@pytest.mark.parametrize("question", QUESTIONS, ids=str)
def test_no_decision_is_idle(question: Question, tmp_path: Path) -> None:
    """Whatever is taken out of the checks, an answer notices."""
    assert list(survivors(question, tmp_path)) == []


IDLE = """\
@check("q1-slope", points=1)
def slope(student, inputs):
    reply = student.call("slope", 2.0)
    for expected in (4.0, 4.0):
        if not near(reply, expected) or reply is None:
            code = judged(reply, expected)
    rows = {"a": Row(1), "b": Row(2)}
    codes = [f(1), f(2)]
    match reply:
        case None:
            return "x"
        case _:
            return ""
"""


def test_every_kind_of_decision_is_weakened() -> None:
    """Conditions, comparisons, judgements, inputs, rows and kinds of replies are taken out in turn."""
    found = {mutant.change.partition(": ")[2]: mutant for mutant in mutants(IDLE)}
    condition = "`not near(reply, expected) or reply is None`"
    assert {change for change, mutant in found.items() if not mutant.spares} == {
        f"{condition} is True",
        f"{condition} is False",
        "without `not near(reply, expected)`",
        "without `reply is None`",
        "`near(reply, expected)` is True",
        "`near(reply, expected)` is False",
        "without `case None`",
    }
    assert {change for change, mutant in found.items() if mutant.spares} == {
        "without `4.0`",
        "`judged(reply, expected)` is ''",
        "without 'a'",
        "without 'b'",
        "without `f(1)`",
        "without `f(2)`",
    }
    assert "{'b': Row(2)}" in found["without 'a'"].source
    assert "elif" not in found[f"{condition} is True"].source


def test_an_idle_decision_is_found(tmp_path: Path) -> None:
    """A check that looks twice at the same thing does not pass."""
    (question,) = [each for each in QUESTIONS if str(each) == "ps1/q2"]
    shutil.copytree(question.folder, tmp_path / "ps1")
    path = tmp_path / "ps1" / "q2_checks.py"
    text = path.read_text(encoding="utf-8")
    twice = text.replace("if near(reply, right):", "if near(reply, right) and reply is not None:")
    assert twice != text
    path.write_text(twice, encoding="utf-8")
    (tmp_path / "mutant").mkdir()
    copied = Question(tmp_path / "ps1", "q2", question.answers_folder)
    assert [each for each in survivors(copied, tmp_path / "mutant") if "is not None" in each]
