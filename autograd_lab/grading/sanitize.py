"""Repairs what students do to nbgrader's metadata, so that one notebook cannot stop a whole run.

nbgrader empties the metadata of a cell that was copied, takes the emptied cell for one of an old
format, and ends the run: nobody after that student is graded. `nbgrader_config.py` puts this first.
"""

from __future__ import annotations

from typing import Any

SCHEMA = 3
"""The version of nbgrader's metadata that our notebooks have."""


def repair_metadata(notebook: Any, resources: Any) -> tuple[Any, Any]:
    """Make copies of nbgrader's cells ordinary cells, and cells of another version ours.

    A preprocessor, as nbconvert has it. The last of several cells with one name is kept.
    """
    seen: set[str] = set()
    for cell in reversed(notebook.cells):
        known = cell.metadata.get("nbgrader")
        if known is None:
            continue
        name = known.get("grade_id") if isinstance(known, dict) else None
        if not isinstance(name, str) or name in seen:
            del cell.metadata["nbgrader"]
            continue
        seen.add(name)
        known["schema_version"] = SCHEMA
    return notebook, resources


__all__ = ["repair_metadata"]
