"""What a student handed in, made safe to work with: always a notebook, and what was wrong with it.

Whatever lies in the folder, there is a notebook in the end. If the student's cannot be used, it is
the released one, with nothing answered and the reason in its first cell.
"""

# mypy: disable-error-code="no-untyped-call"

from __future__ import annotations

import base64
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode, v4

from ..i18n import _

MAX_NOTEBOOK = 100 * 1024 * 1024
MAX_FILES = 8 * 1024 * 1024
"""Bytes of a notebook, and of all files beside it together."""


@dataclass(slots=True)
class Submission:
    """One notebook of one student."""

    student: str
    notebook: NotebookNode
    notes: list[str] = field(default_factory=list)
    """What was odd about it, for student and instructor to read."""
    readable: bool = True
    """The notebook is the student's."""
    files: dict[str, str] = field(default_factory=dict)
    """Name to content, in Base64, of the files beside it."""


def read_submission(folder: Path, name: str, released: NotebookNode) -> Submission:
    """Return the notebook `name` that lies in a student's folder; never raises for what lies there.

    `released` is what students were given.
    """
    student = folder.parent.name
    try:
        path, notes = _find(folder, name, released)
        notebook = _read(path)
        notes += _restore(notebook, released)
    except (OSError, ValueError) as error:
        reason = _("The notebook {name} cannot be used: {reason}").format(name=name, reason=error)
        return Submission(student, substitute(released, reason), [reason], readable=False)
    files, left_out = _files(folder)
    return Submission(student, notebook, notes + left_out, files=files)


def substitute(released: NotebookNode, reason: str) -> NotebookNode:
    """Return the released notebook with a first cell that says why it stands here."""
    made: NotebookNode = nbformat.from_dict(json.loads(json.dumps(released)))
    made.cells.insert(0, v4.new_markdown_cell(f"**{reason}**"))
    return made


def _find(folder: Path, name: str, released: NotebookNode) -> tuple[Path, list[str]]:
    """Return the file that is the notebook, under its own name or another one."""
    if folder.is_symlink() or not folder.is_dir():
        raise ValueError(_("the folder of the submission is a link, or no folder"))
    path = folder / f"{name}.ipynb"
    if path.is_file() and not path.is_symlink():
        return path, []
    if path.is_symlink():
        raise ValueError(_("it is a link to another file"))
    wanted = set(_cells_by_name(released))
    for other in sorted(folder.glob("*.ipynb")):
        try:
            if other.is_symlink() or not wanted & set(_cells_by_name(_read(other))):
                continue
        except ValueError:
            continue
        note = _("The file is called {found}; {name} was expected.")
        return other, [note.format(found=other.name, name=path.name)]
    raise ValueError(_("there is no such file"))


def _read(path: Path) -> NotebookNode:
    """Return a notebook in the present format, its outputs dropped; raise ValueError otherwise."""
    if path.stat().st_size > MAX_NOTEBOOK:
        raise ValueError(_("it is larger than {n} MB").format(n=MAX_NOTEBOOK >> 20))
    try:
        content = json.loads(path.read_bytes().decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise ValueError(_("it is not UTF-8 text")) from None
    except (ValueError, RecursionError):
        raise ValueError(_("it is not complete JSON")) from None
    try:
        # Outputs are made anew; what they hold cannot spoil the rest.
        for cell in content.get("cells", ()):
            if cell.get("cell_type") == "code":
                cell["outputs"], cell["execution_count"] = [], None
        notebook: NotebookNode = nbformat.reads(json.dumps(content), as_version=4)
        nbformat.validate(notebook)
    except Exception as error:  # whatever nbformat meets in a file that is no notebook
        raise ValueError(
            _("it is not a notebook ({kind})").format(kind=type(error).__name__)
        ) from None
    return notebook


def _restore(notebook: NotebookNode, released: NotebookNode) -> list[str]:
    """Put tested cells back that the student's notebook has lost; return what to say about it."""
    there = _cells_by_name(notebook)
    known = _cells_by_name(released)
    put_back = []
    place = len(notebook.cells)
    # From the end, so that each finds its place before the one that follows it.
    for name, cell in reversed(known.items()):
        if name in there:
            place = notebook.cells.index(there[name])
        elif cell.metadata.nbgrader.get("grade") and not cell.metadata.nbgrader.get("solution"):
            notebook.cells.insert(place, nbformat.from_dict(json.loads(json.dumps(cell))))
            put_back.append(name)
    if not put_back:
        return []
    names = ", ".join(reversed(put_back))
    return [_("Test cells were missing and have been put back: {names}").format(names=names)]


def _cells_by_name(notebook: NotebookNode) -> dict[str, Any]:
    """Return nbgrader's cells by their names; the last of several is kept, as it is for grading."""
    found = {}
    for cell in notebook.cells:
        known = cell.metadata.get("nbgrader")
        if isinstance(known, dict) and isinstance(known.get("grade_id"), str):
            found[known["grade_id"]] = cell
    return found


def _files(folder: Path) -> tuple[dict[str, str], list[str]]:
    """Return the files beside the notebooks, and what to say of those that are left out."""
    files: dict[str, str] = {}
    left_out: list[str] = []
    room = MAX_FILES
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.suffix == ".ipynb" or ".ipynb_checkpoints" in path.parts or name == "timestamp.txt":
            continue
        if path.is_symlink() or not (path.is_file() or path.is_dir()):
            left_out.append(name)
        elif path.is_file():
            size = path.stat().st_size
            if size > room:
                left_out.append(name)
                continue
            room -= size
            files[name] = base64.b64encode(path.read_bytes()).decode("ascii")
    if not left_out:
        return files, []
    names = ", ".join(left_out)
    return files, [_("Files were left out, links or too large: {names}").format(names=names)]


__all__ = ["Submission", "read_submission", "substitute"]
