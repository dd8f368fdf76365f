"""What has to hold before an exercise goes to students; `autograd-lab course check` tells.

An answer to question 2 of ps1 is a file in `ps1/q2/` of a folder of answers: `empty.py`,
`right_….py` or `wrong_….py`. Its first lines say what each part is worth and which code is explained
first; the rest is what a student would have written::

    # q2-predict: 1.5 expects-overwrite
    # q2-implement: 4
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from ..authoring.course import assignment_source, assignments, questions
from ..authoring.notebook import notebook
from ..authoring.source import LANGUAGES, Cell, Source, read
from ..grading.check import Check, Verdict, hidden_seed
from ..grading.course import checks_in
from ..grading.student import LocalStudent

STATED = re.compile(r"^# (q\d+-[\w-]+): ([\d.]+) ?(\S*)$", re.MULTILINE)
IMPORT = "import autograd_lab as torch"
SEEDS = [hidden_seed(b"gate", "", "", str(number)) for number in range(3)]
"""Hidden inputs of three students, the same on each run."""
GRADED = """\
from autograd_lab.grading.notebook import score
### BEGIN HIDDEN TESTS
from autograd_lab.grading.notebook import private_score as score
### END HIDDEN TESTS
score("{name}", globals())"""
"""What a graded cell holds, so that points come from hidden inputs and the release still runs."""
SOLUTION = re.compile(r"^( *)### BEGIN SOLUTION\n(.*?)### END SOLUTION$", re.MULTILINE | re.DOTALL)
STUB = "# YOUR CODE HERE"


@dataclass(frozen=True)
class Answer:
    """One answer to one question."""

    path: Path

    @cached_property
    def text(self) -> str:
        """What the student wrote."""
        return self.path.read_text(encoding="utf-8")

    @property
    def stated(self) -> dict[str, tuple[float, str]]:
        """Points and leading code per part of the question."""
        return {part: (float(points), code) for part, points, code in STATED.findall(self.text)}


@dataclass(frozen=True)
class Question:
    """A question: its text, its checks and the answers to it."""

    folder: Path
    """The folder of its assignment."""
    name: str
    answers_folder: Path

    def __str__(self) -> str:
        """Name it as `ps1/q2`."""
        return f"{self.folder.name}/{self.name}"

    @cached_property
    def checks(self) -> dict[str, Check]:
        """Its checks, by part."""
        return checks_in(self.folder, self.name)

    @cached_property
    def source(self) -> Source:
        """Its text."""
        return read(self.folder / f"{self.name}.py")

    @cached_property
    def answers(self) -> dict[str, Answer]:
        """The answers to it, by name."""
        folder = self.answers_folder / self.folder.name / self.name
        return {path.stem: Answer(path) for path in sorted(folder.glob("*.py"))}

    def namespace(self, text: str, library: str = "autograd_lab") -> dict[str, Any]:
        """Return the variables of a notebook with this answer, locked cells run in their places."""
        names: dict[str, Any] = {}
        before, after = self._locked_cells()
        for code in (IMPORT, *before, text, *after):
            exec(code.replace(IMPORT, f"import {library} as torch"), names)
        return names

    def verdicts(
        self, text: str, seed: int = SEEDS[0], library: str = "autograd_lab"
    ) -> dict[str, Verdict]:
        """Return the verdict on each part of an answer."""
        student = LocalStudent(self.namespace(text, library))
        return {part: check.grade(student, seed) for part, check in self.checks.items()}

    @property
    def stub(self) -> str:
        """What a student finds in the cells for the answer."""
        cells = [cell for cell in self.source.cells if is_answer(cell)]
        return "\n".join(SOLUTION.sub(rf"\1{STUB}", cell.texts["en"]) for cell in cells)

    def _locked_cells(self) -> tuple[list[str], list[str]]:
        """Return the locked cells that are not graded: those before the answer, those after it."""
        before: list[str] = []
        after: list[str] = []
        seen = False
        for cell in self.source.cells:
            seen = seen or is_answer(cell)
            if cell.kind == "code" and marked(cell, "locked") and not marked(cell, "grade"):
                (after if seen else before).append(cell.texts["en"])
        return before, after


def marked(cell: Cell, kind: str) -> bool:
    """Tell whether nbgrader's metadata of a cell say so."""
    return bool(cell.metadata.get("nbgrader", {}).get(kind))


def is_answer(cell: Cell) -> bool:
    """Tell whether students write code into a cell."""
    return cell.kind == "code" and marked(cell, "solution")


def outcomes(verdicts: Mapping[str, Verdict]) -> dict[str, tuple[float, str]]:
    """Return points and leading code of each verdict, as an answer states them."""
    return {
        part: (verdict.points, verdict.lead.code if verdict.lead else "")
        for part, verdict in verdicts.items()
    }


