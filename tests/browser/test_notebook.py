"""`%%autograd` in a real JupyterLab: stepping, themes, and the notebook reopened by somebody else."""

import re
import zlib
from contextlib import suppress
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient

from autograd_lab.trace.record import record
from autograd_lab.views.display import Display
from tests.browser.conftest import DARK, EXAMPLE, LIGHT, Driver, write_notebook
from tests.conftest import chromium

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
    ".al-graph .tag text",
)
NO_NETWORK = "--host-resolver-rules=MAP * ~NOTFOUND"
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
    driver.blocked.clear()  # nbconvert's own template asks for MathJax


def texts(pdf: bytes) -> list[str]:
    """Return what a PDF made by chromium writes, in the letters of each of its fonts."""
    streams = []
    for packed in re.findall(rb"stream\r?\n(.*?)endstream", pdf, re.DOTALL):
        with suppress(zlib.error):  # a picture may be packed otherwise
            streams.append(zlib.decompress(packed).decode("latin-1"))
    fonts = []
    for stream in streams:
        letters: dict[int, str] = {}
        for start, *more in re.findall(
            r"^<(\w{4})>(?: <(\w{4})>)? <(\w{4})>$", stream, re.MULTILINE
        ):
            first, last, letter = (int(code or start, 16) for code in (start, *more))
            letters |= {code: chr(letter + code - first) for code in range(first, last + 1)}
        fonts.append(letters)
    written = re.findall(r"<(\w+)> Tj", "".join(streams))
    codes = [[int(text[at : at + 4], 16) for at in range(0, len(text), 4)] for text in written]
    return [
        "".join(font.get(code, "?") for code in text) for text in codes for font in fonts if font
    ]


def test_converted_to_pdf_it_shows_the_figure(
    executed: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """nbconvert's `webpdf`, with the chromium that is there: boxes, and nothing to press on paper."""
    nbconvert = pytest.importorskip("nbconvert")
    api = pytest.importorskip("playwright.async_api")
    launch = api.BrowserType.launch

    async def launch_installed(kind: Any, **options: Any) -> Any:
        return await launch(kind, executable_path=chromium(), **options)

    # The exporter knows no setting for it, and else wants playwright to have fetched a chromium.
    monkeypatch.setattr(api.BrowserType, "launch", launch_installed)
    exporter = nbconvert.WebPDFExporter(disable_sandbox=True, browser_args=[NO_NETWORK])
    written = texts(exporter.from_notebook_node(executed)[0])
    assert ".grad [[4.5000, 4.5000], [4.5000, 4.5000]]" in written
    assert "grad [[0.7500, 0.7500], [0.7500, 0.7500]]" in written
    assert {"▶", "»", "outcome", "10 steps"}.isdisjoint(written)


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
