"""A course in a folder of its own, and stock nbgrader on it, away from the settings of whoever tests."""

import fcntl
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import nbformat
import pytest

from autograd_lab.cli.gate import Answer, Question
from tests.grading.fixtures import QUESTIONS

WRITTEN = "The multiplication saved x, and the first pass released it."
"""What every student explains who explains anything."""


class Course:
    """A course in a folder, and the commands that are run in it."""

    def __init__(self, root: Path, settings: Path) -> None:
        self.root = root
        self.settings = settings
        self.said = ""
        """What was said while nbgrader graded."""

    def copy(self, root: Path, settings: Path | None = None) -> "Course":
        """Return a copy to be changed, with settings of its own or these."""
        shutil.copytree(self.root, root)
        return Course(root, settings or self.settings)

    @property
    def environment(self) -> dict[str, str]:
        """What a person's shell has, without what this test's surroundings have set."""
        foreign = ("AUTOGRAD_LAB", "JUPYTER", "IPYTHON", "PYTEST")
        kept = {name: text for name, text in os.environ.items() if not name.startswith(foreign)}
        folders = [
            *("HOME", "IPYTHONDIR"),
            *("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR"),
        ]
        own = {name: str(self.settings / name) for name in folders}
        # Not the environment's own folder: the course must find nbgrader's helpers without it.
        return {**kept, **own, "PATH": os.defpath}

    def nbgrader(self, *arguments: str) -> None:
        """Run an nbgrader command in the course."""
        self._run([sys.executable, "-m", "nbgrader", *arguments], self.root, self.environment)

    def autograd_lab(self, *arguments: str) -> None:
        """Run `autograd-lab` beside the course."""
        program = "from autograd_lab.cli import main; main()"
        command = [sys.executable, "-c", program, *arguments]
        self._run(command, self.root.parent, self.environment)

    def shell(self, script: str) -> None:
        """Run what somebody types beside the course, where the environment is activated."""
        environment = self.environment
        programs = os.pathsep.join([str(Path(sys.executable).parent), os.defpath])
        command = ["sh", "-ec", script]
        self._run(command, self.root.parent, {**environment, "PATH": programs})

    def _run(self, command: list[str], folder: Path, environment: dict[str, str]) -> None:
        done = subprocess.run(
            command,
            cwd=folder,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            check=False,
        )
        self.said += done.stdout

    def released(self, assignment: str) -> Any:
        """Return the notebook that students get."""
        return nbformat.read(self.root / "release" / assignment / f"{assignment}.ipynb", 4)

    def hand_in(self, student: str, assignment: str, notebook: Any, name: str = "") -> Path:
        """Put a notebook where nbgrader looks for what a student handed in; return the folder."""
        folder = self.root / "submitted" / student / assignment
        folder.mkdir(parents=True)
        nbformat.write(notebook, folder / f"{name or assignment}.ipynb")
        return folder


def released_once(folders: pytest.TempPathFactory, assignment: str) -> Course:
    """Return a course with an assignment released, made once for all processes of tests; copy it."""
    base = folders.getbasetemp()
    shared = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / f"course-{assignment}"
    shared.mkdir(exist_ok=True)
    made = Course(shared / "calculus", shared / "settings")
    with (shared / "lock").open("w", encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (shared / "done").exists():
            made.autograd_lab("course", "new", made.root.name)
            made.nbgrader("generate_assignment", assignment)
            (shared / "done").touch()
    return made


def graded_cells(notebook: Any) -> list[str]:
    """Return the names of the cells of a notebook that are worth points."""
    known = [cell.metadata.get("nbgrader", {}) for cell in notebook.cells]
    return [each["grade_id"] for each in known if each.get("grade")]


def answered(notebook: Any, answers: Mapping[Question, Answer], explain: bool = True) -> Any:
    """Return a released notebook with answers in its cells, and with its explanations written."""
    texts = {
        question: answer.text for question, answer in answers.items() if answer.path.stem != "empty"
    }
    for cell in notebook.cells:
        known = cell.metadata.get("nbgrader", {})
        question = next(
            (q for q in answers if known.get("grade_id", "").startswith(f"{q.name}-")), None
        )
        if question is None or not known.get("solution"):
            continue
        if cell.cell_type == "code" and question in texts:
            # All of the answer in the first cell for it, nothing in the others.
            cell.source, texts[question] = texts[question], ""
        elif cell.cell_type == "markdown" and explain:
            cell.source = WRITTEN
    return notebook


def batches(assignment: str) -> list[dict[Question, Answer]]:
    """Return submissions that hold every answer: the k-th to each question is in the k-th."""
    questions = [each for each in QUESTIONS if each.folder.name == assignment]
    count = max(len(each.answers) for each in questions)
    answers = {each: list(each.answers.values()) for each in questions}
    return [{q: found[k % len(found)] for q, found in answers.items()} for k in range(count)]


def stated(answers: Mapping[Question, Answer]) -> dict[str, tuple[float, str]]:
    """Return points and leading code per part, as the answers of a submission state them."""
    return {part: found for answer in answers.values() for part, found in answer.stated.items()}
