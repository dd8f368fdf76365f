"""What a submission of the corpus is: a change to a notebook of `ps1`, and the verdict it must get."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat

from tests.grading.fixtures import QUESTIONS

ASSIGNMENT = "ps1"
PREDICTION, _gap, FUNCTIONS = next(
    each.answers["right_retain"].text
    for each in QUESTIONS
    if (each.folder.name, each.name) == (ASSIGNMENT, "q2")
).partition("\n\n\n")
"""A right answer, in two parts for the two cells it belongs into."""
Change = Callable[[Any, Path], Any]
"""Takes a notebook and the folder it is handed in in. Returns the notebook or the bytes to write, or
None where it has written what there is to write."""


@dataclass(frozen=True)
class Case:
    """One submission, and what must come of it."""

    change: Change
    predict: float = 3
    implement: float = 4
    told: str = ""
    """What the student must read."""
    flag: str = ""
    """What the instructor must read; nothing may be flagged where this is empty."""
    answers: bool = True
    """The notebook has right answers before the change; else it is the one that was released."""

    def hand_in(self, released: Any, folder: Path) -> None:
        """Write the submission into a folder that does not exist yet."""
        notebook = nbformat.from_dict(json.loads(json.dumps(released)))
        folder.mkdir(parents=True)
        if self.answers:
            named(notebook, "q2-prediction").source = PREDICTION
            named(notebook, "q2-functions").source = FUNCTIONS
        content = self.change(notebook, folder)
        if content is not None:
            data = content if isinstance(content, bytes) else json.dumps(content).encode("ascii")
            (folder / f"{ASSIGNMENT}.ipynb").write_bytes(data)


Cases = dict[str, Case]


def register(cases: Cases, **verdict: Any) -> Callable[[Change], Change]:
    """Let the decorated change be a case, called as the function is."""

    def add(change: Change) -> Change:
        cases[change.__name__] = Case(change, **verdict)
        return change

    return add


def begun_with(source: str) -> Change:
    """Return what runs some source before all else."""

    def change(notebook: Any, _folder: Path) -> Any:
        notebook.cells.insert(0, nbformat.v4.new_code_cell(source))
        return notebook

    return change


def in_place_of(name: str, source: str) -> Change:
    """Return what writes some source into the cell that nbgrader knows by a name."""

    def change(notebook: Any, _folder: Path) -> Any:
        named(notebook, name)["source"] = source
        return notebook

    return change


def named(notebook: Any, name: str) -> Any:
    """Return the cell that nbgrader knows by a name."""
    return next(
        cell
        for cell in notebook["cells"]
        if cell["metadata"].get("nbgrader", {}).get("grade_id") == name
    )
