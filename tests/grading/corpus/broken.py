# ruff: noqa: D103 (a change is called what it does)
"""Submissions that are broken, by accident or by a bad tool: each gets a verdict and a reason."""

import json
import os
from pathlib import Path
from typing import Any

import nbformat

from tests.grading.corpus.case import ASSIGNMENT, Cases, named, register

BROKEN: Cases = {}
NOTHING: dict[str, Any] = dict(predict=0, implement=0, told="cannot be used")


def text(notebook: Any) -> str:
    """Return the file's text."""
    return json.dumps(notebook)


@register(BROKEN, **NOTHING)
def broken_json(notebook: Any, folder: Path) -> Any:
    return text(notebook).replace("{", "", 1).encode()


@register(BROKEN, **NOTHING)
def cut_in_the_middle(notebook: Any, folder: Path) -> Any:
    whole = text(notebook)
    return whole[: len(whole) // 2].encode()


@register(BROKEN, **NOTHING)
def merge_conflict(notebook: Any, folder: Path) -> Any:
    return b"<<<<<<< HEAD\n" + text(notebook).encode() + b"\n=======\n"


@register(BROKEN)
def byte_order_mark(notebook: Any, folder: Path) -> Any:
    return b"\xef\xbb\xbf" + text(notebook).encode()


@register(BROKEN, **NOTHING)
def utf16(notebook: Any, folder: Path) -> Any:
    return text(notebook).encode("utf-16")


@register(BROKEN, **NOTHING)
def not_utf8(notebook: Any, folder: Path) -> Any:
    notebook.cells[0].source = "gelöst"
    # What latin-1 has no sign for stays escaped; the ö is one byte, which is no UTF-8.
    return json.dumps(notebook).replace("\\u00f6", "ö").encode("latin-1")


@register(BROKEN, **NOTHING)
def version_2(notebook: Any, folder: Path) -> Any:
    return {**notebook, "nbformat": 2, "nbformat_minor": 0}


@register(BROKEN)
def version_3(notebook: Any, folder: Path) -> Any:
    return nbformat.convert(notebook, 3)


@register(BROKEN, **NOTHING)
def version_99(notebook: Any, folder: Path) -> Any:
    return {**notebook, "nbformat": 99}


@register(BROKEN, told="was expected")
def renamed(notebook: Any, folder: Path) -> Any:
    (folder / "ps1 (copy).ipynb").write_text(text(notebook), encoding="utf-8")


@register(BROKEN, **NOTHING)
def empty_file(notebook: Any, folder: Path) -> Any:
    return b""


@register(BROKEN, **NOTHING)
def empty_folder(notebook: Any, folder: Path) -> Any:
    return None


@register(BROKEN, **NOTHING)
def directory_in_its_place(notebook: Any, folder: Path) -> Any:
    (folder / f"{ASSIGNMENT}.ipynb").mkdir()


@register(BROKEN, told="put back")
def test_missing(notebook: Any, folder: Path) -> Any:
    notebook.cells.remove(named(notebook, "q2-implement"))
    return notebook


@register(BROKEN, implement=0)
def answer_missing(notebook: Any, folder: Path) -> Any:
    notebook.cells.remove(named(notebook, "q2-functions"))
    return notebook


@register(BROKEN, predict=0, implement=0, told="put back")
def all_cells_missing(notebook: Any, folder: Path) -> Any:
    notebook.cells.clear()
    return notebook


@register(BROKEN)
def copied_with_metadata(notebook: Any, folder: Path) -> Any:
    for name in ("q2-functions", "q2-implement"):
        notebook.cells.append({**named(notebook, name), "id": f"copy-{name}"})
    return notebook


@register(BROKEN, flag="q2-predict")
def test_edited(notebook: Any, folder: Path) -> Any:
    named(notebook, "q2-predict").source = "99.0"
    return notebook


@register(BROKEN, predict=0, implement=0, told="(?s)should be a dict with.*it returns nothing yet")
def tests_before_answers(notebook: Any, folder: Path) -> Any:
    place = notebook.cells.index(named(notebook, "q2-prediction"))
    for name in ("q2-implement", "q2-predict"):
        test = named(notebook, name)
        notebook.cells.remove(test)
        notebook.cells.insert(place, test)
    return notebook


@register(BROKEN, told="put back")
def metadata_wiped(notebook: Any, folder: Path) -> Any:
    for cell in notebook.cells:
        cell.metadata = {}
    return notebook


@register(BROKEN, told="put back")
def metadata_of_another_kind(notebook: Any, folder: Path) -> Any:
    named(notebook, "q2-predict").metadata.nbgrader = "graded"
    return notebook


@register(BROKEN, **NOTHING)
def metadata_a_list(notebook: Any, folder: Path) -> Any:
    notebook.cells[1]["metadata"] = []
    return notebook


@register(BROKEN)
def schema_of_tomorrow(notebook: Any, folder: Path) -> Any:
    named(notebook, "q2-functions").metadata.nbgrader.schema_version = 99
    return notebook


@register(BROKEN)
def another_kernel(notebook: Any, folder: Path) -> Any:
    notebook.metadata.kernelspec = {"name": "julia", "display_name": "Julia", "language": "julia"}
    return notebook


@register(BROKEN, implement=0)
def null_bytes(notebook: Any, folder: Path) -> Any:
    named(notebook, "q2-functions").source += "\n'\0'"
    return notebook


@register(BROKEN)
def half_a_character(notebook: Any, folder: Path) -> Any:
    named(notebook, "q2-functions").source += "\n'\ud800'"
    return notebook


@register(BROKEN, **NOTHING)
def nested_deep(notebook: Any, folder: Path) -> Any:
    return b'{"cells":' + b"[" * 100_000


@register(BROKEN, **NOTHING)
def a_number_too_long(notebook: Any, folder: Path) -> Any:
    return text(notebook).replace('"nbformat": 4', '"nbformat": ' + "9" * 6000).encode()


@register(BROKEN, **NOTHING)
def a_list(notebook: Any, folder: Path) -> Any:
    return b"[1, 2, 3]"


@register(BROKEN, **NOTHING)
def cells_are_words(notebook: Any, folder: Path) -> Any:
    return {**notebook, "cells": ["one", "two"]}


@register(BROKEN)
def stored_output_huge(notebook: Any, folder: Path) -> Any:
    named(notebook, "q2-functions").outputs = [
        {"output_type": "stream", "name": "stdout", "text": "x" * 5_000_000}
    ]
    return notebook


@register(BROKEN)
def stored_output_broken(notebook: Any, folder: Path) -> Any:
    notebook.cells[1]["outputs"] = [{"output_type": "mystery"}, 7]
    return notebook


@register(BROKEN, told="left out")
def a_pipe_beside_it(notebook: Any, folder: Path) -> Any:
    os.mkfifo(folder / "data.csv")
    return notebook
