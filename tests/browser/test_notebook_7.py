"""`%%autograd`, a lab and an exercise's check in Notebook 7, and the notebook reopened by somebody else."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat
import pytest

from tests.browser.conftest import (
    DARK,
    EXAMPLE,
    LIGHT,
    START_TIMEOUT,
    Driver,
    write_notebook,
)
from tests.browser.screenshots import LOAD, LOOP
from tests.browser.test_accumulation import ACCUMULATION
from tests.browser.test_notebook import NOTE_LEAKED_KEYS, contrasts

pytestmark = pytest.mark.needs_browser

NOTEBOOK = "notebook_7.ipynb"
SETTINGS_RACE = "Cannot read properties of undefined (reading 'schema')"
"""What Notebook 7's keyboard shortcuts may say of other settings while all of them are loading."""
CHECK = """\
import os
os.environ["AUTOGRAD_LAB_PROGRESS"] = "progress"
from autograd_lab.grading import notebook
notebook.begin("ps1", "en")
q1_prediction = dict.fromkeys(["linear", "created", "plain", "doubling", "product", "hessian"])
q1_prediction |= {"plain": 18, "linear": "error"}
%autograd check q1
"""
INSIDE = """(player) => [
    document.documentElement.scrollWidth - document.documentElement.clientWidth,
    player.offsetWidth <= player.closest('.jp-OutputArea-output').clientWidth,
]"""


@pytest.fixture(name="reader")
def _reader(driver: Driver) -> Iterator[Driver]:
    """A fresh page that forgives what Notebook 7 says of itself."""
    pytest.importorskip("notebook", minversion="7")
    yield driver
    driver.page.evaluate("() => window.jupyterapp.shell.currentWidget.sessionContext.shutdown()")
    driver.errors[:] = [error for error in driver.errors if error != SETTINGS_RACE]


@pytest.fixture(name="run")
def _run(reader: Driver, lab: Driver, notebooks: Path) -> Any:
    """Return a function that runs cells in a notebook that is open in Notebook 7."""

    def run(*cells: str, theme: str = LIGHT) -> Any:
        write_notebook(notebooks / NOTEBOOK, *cells)
        reader.open_in_notebook_7(lab.address, NOTEBOOK)
        assert reader.page.evaluate("window.jupyterapp.name") == "Jupyter Notebook"
        reader.use_theme(theme)
        reader.run_all()
        return reader.page

    return run


def press(target: Any, *keys: str) -> None:
    """Press keys one after the other; Notebook 7 may move the focus when a cell has ended."""
    for key in keys:
        target.press(key)


@pytest.mark.parametrize("theme", [LIGHT, DARK])
def test_a_cell_is_stepped_with_the_keyboard(run: Any, theme: str) -> None:
    """Arrows, Home, End and space walk through the steps, and no key reaches the notebook."""
    page = run(LOAD, EXAMPLE, theme=theme)
    position = page.locator(".al-position")
    player = page.locator(".al-player")
    page.evaluate(NOTE_LEAKED_KEYS)
    for keys, at in (
        (["ArrowRight", "ArrowRight"], "step 2 of 10"),
        (["ArrowLeft"], "step 1 of 10"),
        (["End"], "step 10 of 10"),
        (["Home"], "outcome"),
        (["ArrowRight"] * 8, "step 8 of 10"),
    ):
        press(player, *keys)
        assert position.inner_text() == at
        assert contrasts(page) == []
    assert page.locator(".al-panel > b").inner_text() == "y * y"
    press(player, "Space")
    page.get_by_role("button", name="pause").wait_for()
    press(player, "Space")
    page.get_by_role("button", name="play").wait_for()
    assert page.evaluate("window.leaked") == []


def test_a_loop_unfolds_and_folds_and_a_tab_opens(run: Any) -> None:
    """The arrow keys choose a box, return opens the loop in it, escape closes it; so do clicks."""
    page = run(LOAD, "import autograd_lab as torch", LOOP)
    folded = page.locator("[data-box]").count()
    player = page.locator(".al-player")
    press(player, *["ArrowDown"] * folded)
    while "×20" not in page.locator(".chosen").text_content():
        press(player, "ArrowUp")
    press(player, "Enter")
    assert page.locator("[data-box]").count() > 40
    press(player, "Escape")
    assert page.locator("[data-box]").count() == folded
    page.locator('[data-box="f0"]').click()
    page.get_by_role("button", name="fold it again").click()
    assert page.locator("[data-box]").count() == folded
    press(page.get_by_role("button", name="Lines"), "Enter")
    assert "torch.tanh(X @ w + h)" in page.locator("details[open]").inner_text()


