"""The questions that ship, and right, wrong and empty answers to each of them.

An answer to question 2 of ps1 is a file in `answers/ps1/q2/`: `empty.py`, `right_….py` or
`wrong_….py`. Its first lines say what each part is worth and which code is explained first::

    # q2-predict: 1.5 expects-overwrite
    # q2-implement: 4

The rest is the code a student would have written.
"""

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from autograd_lab import resources
from autograd_lab.authoring.course import questions
from autograd_lab.authoring.source import Source, read
from autograd_lab.grading.check import Check
from autograd_lab.grading.course import public_checks

EXERCISES = resources.folder("exercises")
ANSWERS = Path(__file__).parent / "answers"
STATED = re.compile(r"^# (q\d+-[\w-]+): ([\d.]+) ?(\S*)$", re.MULTILINE)
IMPORT = "import autograd_lab as torch"
SOLUTION = re.compile(r"^( *)### BEGIN SOLUTION\n.*?### END SOLUTION$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Answer:
    """One answer to one question."""

    path: Path

    @property
    def text(self) -> str:
        """What the student wrote."""
        return self.path.read_text(encoding="utf-8")

    @property
    def stated(self) -> dict[str, tuple[float, str]]:
        """Points and leading code per part of the question."""
        return {part: (float(points), code) for part, points, code in STATED.findall(self.text)}


@dataclass(frozen=True)
class Question:
    """A question that ships: its text, its checks and the answers to it."""

    assignment: str
    name: str

    def __str__(self) -> str:
        """Name it as a test's id: `ps1/q2`."""
        return f"{self.assignment}/{self.name}"

    @property
    def checks_file(self) -> Path:
        """The file with its checks."""
        return EXERCISES / self.assignment / f"{self.name}_checks.py"

    @property
    def checks(self) -> dict[str, Check]:
        """Its checks, by part."""
        return public_checks(self.assignment, self.name)

    @property
    def source(self) -> Source:
        """Its text."""
        return _read(EXERCISES / self.assignment / f"{self.name}.py")

    @property
    def answers(self) -> dict[str, Answer]:
        """The answers to it, by name."""
        folder = ANSWERS / self.assignment / self.name
        return {path.stem: Answer(path) for path in sorted(folder.glob("*.py"))}

    def namespace(self, text: str, library: str = "autograd_lab") -> dict[str, Any]:
        """Return the variables of a notebook with this answer, locked cells run in their places."""
        names: dict[str, Any] = {}
        before, after = self._locked_cells()
        for code in (IMPORT, *before, text, *after):
            exec(code.replace(IMPORT, f"import {library} as torch"), names)
        return names

    def stub(self) -> str:
        """Return what a student finds in the cells for the answer."""
        cells = [cell for cell in self.source.cells if _is(cell, "solution")]
        code = [cell.texts["en"] for cell in cells if cell.kind == "code"]
        return "\n".join(SOLUTION.sub(r"\1# YOUR CODE HERE", text) for text in code)

    def _locked_cells(self) -> tuple[list[str], list[str]]:
        """Return the locked cells that are not graded: those before the answer, those after it."""
        before: list[str] = []
        after: list[str] = []
        seen = False
        for cell in self.source.cells:
            seen = seen or (_is(cell, "solution") and cell.kind == "code")
            if cell.kind == "code" and _is(cell, "locked") and not _is(cell, "grade"):
                (after if seen else before).append(cell.texts["en"])
        return before, after


def _is(cell: Any, kind: str) -> bool:
    """Tell whether nbgrader's metadata of a cell say so."""
    return bool(cell.metadata.get("nbgrader", {}).get(kind))


@cache
def _read(path: Path) -> Source:
    return read(path)


QUESTIONS = [
    Question(folder.name, path.stem)
    for folder in sorted(path for path in EXERCISES.glob("*") if path.name != "source")
    for path in questions(folder)
]
