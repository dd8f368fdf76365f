"""`%autograd needs torch`: without that library the cells of a notebook do nothing, and none fails."""

from __future__ import annotations

import importlib
from importlib.util import find_spec
from typing import Any

from ..i18n import _


def skip(lines: list[str]) -> list[str]:
    """Leave out a cell; keep one that is magics and commands alone, such as `%pip install`."""
    written = [line.lstrip() for line in lines if line.strip()]
    kept = all(line.startswith(("%", "!")) and not line.startswith("%%") for line in written)
    return lines if kept else []


def need(shell: Any, library: str) -> None:
    """Let the cells that follow run if `library` can be imported; else skip them, and say so."""
    importlib.invalidate_caches()  # it may just have been installed
    run_all(shell)
    if find_spec(library) is None:
        shell.input_transformers_cleanup.insert(0, skip)
        print(
            _(
                "{library} is not installed here, so the cells below do nothing. To get it, run "
                "%pip install {library} in a cell, then this one again."
            ).format(library=library)
        )


def run_all(shell: Any) -> None:
    """Skip no cells any more."""
    if skip in shell.input_transformers_cleanup:
        shell.input_transformers_cleanup.remove(skip)