def test_on_a_small_screen_nothing_is_wider_than_the_page(run: Any, reader: Driver) -> None:
    """However narrow the window, only parts of the output scroll."""
    reader.page.set_viewport_size({"width": 420, "height": 800})
    page = run(LOAD, "import autograd_lab as torch", LOOP)
    page.get_by_role("button", name="Lines").click()
    assert page.locator(".al-player").evaluate(INSIDE) == [0, True]


def test_untrusted_and_without_a_kernel_the_figure_remains(
    run: Any, reader: Driver, notebooks: Path, other_lab: Driver
) -> None:
    """Where nobody trusts it and its kernel is not installed, figure and table are there."""
    run(LOAD, EXAMPLE)
    reader.save()
    elsewhere = nbformat.read(notebooks / NOTEBOOK, as_version=4)
    # No language either, for which Jupyter would take any kernel it has.
    elsewhere.metadata = {"kernelspec": {"name": "gone", "display_name": "Gone"}}
    nbformat.write(elsewhere, notebooks / "elsewhere.ipynb")
    page = reader.page
    base, query = other_lab.address.split("?")
    page.goto(f"{base}/notebooks/elsewhere.ipynb?{query}")
    page.locator(".jp-Dialog").get_by_role("button", name="No Kernel").click(timeout=START_TIMEOUT)
    image = page.locator(".jp-OutputArea figure img")
    image.wait_for()
    assert page.get_by_text("Not Trusted").is_visible()
    assert page.locator(".al-player").count() == 0
    assert image.evaluate("(img) => img.decode().then(() => img.naturalWidth)") > 100
    page.locator(".jp-OutputArea summary").first.click()
    assert "grad · self" in page.locator(".jp-OutputArea details[open]").inner_text()


def test_a_lab_is_played_and_seen_once(run: Any) -> None:
    """The living widget answers and hides the table that is kept for the saved notebook."""
    page = run(ACCUMULATION)
    stored = page.locator("[class^=autograd-lab-snapshot]")
    page.get_by_role("button", name="backward()").click()
    told = "x.grad is [[4.5, 4.5], [4.5, 4.5]] after 1 backward pass."
    page.locator(".widget-html caption", has_text=told).wait_for()
    stored.locator("caption", has_text=told).wait_for(state="attached")
    assert not stored.is_visible()


def test_the_arrow_keys_move_sliders_and_lists(run: Any) -> None:
    """They reach the control that has the focus; with none, they move between cells as ever."""
    page = run(
        "from autograd_lab.widgets import ControlFlowLab, GraphGrowthLab\nGraphGrowthLab()",
        "ControlFlowLab()",
    )
    slider = page.locator(".jp-Cell").first.get_by_role("slider")
    slider.wait_for()
    before = float(slider.get_attribute("aria-valuenow"))
    slider.focus()
    press(page.keyboard, "ArrowRight", "ArrowUp", "ArrowUp", "ArrowLeft")
    page.wait_for_function(
        "([slider, value]) => Number(slider.ariaValueNow) === value",
        arg=[slider.element_handle(), before + 2],
    )
    choice = page.locator(".jp-Cell").nth(1).locator("select").first
    chosen = choice.input_value()
    choice.focus()
    press(page.keyboard, "ArrowDown")
    assert choice.input_value() != chosen
    selected = (
        "[...document.querySelectorAll('.jp-Cell')].findIndex((c) => c.matches('.jp-mod-active'))"
    )
    here = page.evaluate(selected)
    page.locator(".jp-Cell").nth(here).focus()
    press(page.keyboard, "ArrowUp" if here else "ArrowDown")
    assert page.evaluate(selected) != here


def test_the_feedback_on_an_exercise_is_shown(run: Any) -> None:
    """What is right so far, why the first wrong part is wrong, a hint, and the points."""
    page = run(LOAD, CHECK)
    output = page.locator(".jp-Cell").nth(1).locator(".jp-OutputArea")
    assert output.locator("li").all_inner_texts()[:3] == [
        "✗ plain: not yet",
        "✗ created: not yet",
        "✓ linear: right",
    ]
    assert "Hint: " in output.inner_text()
    assert "so far" in output.locator("table").inner_text()
