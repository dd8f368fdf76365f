"""Every lesson as one page, opened with the network cut: all of it is there."""

import re

import nbformat
import pytest

from autograd_lab.authoring.export import as_html
from autograd_lab.authoring.source import LANGUAGES
from tests.lessons import NOTEBOOKS, SOURCES

pytestmark = pytest.mark.needs_browser
pytest.importorskip("nbconvert")
pytest.importorskip("latex2mathml")

FORMULA = re.compile(r"\$\$.+?\$\$|\$[^$]+\$", re.DOTALL)
BROKEN = "() => [...document.images].filter((i) => !(i.complete && i.naturalWidth)).length"
FLAT = """() => [...document.querySelectorAll('math')].filter((formula) => {
    const box = formula.getBoundingClientRect();
    return !(box.width > 2 && box.height > 2);
}).length"""


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.stem)
def test_a_lesson_is_whole_without_a_network(path, language, driver, tmp_path):
    """Figures, steppers, plots and formulas; `driver` sees to it that nothing is asked for or fails."""
    lesson = nbformat.read(NOTEBOOKS / language / f"{path.stem}.ipynb", as_version=4)
    page = tmp_path / "lesson.html"
    page.write_text(as_html(lesson, language, NOTEBOOKS / language), encoding="utf-8")
    driver.page.goto(page.as_uri())

    outputs = "".join(
        "".join(output.get("data", {}).get("text/html", ""))
        for cell in lesson.cells
        for output in cell.get("outputs", ())
    )
    steppers = set(re.findall(r'data-autograd="([^"]+)"', outputs))
    for name in steppers:
        driver.page.locator(f'[data-autograd="{name}"].al-player').wait_for()
    assert driver.page.locator(".al-player").count() == len(steppers)
    plots = outputs.count('class="autograd-lab-plot"')
    assert driver.page.locator("img.autograd-lab-plot").count() == plots
    assert driver.page.evaluate(BROKEN) == 0

    prose = "\n\n".join(cell.source for cell in lesson.cells if cell.cell_type == "markdown")
    prose = re.sub(r"```.*?```|`[^`]*`", "", prose, flags=re.DOTALL)
    assert driver.page.locator("math").count() == len(FORMULA.findall(prose))
    assert driver.page.evaluate(FLAT) == 0
    for shown in driver.page.locator(".text_cell_render").all_inner_texts():
        assert "$" not in shown and "\\" not in shown
