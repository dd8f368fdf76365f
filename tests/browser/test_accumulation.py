"""AccumulationLab in a real JupyterLab: played with mouse and keyboard, and reopened elsewhere."""

from pathlib import Path
from typing import Any

import pytest

from tests.browser.conftest import Driver, write_notebook

pytestmark = pytest.mark.needs_browser

ACCUMULATION = """\
from autograd_lab.widgets import AccumulationLab
AccumulationLab()
"""
NOTEBOOK = "accumulation.ipynb"
TWICE = "x.grad is [[9, 9], [9, 9]] after 2 backward passes."


@pytest.fixture(name="page")
def _page(lab: Driver, notebooks: Path) -> Any:
    """Open the lab in a running notebook."""
    write_notebook(notebooks / NOTEBOOK, ACCUMULATION)
    page = lab.open_notebook(NOTEBOOK)
    lab.run_all()
    page.get_by_role("button", name="backward()").wait_for()
    return page


def wait_for_answer(page: Any, text: str) -> None:
    """Wait until the widget's table says this above its rows."""
    page.locator(".widget-html caption", has_text=text).wait_for()


def test_each_press_is_a_line_of_the_ledger(page: Any) -> None:
    """Backward fills `.grad`, a second one on the freed graph is torch's error, which fits in."""
    backward = page.get_by_role("button", name="backward()")
    wait_for_answer(page, "x.grad: none yet.")
    backward.click()
    wait_for_answer(page, "x.grad is [[4.5, 4.5], [4.5, 4.5]] after 1 backward pass.")
    backward.click()
    wait_for_answer(page, "No gradient came")
    rows = page.locator(".widget-html tr")
    assert rows.nth(1).inner_text().split("\t")[1:3] == ["none yet", "[[4.5, 4.5], [4.5, 4.5]]"]
    assert rows.last.inner_text().startswith("Trying to backward through the graph a second time")
    # The long message wraps, the numbers above it do not.
    assert rows.nth(1).bounding_box()["height"] < rows.last.bounding_box()["height"]
    widths = "(table) => [table.offsetWidth, table.closest('.jp-OutputArea-output').clientWidth]"
    table, output = page.locator(".widget-html table").evaluate(widths)
    assert table <= output


def test_the_keyboard_plays_the_lab(page: Any) -> None:
    """Tab walks the controls, space and return press them, and JupyterLab takes no key."""
    page.get_by_role("button", name="forward").focus()
    for key in ("Tab", "Tab", "Space", "Shift+Tab", "Enter"):
        page.keyboard.press(key)
    wait_for_answer(page, "after 1 backward pass.")
    page.keyboard.press("Space")
    wait_for_answer(page, TWICE)
    assert page.locator(".jp-Cell").count() == 1


def test_the_table_is_seen_once_live_and_in_the_saved_notebook(
    page: Any, lab: Driver, other_lab: Driver
) -> None:
    """The living widget hides the stored table; where nobody trusts the file, it is what is seen."""
    stored = page.locator("[class^=autograd-lab-snapshot]")
    page.get_by_role("checkbox").check()
    for answer in ("after 1 backward pass.", TWICE):
        page.get_by_role("button", name="backward()").click()
        wait_for_answer(page, answer)
    stored.locator("caption", has_text=TWICE).wait_for(state="attached")
    assert not stored.is_visible()
    lab.save()
    page = other_lab.open_notebook(NOTEBOOK)
    page.locator(".jp-OutputArea caption").wait_for()
    assert page.get_by_role("button", name="backward()").count() == 0
    assert page.locator(".jp-OutputArea caption").inner_text() == TWICE
    assert page.locator(".jp-OutputArea tr").count() == 3
    assert "run this cell" in page.locator(".jp-OutputArea").inner_text()
