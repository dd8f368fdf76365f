"""The labs about graphs in a real JupyterLab: played with mouse and keyboard, and reopened elsewhere."""

import re
from pathlib import Path
from typing import Any

import pytest

from tests.browser.conftest import Driver, write_notebook

pytestmark = pytest.mark.needs_browser

NOTEBOOK = "labs_graph.ipynb"
LABS = ("ChainLab", "DetachLab", "NoGradLab", "GraphGrowthLab")
RUN_IN_SEVEN = """async () => {
    const panel = window.jupyterapp.shell.currentWidget;
    await panel.context.ready;
    await panel.sessionContext.ready;
    await panel.sessionContext.session?.kernel?.info;
    void window.jupyterapp.commands.execute('notebook:run-all-cells');
}"""
CUT = "Cut: u→z. x.grad is [1, 4, 9] = x ** 2"


@pytest.fixture(name="page")
def _page(lab: Driver, notebooks: Path) -> Any:
    """Open the labs in a running notebook, a cell each."""
    shows = [f"from autograd_lab.widgets import {name}\n{name}()" for name in LABS]
    write_notebook(notebooks / NOTEBOOK, *shows)
    page = lab.open_notebook(NOTEBOOK)
    lab.run_all()
    page.locator(".jp-Cell").last.get_by_role("slider").wait_for()
    return page


def cell(page: Any, name: str) -> Any:
    """Return the cell of a lab."""
    return page.locator(".jp-Cell").nth(LABS.index(name))


def wait_for_answer(page: Any, name: str, text: str) -> None:
    """Wait until the widget of a lab says this above all else."""
    cell(page, name).locator(".widget-html p b", has_text=text).wait_for()


def press(page: Any, *keys: str) -> None:
    """Press keys one after the other."""
    for key in keys:
        page.keyboard.press(key)


def test_the_mouse_plays_every_lab(page: Any) -> None:
    """A click on each kind of control shows the new state, in words, numbers and pictures."""
    chain = cell(page, "ChainLab")
    chain.get_by_role("button", name="mixed", exact=True).click()
    wait_for_answer(page, "ChainLab", "SumBackward0 (mixed): one way goes on.")
    chain.get_by_role("button", name="hop", exact=True).click()
    wait_for_answer(page, "ChainLab", "2 ways go on")
    assert chain.get_by_role("button", name="[0] None (c)", exact=True).is_visible()
    assert chain.get_by_role("button", name="[1] AccumulateGrad (x)", exact=True).is_visible()
    chain.get_by_role("button", name="hop", exact=True).click()
    wait_for_answer(page, "ChainLab", "`y.detach()` (line 2) cut the way back here.")

    cell(page, "DetachLab").get_by_role("checkbox").nth(2).check()
    wait_for_answer(page, "DetachLab", CUT)
    cell(page, "DetachLab").locator(f'.al-clickable img[alt="{CUT}"]').wait_for()

    cell(page, "NoGradLab").get_by_role("button", name="no_grad()").first.click()
    wait_for_answer(page, "NoGradLab", "3 of 5 nodes made")
    assert "µs" in cell(page, "NoGradLab").inner_text()

    cell(page, "GraphGrowthLab").get_by_role("button", name="total += loss.item()").click()
    wait_for_answer(page, "GraphGrowthLab", "the total has no graph")


def test_the_mouse_walks_in_the_drawing(page: Any) -> None:
    """From a tensor that is clicked, hop by hop, to AccumulateGrad; an edge is cut where it stands."""
    chain = cell(page, "ChainLab")
    expected = {
        "start at mixed": "SumBackward0 (mixed): one way goes on.",
        "start at z": "MulBackward0 (z): 2 ways go on",
        "hop to [0] MulBackward0 (y * y)": "MulBackward0 (y * y): 2 ways go on",
        "hop to [0] AddBackward0 (y)": "AddBackward0 (y): 2 ways go on",
        "hop to [0] AccumulateGrad (x)": "The way ends at AccumulateGrad",
    }
    image = chain.locator(".al-clickable img")
    for spot, answer in expected.items():
        place = chain.get_by_role("button", name=spot, exact=True).last.bounding_box()
        before = image.get_attribute("src")
        page.mouse.click(place["x"] + place["width"] / 2, place["y"] + place["height"] / 2)
        wait_for_answer(page, "ChainLab", answer)
        chain.locator(f'.al-clickable img[alt^="{answer}"]').wait_for()
        assert image.get_attribute("src") != before
    assert chain.locator(".al-spot.next").count() == 0

    detach = cell(page, "DetachLab")
    detach.get_by_role("button", name="cut u→z").click()
    wait_for_answer(page, "DetachLab", CUT)
    assert detach.get_by_role("checkbox").nth(2).is_checked()
    detach.get_by_role("button", name="join u→z again").click()
    wait_for_answer(page, "DetachLab", "Nothing is cut")


