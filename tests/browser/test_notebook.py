"""`%%autograd` in a real JupyterLab: stepping, themes, and the notebook reopened by somebody else."""

import re
from typing import Any

import pytest

pytestmark = pytest.mark.needs_browser

CONTRAST_PARTS = (
    ".al-position",
    ".al-hint",
    ".al-title",
    ".al-subtitle",
    ".al-player dt",
    ".al-value",
    ".al-formula",
    ".al-graph .kind",
    ".al-graph .grad",
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


@pytest.mark.parametrize("theme", ["JupyterLab Light", "JupyterLab Dark"])
def test_a_cell_is_stepped_with_mouse_and_keyboard(driver: Any, lab: str, theme: str) -> None:
    """The stepper moves, no key reaches the notebook, and all text is legible."""
    driver.open_notebook(lab, "example.ipynb")
    driver.use_theme(theme)
    driver.run_all()
    page = driver.page
    page.get_by_role("button", name="next step").click()
    page.get_by_role("button", name="next step").click()
    assert page.locator(".al-title").inner_text() == "out"
    page.evaluate(NOTE_LEAKED_KEYS)
    for key in ("ArrowRight", "ArrowRight", "ArrowLeft", "ArrowRight"):
        page.keyboard.press(key)
    assert page.locator(".al-title").inner_text() == "y * y"
    for part, (ink, paper) in zip(
        CONTRAST_PARTS, page.evaluate(COLOURS, [CONTRAST_PARTS]), strict=True
    ):
        assert contrast(ink, paper) >= 4.5, (part, ink, paper)
    page.keyboard.press("End")
    assert page.locator(".al-title").inner_text() == "x.grad"
    assert page.evaluate("window.leaked") == []


def test_the_same_notebook_untrusted_keeps_figure_and_table(
    lab: str, other_lab: str, driver: Any
) -> None:
    """Saved and reopened where nobody trusts it, nothing runs, and nothing is lost."""
    driver.open_notebook(lab, "example.ipynb")
    driver.run_all()
    driver.save()
    driver.open_notebook(other_lab, "example.ipynb")
    page = driver.page
    image = page.locator(".jp-OutputArea figure img")
    image.wait_for()
    assert page.locator(".al-player").count() == 0
    assert image.evaluate("(img) => img.decode().then(() => img.naturalWidth)") > 100
    assert "x.grad [[4.5000" in image.get_attribute("alt")
    page.locator(".jp-OutputArea summary").click()
    rows = page.locator(".jp-OutputArea table tr")
    assert rows.count() == 7
    assert "grad · self" in rows.nth(4).inner_text()


def test_a_narrow_notebook_keeps_the_stepper_inside(driver: Any, lab: str) -> None:
    """On a small screen the output is no wider than its cell."""
    driver.page.set_viewport_size({"width": 480, "height": 800})
    driver.open_notebook(lab, "example.ipynb")
    driver.run_all()
    widths = "(player) => [player.offsetWidth, player.closest('.jp-OutputArea-output').clientWidth]"
    player, output = driver.page.locator(".al-player").evaluate(widths)
    assert player <= output
