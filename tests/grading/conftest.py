"""Answers may show values: what Python's own display hook remembers must not outlive a test."""

import builtins
from collections.abc import Iterator

import pytest


@pytest.fixture(autouse=True)
def _no_last_result() -> Iterator[None]:
    """Take `_` back: with that name among the built-ins, IPython keeps no results."""
    yield
    vars(builtins).pop("_", None)