def test_the_keyboard_walks_in_the_drawing(page: Any) -> None:
    """Shift and tab go up from box to box, return and space press them, and the focus stays."""

    def wait_for_focus(label: str) -> None:
        page.wait_for_function("(label) => document.activeElement.ariaLabel === label", arg=label)

    cell(page, "ChainLab").get_by_role("button", name="you are at MeanBackward0 (out)").focus()
    press(page, "Shift+Tab")
    wait_for_focus("hop to [0] MulBackward0 (z)")
    press(page, "Enter")
    wait_for_focus("you are at MulBackward0 (z)")
    press(page, "Shift+Tab", "Space")
    wait_for_focus("you are at MulBackward0 (y * y)")
    # Past quiet, mixed and c.
    press(page, *["Shift+Tab"] * 4)
    wait_for_focus("hop to [0] AddBackward0 (y)")
    press(page, "Enter")
    wait_for_focus("you are at AddBackward0 (y)")
    press(page, "Shift+Tab", "Space")
    wait_for_focus("you are at AccumulateGrad (x)")
    wait_for_answer(page, "ChainLab", "The way ends at AccumulateGrad")
    cell(page, "DetachLab").get_by_role("button", name="cut x→u").focus()
    press(page, "Tab", "Tab", "Enter")
    wait_for_answer(page, "DetachLab", CUT)
    wait_for_focus("join u→z again")
    press(page, "Enter")
    wait_for_answer(page, "DetachLab", "Nothing is cut")
    assert page.locator(".jp-Cell").count() == len(LABS)


def test_a_spot_lies_on_its_box_at_any_width(page: Any) -> None:
    """The drawing shrinks with the window, and the buttons with it."""
    frames = """(figure) => {
        const image = figure.querySelector('img').getBoundingClientRect();
        const spot = [...figure.querySelectorAll('button')].at(-1).getBoundingClientRect();
        return [(spot.x - image.x) / image.width, (spot.bottom - image.y) / image.height,
            image.width, document.documentElement.scrollWidth - innerWidth];
    }"""
    figure = cell(page, "ChainLab").locator(".al-clickable figure")
    left, bottom, wide, _ = figure.evaluate(frames)
    page.set_viewport_size({"width": 420, "height": 800})
    page.wait_for_function(
        "(wide) => document.querySelector('.al-clickable img').clientWidth < wide - 50", arg=wide
    )
    narrow = figure.evaluate(frames)
    assert narrow[:2] == pytest.approx([left, bottom], abs=0.02)
    assert narrow[3] == 0


def test_the_drawing_takes_clicks_in_notebook_7(lab: Driver, notebooks: Path) -> None:
    """The other front end of Jupyter shows the same widget."""
    show = "from autograd_lab.widgets import ChainLab\nChainLab()"
    write_notebook(notebooks / "labs_seven.ipynb", show)
    # Not a Driver: Notebook 7 notes errors of its own, about settings that are JupyterLab's.
    page = lab.page.context.new_page()
    page.goto(re.sub("/doc.*", "/notebooks/labs_seven.ipynb", lab.page.url))
    page.wait_for_function("() => window.jupyterapp?.shell?.currentWidget?.sessionContext")
    page.evaluate(RUN_IN_SEVEN)
    page.get_by_role("button", name="hop to [0] MulBackward0 (z)").click()
    page.locator(".widget-html p b", has_text="MulBackward0 (z): 2 ways go on").wait_for()
    page.evaluate("() => window.jupyterapp.shell.currentWidget.sessionContext.shutdown()")
    page.close()


