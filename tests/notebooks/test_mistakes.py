"""The three lessons of mistakes: all twenty-seven are shown, each with its explanation."""

import itertools
import re
from pathlib import Path

import nbformat
import pytest

from autograd_lab.authoring.source import LANGUAGES, read
from autograd_lab.trace.findings.registry import rules
from tests.lessons import NOTEBOOKS, SOURCES

LESSONS = [path for path in SOURCES if path.name.startswith("09")]
MISCONCEPTION = {rule.slug: rule.misconception for rule in rules}
RULE = re.compile(r'data-rule="([^"]+)"')


def shown(path: Path, language: str) -> list[list[str]]:
    """Return the rules whose findings each code cell of a published lesson shows."""
    published = nbformat.read(NOTEBOOKS / language / f"{path.stem}.ipynb", as_version=4)
    return [
        [
            rule
            for o in cell.outputs
            for rule in RULE.findall(o.get("data", {}).get("text/html", ""))
        ]
        for cell in published.cells
        if cell.cell_type == "code"
    ]


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_of_the_twenty_seven_is_shown_once(language: str) -> None:
    """The published notebooks explain every misconception, none of them twice, nine in each part."""
    parts = [[MISCONCEPTION[r] for cell in shown(path, language) for r in cell] for path in LESSONS]
    assert [len(part) for part in parts] == [9, 9, 9]
    assert sorted(itertools.chain(*parts)) == list(range(1, 28))


@pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)
def test_no_bad_advice(path: Path) -> None:
    """No cell keeps a graph to silence an error, makes a loss a leaf, or rebinds a parameter.

    Where the mistake itself is one of these, the cell is marked as showing it.
    """
    advice = re.compile(r"loss\.requires_grad|detach\(\)\.item\(\)|\b(\w+) = \1 - .*\.grad\b")
    for cell in read(path).cells:
        if cell.kind == "code" and not cell.findings:
            assert not advice.search(cell.texts["en"]), cell.texts["en"]
