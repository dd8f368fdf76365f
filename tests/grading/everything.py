"""Every answer to every question in one notebook: one kernel, and one run of nbgrader, for all of them.

A question stands there as often as it has answers, its graded cells as they are in its assignment but
for their names. Before each the kernel's variables are cleared and the assignment's head is run again.
"""

from collections.abc import Iterator
from typing import Any

import nbformat

from autograd_lab.authoring.course import assignment_source
from autograd_lab.authoring.notebook import notebook
from autograd_lab.cli.gate import SOLUTION, STUB, Answer, Question
from tests.grading.fixtures import QUESTIONS
from tests.grading.stock import Course

NAME = "everything"
STUDENT = "everybody"
BEGIN = "get_ipython().first = set(globals())"
CLEAR = """\
for name in set(globals()) - get_ipython().first:
    del globals()[name]
"""
"""What `%reset -f` does, without a collection of garbage that takes a tenth of a second each time."""


def each_answer() -> Iterator[tuple[str, Question, Answer]]:
    """Yield each answer with its question, and how the names of the cells begin that judge it."""
    for question in QUESTIONS:
        for name, answer in question.answers.items():
            yield f"{question.folder.name}-{name}-", question, answer


def source(language: str) -> Any:
    """Return the notebook that an instructor would write: questions without answers."""
    books = {q.folder: notebook(assignment_source(q.folder), language).cells for q in QUESTIONS}
    made = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(BEGIN)])
    made.metadata.kernelspec = {"name": "python3", "display_name": "Python 3", "language": "python"}
    for start, question, _answer in each_answer():
        code = [cell for cell in books[question.folder] if cell.cell_type == "code"]
        made.cells.append(nbformat.v4.new_code_cell(CLEAR + code[0].source))
        made.cells += cells_of(question, code, start)
    return made


def cells_of(question: Question, cells: list[Any], start: str) -> Iterator[Any]:
    """Yield the cells of a question: those that are graded, and the others as nobody's.

    nbgrader writes into its gradebook what it knows a cell by, a millisecond or ten each.
    """
    for each in cells:
        known = each.metadata.get("nbgrader", {})
        name = known.get("grade_id", "")
        if not name.startswith(f"{question.name}-"):
            continue
        metadata: dict[str, Any] = {"answer": start + question.name} if known["solution"] else {}
        if known["grade"]:
            metadata = {"nbgrader": {**known, "grade_id": start + name}}
        # A comment, because nbgrader's validation tells of a cell by its text.
        text = f"# {start}{name}\n" + SOLUTION.sub(rf"\1{STUB}", each.source)
        yield nbformat.v4.new_code_cell(text, metadata=metadata)


def answered_all(released: Any) -> Any:
    """Return the notebook with every answer in its place, all of it in the first cell for it."""
    texts = {
        start + question.name: answer.text
        for start, question, answer in each_answer()
        if answer.path.stem != "empty"
    }
    for cell in released.cells:
        if (place := cell.metadata.get("answer")) in texts:
            cell.source, texts[place] = texts[place], ""
    return released


def points_of_all() -> dict[str, tuple[float, float]]:
    """Return the points that each answer states for each part, and how many there are."""
    return {
        start + part: (points, question.checks[part].points)
        for start, question, answer in each_answer()
        for part, (points, _code) in answer.stated.items()
    }


def hand_in_everything(made: Course, language: str) -> None:
    """Release the notebook in a course, hand it in with every answer, and let nbgrader grade it."""
    folder = made.root / "source" / NAME
    folder.mkdir()
    nbformat.write(source(language), folder / f"{NAME}.ipynb")
    made.nbgrader("generate_assignment", NAME)
    made.hand_in(STUDENT, NAME, answered_all(made.released(NAME)))
    made.nbgrader("autograde", NAME)