def test_the_keyboard_plays_every_lab(page: Any) -> None:
    """Tab walks the controls, space, return and arrows use them, and JupyterLab takes no key."""
    cell(page, "ChainLab").get_by_role("button", name="out", exact=True).focus()
    # To the entries, to the button that hops, two hops.
    press(page, "Tab", "Tab", "Enter")
    wait_for_answer(page, "ChainLab", "MulBackward0 (z): 2 ways go on")
    press(page, "Enter")
    wait_for_answer(page, "ChainLab", "MulBackward0 (y * y): 2 ways go on")
    # One stop back, and its other entry.
    press(page, "Tab", "Space")
    wait_for_answer(page, "ChainLab", "MulBackward0 (z): 2 ways go on")
    press(page, "Shift+Tab", "Shift+Tab", "Enter", "Tab", "Enter")
    wait_for_answer(page, "ChainLab", ".next_functions[1][0] is None: this input is a plain number")

    cell(page, "DetachLab").get_by_role("checkbox").first.focus()
    press(page, "Tab", "Tab", "Space")
    wait_for_answer(page, "DetachLab", CUT)
    press(page, "Shift+Tab", "Space")
    wait_for_answer(page, "DetachLab", "No way leads back to x any more: RuntimeError")

    cell(page, "NoGradLab").get_by_role("button", name="as it is").first.focus()
    press(page, "Tab", "Space")
    wait_for_answer(page, "NoGradLab", "3 of 5 nodes made")
    press(page, *["Tab"] * 4, "Space", *["Tab"] * 4, "Enter")
    wait_for_answer(page, "NoGradLab", "0 of 5 nodes made, 0 bytes of 29 kB")

    cell(page, "GraphGrowthLab").get_by_role("slider").focus()
    press(page, "ArrowRight", "ArrowRight")
    wait_for_answer(page, "GraphGrowthLab", "After 3 steps the total holds 13 nodes alive")
    assert page.locator(".jp-Cell").count() == len(LABS)


def test_the_state_is_seen_once_live_and_in_the_saved_notebook(
    page: Any, lab: Driver, other_lab: Driver
) -> None:
    """The living widget hides the stored state; where nobody trusts the file, it is what is seen."""
    cell(page, "DetachLab").get_by_role("checkbox").nth(2).check()
    wait_for_answer(page, "DetachLab", CUT)
    stored = page.locator("[class^=autograd-lab-snapshot]")
    stored.locator("b", has_text=CUT).wait_for(state="attached")
    assert stored.count() == len(LABS)
    assert [each.is_visible() for each in stored.all()] == [False] * len(LABS)
    lab.save()
    page = other_lab.open_notebook(NOTEBOOK)
    page.locator(".jp-OutputArea b", has_text=CUT).wait_for()
    for name in LABS:
        output = cell(page, name).locator(".jp-OutputArea")
        assert output.get_by_role("button").count() == 0
        assert f"{name}: run this cell" in output.inner_text()
        images = output.locator("img")
        assert images.count() == (2 if name == "GraphGrowthLab" else 1)
        for image in images.all():
            assert image.evaluate("(image) => image.complete && image.naturalWidth > 100")
        assert output.locator("table").first.is_visible()
        assert not re.search("[0-9] µs", output.inner_text())


def test_only_the_cell_that_lives_hides_what_it_saved(
    page: Any, lab: Driver, other_lab: Driver
) -> None:
    """Reopened and run in part, the other cells still show what was saved, under whatever number."""
    lab.save()
    page = other_lab.open_notebook(NOTEBOOK)
    page.locator(".jp-OutputArea table").first.wait_for()
    # The second lab is the first one of the new kernel, as the first lab was of the old one.
    cell(page, "DetachLab").locator(".cm-content").click()
    page.keyboard.press("Control+Enter")
    cell(page, "DetachLab").get_by_role("checkbox").first.wait_for()
    wait_for_answer(page, "DetachLab", "Nothing is cut")
    assert cell(page, "ChainLab").locator("[class^=autograd-lab-snapshot]").is_visible()
    assert not cell(page, "DetachLab").locator("[class^=autograd-lab-snapshot]").is_visible()
