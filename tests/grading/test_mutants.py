"""Every decision in the checks earns its place: without it, some answer is judged otherwise."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from autograd_lab.cli.gate import SEEDS, Question
from autograd_lab.grading.check import Check
from autograd_lab.grading.course import checks_in
from autograd_lab.grading.student import LocalStudent
from tests.grading.fixtures import QUESTIONS
from tests.grading.mutants import mutants

# Right answers may warn on purpose.
pytestmark = pytest.mark.filterwarnings("ignore")


def survivors(question: Question, folder: Path) -> Iterator[str]:
    """Yield the changes of a question's checks that change the verdict on no answer."""
    pupils = [LocalStudent(question.namespace(each.text)) for each in question.answers.values()]
    students = [(pupil, feedback(question.checks, pupil)) for pupil in pupils]
    path = folder / f"{question.name}_checks.py"
    source = (question.folder / path.name).read_text(encoding="utf-8")
    for change, changed in mutants(source):
        path.write_text(changed, encoding="utf-8")
        checks = checks_in(folder, question.name)
        # The answer that noticed last time is asked first.
        for index, (student, said) in enumerate(students):
            if feedback(checks, student) != said:
                students.insert(0, students.pop(index))
                break
        else:
            yield f"{path.name}, {change}"


def feedback(checks: dict[str, Check], student: LocalStudent) -> object:
    """Return all that the checks say, or the kind of error that a change led to."""
    try:
        return {part: one.grade(student, SEEDS[0]) for part, one in checks.items()}
    except Exception as error:
        return type(error)


@pytest.mark.parametrize("question", QUESTIONS, ids=str)
def test_no_decision_is_idle(question: Question, tmp_path: Path) -> None:
    """Whatever is taken out of the checks, an answer notices."""
    assert list(survivors(question, tmp_path)) == []
