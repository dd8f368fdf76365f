"""Nothing of a test outlives it: neither results nor what a learner has tried so far."""

import builtins
from collections.abc import Iterator
from pathlib import Path

import pytest

from autograd_lab.grading import progress


@pytest.fixture(autouse=True)
def _no_last_result() -> Iterator[None]:
    """Take `_` back, which Python's display hook sets: with that name IPython keeps no results."""
    yield
    vars(builtins).pop("_", None)


@pytest.fixture(autouse=True)
def _new_learner(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Keep what is tried in a folder of its own; return the folder."""
    folder = tmp_path_factory.mktemp("learner")
    monkeypatch.setenv(progress.FOLDER, str(folder))
    monkeypatch.setattr(progress, "_remembered", {})
    return folder
