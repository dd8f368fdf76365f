"""The sources of the lessons, for the tests that run them."""

from pathlib import Path

import pytest

NOTEBOOKS = Path(__file__).parents[1] / "notebooks"
SOURCES = sorted((NOTEBOOKS / "source").glob("*.py"))
RUN = [
    pytest.param(
        path,
        id=path.stem,
        marks=[pytest.mark.needs_torch]
        * ("%autograd needs torch" in path.read_text(encoding="utf-8")),
    )
    for path in SOURCES
]
"""Parameters for a test that runs each lesson; where PyTorch is missing, without those about it."""
