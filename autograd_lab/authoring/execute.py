"""Run a notebook and store its outputs, the same ones on every run."""

from __future__ import annotations

import copy
import os
import re
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from nbformat import NotebookNode

_ADDRESS = re.compile(r"<[^>]* at 0x[0-9a-fA-F]+>")
_COLOURS = re.compile(r"\x1b\[[0-9;]*m")
_FRAME_OF_A_FILE = re.compile(r"File |\s*\[\.\.\. skipping ")
_WIDGET = "application/vnd.jupyter.widget-view+json"


class OutputError(ValueError):
    """A cell failed, or shows what must not be published; the message says which and why."""


def execute(notebook: NotebookNode, language: str, folder: Path, timeout: int = 60) -> NotebookNode:
    """Return a copy of `notebook` with the outputs of a fresh kernel that runs in `folder`.

    The package speaks `language` there; a cell may take `timeout` seconds. Not kept are times, widget
    views, and the frames of other files in a traceback. Raises OutputError for a cell that fails
    without the tag `raises-exception`, takes too long, writes to stderr or shows an object's address;
    ImportError without nbclient.
    """
    try:
        from nbclient import NotebookClient
        from nbclient.exceptions import CellExecutionError, CellTimeoutError
    except ImportError:
        raise ImportError(
            "running notebooks needs nbclient; this brings it: pip install 'autograd_lab[lab]'"
        ) from None

    result = copy.deepcopy(notebook)
    client = NotebookClient(
        result,
        timeout=timeout,
        coalesce_streams=True,
        record_timing=False,
        store_widget_state=False,
        resources={"metadata": {"path": str(folder)}},
    )
    with TemporaryDirectory() as profile:
        try:
            client.execute(env=environment(language, profile))
        except (CellExecutionError, CellTimeoutError) as error:
            raise OutputError(str(error)) from None
    result.metadata = copy.deepcopy(notebook.metadata)
    for number, cell in enumerate(result.cells, 1):
        for output in cell.get("outputs", ()):
            _settle(output, f"cell {number} ({cell.source[:40]!r})")
    return result


def environment(language: str, profile: str) -> dict[str, str]:
    """Return the variables for a kernel that speaks `language` and has no settings of its user.

    `profile` is an empty folder for IPython to use.
    """
    return {**os.environ, "AUTOGRAD_LAB_LANG": language, "IPYTHONDIR": profile}


def _settle(output: Any, where: str) -> None:
    """Take out of one output what holds for this run only; raise OutputError for what cannot be."""
    if output.get("name") == "stderr":
        raise OutputError(f"{where} writes to stderr: {output.text.strip()}")
    if output.output_type == "error":
        # Frames outside of the notebook name folders of the machine, and lines that will move.
        output.traceback = [
            part for part in output.traceback if not _FRAME_OF_A_FILE.match(_COLOURS.sub("", part))
        ]
    # Without a kernel a widget view loads for ever and hides what stands beside it.
    output.get("data", {}).pop(_WIDGET, None)
    for text in (output.get("text", ""), *output.get("data", {}).values()):
        if found := _ADDRESS.search(str(text)):
            raise OutputError(f"{where} shows an address, new on every run: {found[0]}")
