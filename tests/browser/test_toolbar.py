"""nbgrader's own button in JupyterLab: a student validates an exercise sheet before handing it in."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbgrader.preprocessors import ClearHiddenTests, ClearSolutions

from tests.browser.conftest import Driver
from tests.grading.classroom import ASSIGNMENT, FULL, RIGHT
from tests.grading.stock import answered

pytestmark = pytest.mark.needs_browser

SOURCE = Path(__file__).parents[2] / "exercises" / "source" / ASSIGNMENT / f"{ASSIGNMENT}.ipynb"
NOTEBOOK = "sheet.ipynb"
OWN_PROGRESS = 'import os\nos.environ["AUTOGRAD_LAB_PROGRESS"] = "progress"'


def sheet() -> Any:
    """Return the notebook that students get; what they try is noted in the folder it lies in."""
    notebook = nbformat.read(SOURCE, 4)
    for step in (ClearSolutions(), ClearHiddenTests()):
        notebook, _resources = step.preprocess(notebook, {})
    notebook.cells.insert(0, nbformat.v4.new_code_cell(OWN_PROGRESS))
    return notebook


def validated(lab: Driver, path: Path, notebook: Any) -> str:
    """Open a notebook, press the button, and return what the dialog says."""
    nbformat.write(notebook, path)
    page = lab.open_notebook(path.name)
    page.locator(".jp-Toolbar-item jp-button", has_text="Validate").click()
    result = page.locator(".jp-Dialog")
    result.wait_for()
    said = result.inner_text()
    result.locator("button").last.click()
    return str(said)


def test_a_right_sheet_passes(lab: Driver, notebooks: Path) -> None:
    """The button says that right answers pass."""
    said = validated(lab, notebooks / NOTEBOOK, answered(sheet(), RIGHT))
    assert "passes all the tests" in said


def test_an_empty_sheet_does_not(lab: Driver, notebooks: Path) -> None:
    """The button shows every check that an empty sheet fails."""
    said = validated(lab, notebooks / NOTEBOOK, sheet())
    assert [part for part in FULL if f'score("{ASSIGNMENT}/{part}"' not in said] == []