def course_questions(course: Path, answers: Path) -> list[Question]:
    """Return the questions whose text lies in a course."""
    return [
        Question(folder, path.stem, answers)
        for folder in assignments(course)
        for path in questions(folder)
    ]


def faults(course: Path, answers: Path) -> Iterator[str]:
    """Yield in a line each what keeps the exercises of a course from being given to students.

    Raises FileNotFoundError where there is no assignment, SourceError for a text that cannot be
    read, ImportError without what the extra `course` brings.
    """
    if not assignments(course):
        raise FileNotFoundError(f"no assignments (<name>/<name>.py) in {course}")
    for folder in assignments(course):
        source = assignment_source(folder)
        yield from _release_faults(source)
    for question in course_questions(course, answers):
        try:
            checks = question.checks
        except Exception as error:
            yield f"{question}: its checks do not load: {type(error).__name__}: {error}"
            continue
        yield from (f"{question}: {fault}" for fault in _cell_faults(question, checks))
        yield from (f"{question}: {fault}" for fault in _answer_faults(question))


def _cell_faults(question: Question, checks: Mapping[str, Check]) -> Iterator[str]:
    """Yield what is wrong between graded cells and checks."""
    cells = {
        cell.metadata["nbgrader"]["grade_id"]: cell
        for cell in question.source.cells
        if marked(cell, "grade") and not marked(cell, "solution")
    }
    for name in sorted(cells.keys() - checks.keys()):
        yield f"the graded cell {name!r} has no check"
    for name in sorted(checks.keys() - cells.keys()):
        yield f"the check {name!r} has no graded cell"
    for name in sorted(cells.keys() & checks.keys()):
        if not name.startswith(f"{question.name}-"):
            yield f"{name!r} must begin with '{question.name}-'"
        points = cells[name].metadata["nbgrader"]["points"]
        if points != checks[name].points:
            yield f"{name!r}: the cell has {points} points, its check {checks[name].points}"
        lines = filter(None, cells[name].texts["en"].splitlines())
        if "\n".join(lines) != GRADED.format(name=f"{question.folder.name}/{name}"):
            yield f"{name!r}: the graded cell is not the one that CONTRIBUTING shows"


def _answer_faults(question: Question) -> Iterator[str]:
    """Yield which answers are missing, and which are not judged as they state."""
    kinds = [name.partition("_")[0] for name in question.answers]
    if kinds.count("empty") != 1 or kinds.count("right") < 2 or kinds.count("wrong") < 5:
        folder = question.answers_folder / question.folder.name / question.name
        yield f"{folder} needs empty.py, two right_….py and five wrong_….py; it has {sorted(kinds)}"
    full = {part: (check.points, "") for part, check in question.checks.items()}
    for name, answer in question.answers.items():
        if name.startswith("right_") and answer.stated != full:
            yield f"{name} must state {full}"
        if name == "empty" and any(points for points, _code in answer.stated.values()):
            yield "empty must state 0 for every part"
        yield from _verdict_faults(question, name, answer.text, answer.stated)
    if empty := question.answers.get("empty"):
        yield from _verdict_faults(question, "what students find", question.stub, empty.stated)


def _verdict_faults(
    question: Question, name: str, text: str, stated: Mapping[str, tuple[float, str]]
) -> Iterator[str]:
    """Yield where an answer is not judged as it states, for the first inputs that show it."""
    for seed in SEEDS:
        try:
            found = outcomes(question.verdicts(text, seed))
        except Exception as error:
            yield f"{name} cannot be judged: {type(error).__name__}: {error}"
            return
        if found != stated:
            yield f"{name} gets {found}, not {stated}"
            return


def _release_faults(source: Source) -> Iterator[str]:
    """Yield what a released notebook would give away."""
    for language in LANGUAGES:
        released = "\n".join(released_cells(source, language))
        secrets = ["BEGIN SOLUTION", "END SOLUTION", "HIDDEN TESTS", "private_score"]
        for cell in source.cells:
            text = cell.texts[language]
            secrets += [body.strip() for _indent, body in SOLUTION.findall(text)]
            if cell.kind == "markdown" and marked(cell, "solution"):
                secrets.append(text)
        for secret in secrets:
            if secret in released:
                yield f"{source.name} ({language}): the release holds {secret[:60]!r}"


def released_cells(source: Source, language: str) -> list[str]:
    """Return the cells of an assignment as nbgrader releases them."""
    try:
        from nbgrader.preprocessors import ClearHiddenTests, ClearSolutions
    except ImportError:
        raise ImportError(
            "the gate needs nbgrader; this brings it: pip install 'autograd_lab[course]'"
        ) from None
    made = notebook(source, language)
    for clear in (ClearSolutions(code_stub={"python": STUB}), ClearHiddenTests()):
        made, _resources = clear.preprocess(made, {})
    return [cell.source for cell in made.cells]


__all__ = ["Answer", "Question", "course_questions", "faults", "outcomes", "released_cells"]
