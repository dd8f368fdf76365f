"""No document of ours, and none of those the project began with, is told that it is wrong."""

import contextlib
import io
import json
import re
import warnings
from pathlib import Path

import pytest

from autograd_lab.authoring.source import read
from autograd_lab.trace import run_cells
from tests.lessons import RUN

from .corpus import IMPORT, own_import

ROOT = Path(__file__).parents[3]
SEED = json.loads((ROOT / "tests/data/seed_cells.json").read_text(encoding="utf-8"))
MAGIC = re.compile(r"^\s*(%|!).*$", re.MULTILINE)


def problems(cells: list[str], namespace: dict | None = None) -> list[str]:
    """Run cells and return the rules that see a problem."""
    with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()):
        warnings.simplefilter("ignore")
        trace = run_cells(cells, namespace)
    assert not trace.broken
    return [f"{f.rule}: {f.line}" for f in trace.findings() if f.level == "problem"]


@pytest.mark.parametrize(
    "engine", ["autograd_lab", pytest.param("torch", marks=pytest.mark.needs_torch)]
)
@pytest.mark.parametrize("document", SEED, ids=lambda document: document["document"])
def test_seed_documents(document: dict, engine: str) -> None:
    """Each cell after those before it, except what calls `x.grad()`, which fails by itself."""
    cells = [cell["code"] for cell in document["cells"] if ".grad()" not in cell["code"]]
    if engine == "autograd_lab":
        cells = [IMPORT.sub(own_import, cell) for cell in cells]
    for count in range(1, len(cells) + 1):
        assert problems(cells[:count]) == []


@pytest.mark.parametrize("lesson", RUN)
def test_cells_of_lessons(lesson: Path) -> None:
    """Each cell by itself, after those before it, shows no mistake that it does not declare.

    Under `%%autograd` cells know of one another: `tests/notebooks` compares what they show.
    """
    namespace: dict[str, object] = {}
    for cell in read(lesson).cells:
        if cell.kind == "code":
            found = problems([MAGIC.sub("", cell.texts["en"])], namespace)
            rules = sorted(rule.partition(":")[0] for rule in found)
            recorded = "%%autograd" in cell.texts["en"]
            assert rules == sorted(cell.findings) or (recorded and set(rules) <= set(cell.findings))


@pytest.mark.parametrize("lesson", RUN)
def test_lessons(lesson: Path) -> None:
    """All cells together, except of lessons that show mistakes: one of theirs may hide what follows."""
    cells = [cell for cell in read(lesson).cells if cell.kind == "code"]
    if not any(cell.findings for cell in cells):
        assert problems([MAGIC.sub("", cell.texts["en"]) for cell in cells]) == []
