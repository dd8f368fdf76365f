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
from .sandbox.messages import whole
from .suspicion import suspicious

METADATA = ("grade", "solution", "locked", "points", "task")
"""What nbgrader notes about a cell, and an instructor alone decides."""
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
    flags: list[str] = field(default_factory=list)
    """What an instructor should look at: facts, no judgement."""
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
        flags = _changed(notebook, released) + _reaching(notebook, released)
        notes += _restore(notebook, released)
    except (OSError, ValueError) as error:
        reason = _("The notebook {name} cannot be used: {reason}").format(name=name, reason=error)
        flags = [reason] if isinstance(error, _Link) else []
        return Submission(student, substitute(released, reason), [reason], flags, readable=False)
    files, left_out, links = _files(folder)
    return Submission(student, notebook, notes + left_out, flags + links, files=files)


class _Link(ValueError):
    """What was handed in stands somewhere else."""


def substitute(released: NotebookNode, reason: str) -> NotebookNode:
    """Return the released notebook with a first cell that says why it stands here."""
    made = _copy(released)
    made.cells.insert(0, v4.new_markdown_cell(f"**{reason}**"))
    return made


def _find(folder: Path, name: str, released: NotebookNode) -> tuple[Path, list[str]]:
    """Return the file that is the notebook, under its own name or another one."""
    if folder.is_symlink():
        raise _Link(_("the folder of the submission is a link to another one"))
    if not folder.is_dir():
        raise ValueError(_("the submission is no folder"))
    path = folder / f"{name}.ipynb"
    if path.is_file() and not path.is_symlink():
        return path, []
    if path.is_symlink():
        raise _Link(_("it is a link to another file"))
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
        text = whole(json.dumps(content, ensure_ascii=False))
        # As `nbformat.reads`, which only logs what is invalid and would look twice.
        notebook: NotebookNode = nbformat.convert(nbformat.reader.reads(text), 4)
        nbformat.validate(notebook)
    except Exception as error:  # whatever nbformat meets in a file that is no notebook
        raise ValueError(
            _("it is not a notebook ({kind})").format(kind=type(error).__name__)
        ) from None
    return notebook


def _changed(notebook: NotebookNode, released: NotebookNode) -> list[str]:
    """Return what to say of cells that are not a student's to change; grading uses the released ones."""
    known = _cells_by_name(released)
    changed = []
    for name, cell in _cells_by_name(notebook).items():
        mine, theirs = cell.metadata.nbgrader, known.get(name)
        if theirs is None:
            forged = bool(mine.get("grade"))
        else:
            given = theirs.metadata.nbgrader
            forged = any(mine.get(key) != given.get(key) for key in METADATA)
            forged |= cell.cell_type != theirs.cell_type
            forged |= bool(given.get("locked")) and cell.source.strip() != theirs.source.strip()
        if forged:
            changed.append(name)
    if not changed:
        return []
    text = _("Locked cells or their points were changed: {names}")
    return [text.format(names=", ".join(changed))]


def _reaching(notebook: NotebookNode, released: NotebookNode) -> list[str]:
    """Return what to say of code that reaches for more than an answer needs."""
    given = {cell.source for cell in released.cells}
    own = [cell for cell in notebook.cells if cell.cell_type == "code" and cell.source not in given]
    found = {name for cell in own for name in suspicious(cell.source)}
    if not found:
        return []
    text = _("The code uses what no answer needs: {names}")
    return [text.format(names=", ".join(sorted(found)))]


def _restore(notebook: NotebookNode, released: NotebookNode) -> list[str]:
    """Put tested cells back that the student's notebook has lost; return what to say about it."""
    known = _cells_by_name(released)
    _trust_no_metadata(notebook, known)
    there = _cells_by_name(notebook)
    put_back = []
    place = len(notebook.cells)
    # From the end, so that each finds its place before the one that follows it.
    for name, cell in reversed(known.items()):
        if name in there:
            place = notebook.cells.index(there[name])
        elif cell.metadata.nbgrader.get("grade") and not cell.metadata.nbgrader.get("solution"):
            notebook.cells.insert(place, _copy(cell))
            put_back.append(name)
    if not put_back:
        return []
    names = ", ".join(reversed(put_back))
    return [_("Test cells were missing and have been put back: {names}").format(names=names)]


def _trust_no_metadata(notebook: NotebookNode, known: dict[str, Any]) -> None:
    """Let cells be what they were when they were released; others are nobody's for grading."""
    for place, cell in enumerate(notebook.cells):
        if "nbgrader" not in cell.metadata:
            continue
        mine = cell.metadata.pop("nbgrader")
        given = known.get(str(mine.get("grade_id"))) if isinstance(mine, dict) else None
        if given is None:
            continue
        if cell.cell_type != given.cell_type:
            cell = notebook.cells[place] = nbformat.from_dict(
                {**_copy(given), "source": cell.source}
            )
        cell.metadata["nbgrader"] = _copy(given.metadata.nbgrader)


def _copy(node: NotebookNode) -> NotebookNode:
    copied: NotebookNode = nbformat.from_dict(json.loads(json.dumps(node)))
    return copied


def _cells_by_name(notebook: NotebookNode) -> dict[str, Any]:
    """Return nbgrader's cells by their names; the last of several is kept, as it is for grading."""
    found = {}
    for cell in notebook.cells:
        known = cell.metadata.get("nbgrader")
        if isinstance(known, dict) and isinstance(known.get("grade_id"), str):
            found[known["grade_id"]] = cell
    return found


def _files(folder: Path) -> tuple[dict[str, str], list[str], list[str]]:
    """Return the files beside the notebooks, what to say of those left out, and of links."""
    files: dict[str, str] = {}
    left_out: list[str] = []
    links: list[str] = []
    room = MAX_FILES
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.suffix == ".ipynb" or ".ipynb_checkpoints" in path.parts or name == "timestamp.txt":
            continue
        if path.is_symlink():
            links.append(name)
        elif path.is_file() and (size := path.stat().st_size) <= room:
            room -= size
            files[name] = base64.b64encode(path.read_bytes()).decode("ascii")
        elif not path.is_dir():
            left_out.append(name)
    told = [
        text.format(names=", ".join(names))
        for text, names in [
            (_("Files were left out, too large or none at all: {names}"), left_out),
            (_("Files were left out, they are links: {names}"), links),
        ]
        if names
    ]
    return files, told, told[-1:] if links else []


__all__ = ["Submission", "read_submission", "substitute"]
