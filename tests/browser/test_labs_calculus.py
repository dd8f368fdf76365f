"""The labs about derivatives in a real JupyterLab: typed into and dragged with the keyboard, and saved."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.browser.conftest import Driver, write_notebook

pytestmark = pytest.mark.needs_browser

NOTEBOOK = "labs_calculus.ipynb"
LABS = ("DerivativeLab", "VJPLab", "ControlFlowLab", "ModesLab")


@pytest.fixture(name="page")
def _page(request: pytest.FixtureRequest, lab: Driver, notebooks: Path) -> Any:
    """Open the lab that the test names, running."""
    cell = f"from autograd_lab.widgets import {request.param}\n{request.param}()"
    write_notebook(notebooks / NOTEBOOK, cell)
    page = lab.open_notebook(NOTEBOOK)
    lab.run_all()
    page.locator(".widget-html img.autograd-lab-plot").wait_for()
    return page


def wait_for(page: Any, text: str) -> None:
    """Wait until the living widget says this."""
    page.locator(".widget-html", has_text=text).wait_for()


def press(page: Any, *keys: str) -> None:
    """Press keys, one after the other."""
    for key in keys:
        page.keyboard.press(key)


@pytest.mark.parametrize("page", ["DerivativeLab"], indirect=True)
def test_a_function_is_typed_and_tab_leads_on_to_the_place_and_the_step(page: Any) -> None:
    """Full-width characters, then x one up, then h one down; a bad formula is explained."""
    wait_for(page, "f′(x) = 12x² + 2x")
    page.get_by_role("textbox", name="f(x) =").fill("ｘ＾２ ＋ 3x")
    press(page, "Enter")
    wait_for(page, "f′(x) = 2x + 3")
    press(page, "Tab", "ArrowUp", "Enter")
    wait_for(page, "f′(1.1) = 5.2, symbolic and automatic alike")
    page.get_by_role("slider").focus()
    press(page, "ArrowLeft")
    wait_for(page, "with h = 5.6e-05")
    page.get_by_role("textbox", name="f(x) =").fill("open(x)")
    press(page, "Enter")
    wait_for(page, "“open” is not known here.")
    wait_for(page, "f′(x) = 2x + 3")
    assert page.locator(".jp-Cell").count() == 1


@pytest.mark.parametrize("page", ["VJPLab"], indirect=True)
def test_v_is_dragged_and_set_by_buttons(page: Any) -> None:
    """An arrow moves an entry, a button picks a row, another brings the ones back."""
    wait_for(page, "vᵀJ is [12, 12, 12]")
    page.get_by_role("slider").first.focus()
    press(page, "ArrowRight")
    wait_for(page, "vᵀJ is [15.5, 12.5, 12.5]")
    page.get_by_role("button", name="row 2").focus()
    press(page, "Enter")
    wait_for(page, "v picks row 2 of J.")
    page.get_by_role("button", name="ones(len(y))").focus()
    press(page, "Space")
    wait_for(page, "that is sum().backward(), too.")
    assert page.locator(".jp-Cell").count() == 1


@pytest.mark.parametrize("page", ["ControlFlowLab"], indirect=True)
def test_a_is_dragged_through_zero(page: Any) -> None:
    """The loop's turns follow; zero is refused; below it the other branch runs."""
    wait_for(page, "took 10 turns; “if b.sum() > 0” was true; f(a) = k·a with k = 2048.")
    page.get_by_role("slider").focus()
    press(page, *["ArrowLeft"] * 10)
    wait_for(page, "a = 0 is refused")
    press(page, "ArrowLeft")
    wait_for(page, "“if b.sum() > 0” was false")
    page.get_by_label("d =").focus()
    press(page, "End")
    wait_for(page, "[1, 1]")
    assert page.locator(".jp-Cell").count() == 1


@pytest.mark.parametrize("page", ["ModesLab"], indirect=True)
def test_n_and_m_are_dragged(page: Any) -> None:
    """Few in and many out turn the answer round."""
    wait_for(page, "n = 16, m = 1: reverse takes")
    page.get_by_role("slider").first.focus()
    press(page, "Home", "Tab")
    page.get_by_role("slider").last.focus()
    press(page, "End")
    wait_for(page, "n = 1, m = 16: forward takes")
    assert page.locator(".jp-Cell").count() == 1


@pytest.mark.parametrize("page", LABS, indirect=True)
def test_the_plot_is_seen_once_live_and_in_the_saved_notebook(
    page: Any, lab: Driver, other_lab: Driver
) -> None:
    """The living widget hides what is stored; where nobody trusts the file, plot and tables are there."""
    stored = page.locator("[class^=autograd-lab-snapshot]")
    stored.locator("img.autograd-lab-plot").wait_for(state="attached")
    assert not stored.is_visible()
    said = page.locator(".widget-html", has_text=" ").last.inner_text()
    lab.save()
    page = other_lab.open_notebook(NOTEBOOK)
    plot = page.locator(".jp-OutputArea img[alt]").first
    plot.wait_for()
    assert plot.evaluate("(image) => image.naturalWidth") > 300
    assert page.get_by_role("slider").count() == 0
    scrolling = page.locator(".jp-OutputArea div:has(> table)").first
    assert scrolling.bounding_box()["width"] > 300
    assert said.split("\n")[0] in page.locator(".jp-OutputArea").inner_text()
