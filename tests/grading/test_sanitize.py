"""Metadata that students damaged, repaired before nbgrader sees it."""

import nbformat

from autograd_lab.grading.sanitize import repair_metadata


def test_copies_and_other_versions_are_repaired() -> None:
    """The last cell of a name is nbgrader's; its version is ours; what names nothing is ordinary."""
    known = [
        {"grade_id": "a", "schema_version": 3},
        None,
        {"grade_id": "b", "schema_version": 99},
        {"grade_id": "a", "schema_version": 2},
        {},
        "text",
        {"grade_id": 7},
    ]
    cells = [
        nbformat.v4.new_code_cell(str(n), metadata={} if each is None else {"nbgrader": each})
        for n, each in enumerate(known)
    ]
    notebook, _resources = repair_metadata(nbformat.v4.new_notebook(cells=cells), {})
    kept = {
        cell.source: cell.metadata["nbgrader"]
        for cell in notebook.cells
        if "nbgrader" in cell.metadata
    }
    assert kept == {
        "2": {"grade_id": "b", "schema_version": 3},
        "3": {"grade_id": "a", "schema_version": 3},
    }
    assert [cell.source for cell in notebook.cells] == list("0123456")
