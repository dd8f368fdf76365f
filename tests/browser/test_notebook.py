"""`%%autograd` in a real JupyterLab: stepping, themes, and the notebook reopened by somebody else."""

import re
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient

from autograd_lab.trace.record import record
from autograd_lab.views.display import Display
from tests.browser.conftest import DARK, EXAMPLE, LIGHT, Driver, write_notebook

pytestmark = pytest.mark.needs_browser

NOTEBOOK = "example.ipynb"
CONTRAST_PARTS = (
    ".al-player > p",
    ".al-position",
    ".al-hint",
    ".al-panel > b",
    ".al-panel > span",
    ".al-panel > div > span",
    ".al-panel code",
    ".al-panel i",
    ".al-code",
    ".al-tabs button",
    ".al-graph .kind",
    ".al-graph .grad",
    ".al-graph .later text",
    ".al-graph text.tag",
)
NOTE_LEAKED_KEYS = """() => {
    window.leaked = [];
    document.addEventListener('keydown', (event) => window.leaked.push(event.key));
}"""
COLOURS = """([parts]) => parts.map((selector) => {
    const element = document.querySelector(selector);
    const style = getComputedStyle(element);
    const ink = element.closest('svg') ? style.fill : style.color;
    return [ink, getComputedStyle(document.querySelector('.al-player')).backgroundColor];
})"""


def luminance(colour: str) -> float:
    """Return the relative luminance of a computed colour, `rgb(…)` or `color(srgb …)`."""
    numbers = [float(number) for number in re.findall(r"[\d.]+", colour)[:3]]
    channels = [n / 255 for n in numbers] if colour.startswith("rgb") else numbers
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(first: str, second: str) -> float:
    """Return the contrast ratio of two colours as WCAG 2 defines it."""
    light, dark = sorted((luminance(first), luminance(second)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def contrasts(page: Any) -> list[tuple[str, str, str]]:
    """Return the parts whose text stands out too little from the paper, with both colours."""
    there = [part for part in CONTRAST_PARTS if page.locator(part).count()]
    colours = page.evaluate(COLOURS, [there])
    return [
        (part, ink, paper)
        for part, (ink, paper) in zip(there, colours, strict=True)
        if contrast(ink, paper) < 4.5
    ]


@pytest.fixture(name="example")
def _example(lab: Driver, notebooks: Path) -> Any:
    """The worked example, open in a page, not run yet."""
    write_notebook(notebooks / NOTEBOOK, "%load_ext autograd_lab", EXAMPLE)
    return lab.open_notebook(NOTEBOOK)


@pytest.mark.parametrize("theme", [LIGHT, DARK])
def test_a_cell_is_stepped_with_mouse_and_keyboard(example: Any, lab: Driver, theme: str) -> None:
    """The stepper moves, no key reaches the notebook, and all text is legible."""
    lab.use_theme(theme)
    lab.run_all()
    page = example
    page.locator(".al-player").focus()
    page.evaluate(NOTE_LEAKED_KEYS)
    page.keyboard.press("ArrowRight")
    assert contrasts(page) == []
    for _ in range(7):
        page.keyboard.press("ArrowRight")
    assert page.locator(".al-panel > b").inner_text() == "y * y"
    assert contrasts(page) == []
    for key in ("ArrowDown", "Escape", "Space", "Space", "End"):
        page.keyboard.press(key)
    assert page.locator(".al-panel > b").inner_text() == "x.grad"
    assert page.evaluate("window.leaked") == []


def test_the_same_notebook_untrusted_keeps_figure_and_table(
    example: Any, lab: Driver, other_lab: Driver
) -> None:
    """Saved and reopened where nobody trusts it, nothing runs, and nothing is lost."""
    lab.run_all()
    lab.save()
    page = other_lab.open_notebook(NOTEBOOK)
    image = page.locator(".jp-OutputArea figure img")
    image.wait_for()
    assert page.locator(".al-player").count() == 0
    assert image.evaluate("(img) => img.decode().then(() => img.naturalWidth)") > 100
    assert "x.grad [[4.5000" in image.get_attribute("alt")
    assert page.locator(".jp-OutputArea summary").all_inner_texts() == [
        "10 steps",
        "Ledger",
        "Lines",
        "Tensors and bytes",
    ]
    page.locator(".jp-OutputArea summary").first.click()
    rows = page.locator(".jp-OutputArea details[open] tr")
    assert rows.count() == 7
    assert "grad · self" in rows.nth(4).inner_text()


def test_a_narrow_notebook_keeps_the_stepper_inside(example: Any, lab: Driver) -> None:
    """On a small screen the output is no wider than its cell."""
    example.set_viewport_size({"width": 480, "height": 800})
    lab.run_all()
    widths = "(player) => [player.offsetWidth, player.closest('.jp-OutputArea-output').clientWidth]"
    player, output = example.locator(".al-player").evaluate(widths)
    assert player <= output


@pytest.fixture(scope="module", name="executed")
def _executed(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """The example, executed without a browser."""
    folder = tmp_path_factory.mktemp("executed")
    write_notebook(folder / "example.ipynb", "%load_ext autograd_lab", EXAMPLE)
    notebook = nbformat.read(folder / "example.ipynb", as_version=4)
    NotebookClient(notebook, timeout=60, resources={"metadata": {"path": str(folder)}}).execute()
    return notebook


def test_converted_to_html_it_steps_offline(driver: Any, executed: Any, tmp_path: Path) -> None:
    """nbconvert's page, opened from a file with the network cut: figure, stepper, tabs."""
    nbconvert = pytest.importorskip("nbconvert")
    exporter = nbconvert.HTMLExporter(mathjax_url="", require_js_url="")
    (tmp_path / "page.html").write_text(exporter.from_notebook_node(executed)[0], encoding="utf-8")
    page = driver.page
    page.goto((tmp_path / "page.html").as_uri())
    page.locator(".al-player").wait_for()
    page.get_by_role("button", name="next step").click()
    assert page.locator(".al-position").inner_text() == "step 1 of 10"
    page.get_by_role("button", name="Ledger").click()
    assert "backward pass 1" in page.locator("details[open]").inner_text()
    # What `--to webpdf` does with that page: the figure is in it, so the file has some size.
    assert len(page.pdf()) > 20_000
    driver.blocked.clear()  # nbconvert's own template asks for MathJax


def test_converted_to_latex_it_is_text(executed: Any) -> None:
    """LaTeX cannot show HTML: it gets the graph and the steps as text."""
    nbconvert = pytest.importorskip("nbconvert")
    source = nbconvert.LatexExporter().from_notebook_node(executed)[0]
    assert "The backward pass, step by step" in source
    assert "autograd-lab" not in source


@pytest.mark.parametrize("ending", ["html", "svg"])
def test_a_saved_file_opens_alone(driver: Any, tmp_path: Path, ending: str) -> None:
    """A page that steps, a picture that shows; neither asks for anything."""
    names: dict[str, object] = {}
    with record() as recording:
        exec(EXAMPLE.partition("\n")[2], names)
    Display(recording.trace).save(tmp_path / f"saved.{ending}")
    page = driver.page
    page.goto((tmp_path / f"saved.{ending}").as_uri())
    if ending == "svg":
        assert page.locator("text").count() > 5
    else:
        page.locator(".al-player").wait_for()
        page.get_by_role("button", name="last step").click()
        assert page.locator(".al-position").inner_text() == "step 10 of 10"
