"""Every lesson as one HTML file, opened with the network cut: figures, steppers, plots and formulas."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat
import pytest

from autograd_lab.authoring.export import as_html
from autograd_lab.authoring.source import LANGUAGES
from tests.browser.conftest import Driver
from tests.lessons import NOTEBOOKS

pytestmark = pytest.mark.needs_browser

LESSONS = sorted((NOTEBOOKS / "en").glob("*.ipynb"))
FORMULA = re.compile(r"\$\$[^$]+\$\$|\$[^$]+\$")
SEEN = """() => ({
    formulas: document.querySelectorAll("math").length,
    flat: [...document.querySelectorAll("math")]
        .filter((math) => !math.getBoundingClientRect().height).length,
    images: document.images.length,
    broken: [...document.images].filter((image) => !image.naturalWidth).length,
    steppers: document.querySelectorAll(".al-player").length,
    wide: document.documentElement.scrollWidth - document.documentElement.clientWidth,
})"""


@pytest.fixture(name="offline", scope="module")
def _offline(browser: Any) -> Iterator[Driver]:
    """One page for all files, without any network."""
    context = browser.new_context(offline=True, viewport={"width": 1000, "height": 800})
    driver = Driver(context.new_page())
    yield driver
    context.close()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", [path.name for path in LESSONS])
def test_a_lesson_is_whole_without_a_network(
    offline: Driver, name: str, language: str, tmp_path: Path
) -> None:
    """As many formulas as were written, every stored picture, steppers that step, no request."""
    path = NOTEBOOKS / language / name
    lesson = nbformat.read(path, as_version=4)
    page = tmp_path / "lesson.html"
    page.write_text(as_html(lesson, language, path.parent), encoding="utf-8")
    offline.page.goto(page.as_uri())
    shown = "".join(
        "".join(output.get("data", {}).get("text/html", ""))
        for cell in lesson.cells
        for output in cell.get("outputs", ())
    )
    if "const packed" in shown:
        positions = offline.page.locator(".al-position")
        before = positions.all_inner_texts()
        for player in offline.page.locator(".al-player").all():
            player.press("ArrowRight")
        assert positions.all_inner_texts() != before
    seen = offline.page.evaluate(SEEN)
    prose = [cell.source for cell in lesson.cells if cell.cell_type == "markdown"]
    assert seen["formulas"] == sum(len(FORMULA.findall(text)) for text in prose)
    assert (seen["flat"], seen["broken"], seen["wide"]) == (0, 0, 0)
    assert seen["steppers"] == shown.count("const packed") > 0
    # A stepper draws its figure in place of the stored picture.
    assert seen["images"] + seen["steppers"] >= shown.count("<img")
    assert (offline.errors, offline.blocked) == ([], [])
