"""The form that every lesson has: an aim, guesses, three checks, and no mistake that is not meant."""

import re

import nbformat
import pytest

from autograd_lab.authoring.reading import minutes
from autograd_lab.authoring.source import LANGUAGES, read
from autograd_lab.trace.findings.registry import rules
from tests.lessons import NOTEBOOKS, SOURCES

LESSONS = [path for path in SOURCES if path.stem != "00_tour"]
"""The tour alone takes five minutes and asks nothing."""
RULE = re.compile(r'data-rule="([^"]+)"')

each_lesson = pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)
in_each_language = pytest.mark.parametrize("language", LANGUAGES)


@each_lesson
@in_each_language
def test_a_lesson_begins_with_what_one_will_be_able_to_do(path, language):
    """Title, quarter of an hour, and a list of two to four abilities."""
    first = read(path).cells[0].texts[language]
    assert first.startswith("# ")
    assert {"en": "Fifteen minutes", "zh": "本课用时十五分钟"}[language] in first
    assert 2 <= len(re.findall(r"^- ", first, re.MULTILINE)) <= 4


@each_lesson
@in_each_language
def test_a_lesson_fits_a_quarter_of_an_hour(path, language):
    """By the estimate that the table of the lessons shows."""
    assert minutes(read(path), language) <= 15


@each_lesson
@in_each_language
def test_a_lesson_ends_with_three_checks(path, language):
    """Each is a numbered question with a cell to answer it in, and nothing is answered yet."""
    cells = read(path).cells
    title = {"en": "## Three checks", "zh": "## 三道检查题"}[language]
    (start,) = (i for i, cell in enumerate(cells) if title in cell.texts[language])
    prose = "\n".join(c.texts[language] for c in cells[start:] if c.kind == "markdown")
    assert re.findall(r"^\*\*(\d)\.\*\*", prose, re.MULTILINE) == ["1", "2", "3"]
    code = "\n".join(c.texts[language] for c in cells[start:] if c.kind == "code")
    assert len(re.findall(r"^ *predict\(.*, \.\.\.\)$", code, re.MULTILINE)) == 3


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.stem)
@in_each_language
def test_a_cell_shows_the_findings_that_are_meant(path, language):
    """Each recorded cell shows those that its source announces, and no others.

    What other cells announce is compared where every cell is recorded, in `tests/trace/findings`.
    """
    published = nbformat.read(NOTEBOOKS / language / f"{path.stem}.ipynb", as_version=4)
    cells = read(path).cells
    announced = [cell.findings if "%%autograd" in cell.texts["en"] else () for cell in cells]
    shown = [
        tuple(r for o in cell.get("outputs", ()) for r in RULE.findall(_html(o)))
        for cell in published.cells
    ]
    assert shown == announced


def _html(output):
    return "".join(output.get("data", {}).get("text/html", ""))


def test_what_is_announced_is_a_rule():
    """A misspelt name would announce nothing."""
    announced = {name for path in SOURCES for cell in read(path).cells for name in cell.findings}
    assert announced <= {rule.slug for rule in rules}
