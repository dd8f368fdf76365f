"""What a course's `nbgrader_config.py` sets: where its gradebook and its folders are."""

# mypy: disable-error-code="misc,no-untyped-call,no-any-unimported"

from __future__ import annotations

import contextlib
import logging
import sys
from pathlib import Path
from typing import Any


def settings(course: Path) -> Any:
    """Return nbgrader's settings for a course: its own file, and those of the user and system."""
    from nbgrader.apps import NbGrader

    app = NbGrader()
    app.log_level = logging.ERROR
    with contextlib.chdir(course):
        app.load_config_file()
    app.config.CourseDirectory.root = str(course)
    if str(course) not in sys.path:
        sys.path.insert(0, str(course))  # as nbgrader does: a course's own plugins lie there
    return app.config


__all__ = ["settings"]
