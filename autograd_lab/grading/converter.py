"""nbgrader's own conversion of a submission, with its execution taken out: jobs run elsewhere."""

# mypy: disable-error-code="misc,no-untyped-call,no-any-unimported"
# (nbgrader has no types.)

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat
from nbconvert.exporters import NotebookExporter
from nbgrader.converters import Autograde
from nbgrader.converters.base import BaseConverter, NbGraderException
from nbgrader.coursedir import CourseDirectory
from nbgrader.preprocessors import Execute, NbGraderPreprocessor

from .job import Outcome

NOTE = "autograd_lab_note"
"""In the metadata of a cell in which the grader speaks."""


class Sanitizer:
    """What nbgrader does to a notebook before it runs, as the course has set it.

    Made once for a class: an exporter and its preprocessors take longer to make than to run.
    """

    def __init__(self, directory: CourseDirectory, options: dict[str, Any]) -> None:
        """Read from the settings which preprocessors there are."""
        self._exporter = NotebookExporter(**options)
        self._exporter._preprocessors = []
        for each in Autograde(directory, **options).sanitize_preprocessors:
            self._exporter.register_preprocessor(each)

    def __call__(self, notebook: Any, resources: dict[str, Any]) -> Any:
        """Return the notebook as it shall run; raises whatever nbgrader does."""
        for each in self._exporter._preprocessors:
            notebook, resources = each(notebook, resources)
        nbformat.validate(notebook)
        return notebook


class Recorded(Autograde):
    """nbgrader's converter, with outcomes in the place of the execution."""

    def __init__(
        self, directory: CourseDirectory, outcomes: dict[str, Outcome], options: dict[str, Any]
    ) -> None:
        super().__init__(directory, **options)
        self._outcomes = outcomes
        self._failed: Exception | None = None

    def convert(self) -> None:
        """Convert the submission; raise what went wrong, not that nbgrader has logged something."""
        try:
            self.start()
        except NbGraderException as error:
            failed = self._failed or error
        else:
            return
        raise failed  # out here, so that it keeps its cause

    def init_assignment(self, assignment_id: str, student_id: str) -> None:
        """Prepare the gradebook for the submission."""
        with self._kept():
            super().init_assignment(assignment_id, student_id)

    @contextlib.contextmanager
    def _kept(self) -> Iterator[None]:
        try:
            yield
        except Exception as error:
            self._failed = error
            raise

    def convert_single_notebook(self, notebook_filename: str) -> None:
        """Convert a notebook that has been prepared before its job ran."""
        name = Path(notebook_filename).stem
        resources = self.init_single_notebook_resources(notebook_filename)
        self._sanitizing = False
        self._recorded = _PutOutputs(self._outcomes[name])
        try:
            self._init_preprocessors()
            folder = Path(
                self._format_dest(self.coursedir.assignment_id, resources["nbgrader"]["student"])
            )
            folder.mkdir(parents=True, exist_ok=True)
            prepared = folder / f"{name}.ipynb"
            shutil.copyfile(notebook_filename, prepared)
            with self._kept():
                BaseConverter.convert_single_notebook(self, str(prepared))
        finally:
            self._sanitizing = True

    def _init_preprocessors(self) -> None:
        # The result is validated either way, so that each step need not be.
        self.exporter.optimistic_validation = True
        self.exporter._preprocessors = []
        for each in self.autograde_preprocessors:
            executes = each in (Execute, "nbgrader.preprocessors.Execute")
            self.exporter.register_preprocessor(self._recorded if executes else each)


class _PutOutputs(NbGraderPreprocessor):
    """Puts the outputs of a job under the cells they belong to."""

    def __init__(self, outcome: Outcome) -> None:
        super().__init__(enabled=True)
        self._outcome = outcome

    def preprocess(self, nb: Any, resources: Any) -> tuple[Any, Any]:
        # Notes stand in front of the cells that the job has numbered.
        shift = sum(bool(cell.metadata.get(NOTE)) for cell in nb.cells)
        number = 0
        for place, cell in enumerate(nb.cells):
            if cell.cell_type != "code":
                continue
            number += 1
            cell.execution_count = number
            found = self._outcome.outputs.get(place - shift, [])
            cell.outputs = [nbformat.from_dict(output) for output in found]
            for output in cell.outputs:
                if output.output_type == "execute_result":
                    output.execution_count = number
        return nb, resources


__all__ = ["NOTE", "Recorded", "Sanitizer"]
