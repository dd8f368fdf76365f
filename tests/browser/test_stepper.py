"""The stepper in a page of its own: mouse, keyboard, what it says, how it fits."""

from collections.abc import Callable
from typing import Any

import pytest

pytestmark = pytest.mark.needs_browser

EXAMPLE = """\
import autograd_lab as torch
x = torch.ones(2, 2, requires_grad=True)
y = x + 2
z = y * y * 3
out = z.mean()
out.backward()
"""
WIDE = """\
import autograd_lab as torch
parts = [torch.ones(3, requires_grad=True) for _ in range(8)]
total = (parts[0] + parts[1]) * (parts[2] + parts[3]) + (parts[4] + parts[5]) * (parts[6] + parts[7])
total.sum().backward()
"""
Show = Callable[..., Any]


def position(page: Any) -> str:
    """Return what the stepper says about where it is."""
    return page.locator(".al-position").inner_text()


def box_lines(page: Any, node: int) -> list[str]:
    """Return the lines of text in a node's box."""
    return page.locator(f'[data-node="{node}"] text').all_text_contents()


def press(page: Any, name: str) -> None:
    """Click a button by its name."""
    page.get_by_role("button", name=name).click()


def test_the_first_position_shows_the_graph_without_gradients(show: Show) -> None:
    """Before the first step every gradient is none yet."""
    page = show(EXAMPLE)
    assert position(page) == "step 0 of 6"
    gradients = page.locator(".al-graph .grad").all_text_contents()
    assert gradients == [".grad none yet", *["grad none yet"] * 4]
    assert page.locator(".now").count() == 0


def test_a_click_steps_and_the_box_and_panel_follow(show: Show) -> None:
    """At y * y both edges light up, and the panel has the formula of each."""
    page = show(EXAMPLE)
    for _ in range(4):
        press(page, "next step")
    assert position(page) == "step 4 of 6"
    assert page.locator(".al-title").inner_text() == "y * y"
    assert page.locator(".al-formula").all_inner_texts() == ["grad · other =", "grad · self ="]
    assert page.locator(".node.now").get_attribute("data-node") == "2"
    assert page.locator(".edge.now").count() == 2
    assert box_lines(page, 2)[2] == "grad [[0.7500, 0.7500], [0.7500, 0.7500]]"
    assert box_lines(page, 0)[2] == ".grad none yet"


def test_the_keyboard_does_all_that_the_mouse_does(show: Show) -> None:
    """Arrows, Home and End move, stop at the ends, and leave the page where it is."""
    page = show(EXAMPLE, style="body{height:4000px}")
    page.keyboard.press("Tab")
    seen = []
    for key in ("ArrowRight", "ArrowRight", "ArrowLeft", "End", "ArrowRight", "Home", "ArrowLeft"):
        page.keyboard.press(key)
        seen.append(int(position(page).split()[1]))
    assert seen == [1, 2, 1, 6, 6, 0, 0]
    assert page.evaluate("scrollY") == 0


def test_the_arrow_keys_still_work_after_the_last_click(show: Show) -> None:
    """A button at its end keeps the focus, so the keys keep reaching the stepper."""
    page = show(EXAMPLE)
    press(page, "last step")
    assert page.get_by_role("button", name="next step").get_attribute("aria-disabled") == "true"
    page.keyboard.press("ArrowLeft")
    assert position(page) == "step 5 of 6"


def test_each_step_is_read_out(show: Show) -> None:
    """The panel is a polite live region, read as a whole; the group and the buttons have names."""
    page = show(EXAMPLE)
    live = page.locator("[aria-live=polite][aria-atomic=true]")
    press(page, "last step")
    assert [line for line in live.inner_text().split("\n") if line][:4] == [
        "x.grad",
        "the gradient is added into the leaf",
        "before",
        "none yet",
    ]
    group = page.get_by_role("group", name="The backward pass, step by step")
    assert group.get_attribute("tabindex") == "0"
    for name in ("first step", "previous step", "next step", "last step"):
        assert page.get_by_role("button", name=name).count() == 1


def test_the_focus_is_seen(show: Show) -> None:
    """Reached by keyboard, the stepper has an outline."""
    page = show(EXAMPLE)
    page.keyboard.press("Tab")
    style = "getComputedStyle(document.querySelector('.al-player')).outlineStyle"
    assert page.evaluate(style) == "solid"


def test_one_output_shown_twice_is_two_steppers(show: Show) -> None:
    """JupyterLab may show an output in two places: each is upgraded once and steps by itself."""
    page = show(EXAMPLE, views=2)
    assert page.locator(".al-player").count() == 2
    page.locator(".al-player").first.get_by_role("button", name="last step").click()
    assert page.locator(".al-position").all_inner_texts() == ["step 6 of 6", "step 0 of 6"]


@pytest.mark.parametrize("width", [280, 420, 600])
def test_a_wide_graph_scrolls_in_its_own_box(show: Show, width: int) -> None:
    """However narrow the page, only the graph scrolls sideways, and the current box is in sight."""
    page = show(WIDE)
    page.set_viewport_size({"width": width, "height": 700})
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    scroll = "(graph) => graph.scrollWidth > graph.clientWidth"
    assert page.locator(".al-graph").evaluate(scroll)
    press(page, "next step")
    inside = """(node) => {
        const box = node.getBoundingClientRect();
        const frame = node.closest('.al-graph').getBoundingClientRect();
        return box.left + box.width / 2 > frame.left && box.left + box.width / 2 < frame.right;
    }"""
    assert page.locator(".node.now").evaluate(inside)


def test_a_cell_that_never_went_back_has_no_controls(show: Show) -> None:
    """The graph is shown in the page's colours, with a sentence in place of buttons."""
    page = show("import autograd_lab as torch\nx = torch.ones(2, requires_grad=True)\ny = x * x")
    assert page.locator(".al-graph svg").is_visible()
    assert not page.locator(".al-controls").is_visible()
    assert "backward() did not run" in page.locator(".al-subtitle").inner_text()


def test_a_cell_that_raised_shows_the_graph_and_the_error(show: Show) -> None:
    """The caption under the stepper names the error."""
    page = show(EXAMPLE + "1 / 0\n")
    assert page.locator(".al-player").is_visible()
    assert "The cell stopped with ZeroDivisionError" in page.locator("figcaption").inner_text()


def test_hostile_text_runs_nothing(show: Show) -> None:
    """Markup in an expression and in an error is shown as text."""
    attack = "</script><img src=x onerror=document.title='attacked'>"
    page = show(
        "import autograd_lab as torch\n"
        "x = torch.ones(2, requires_grad=True)\n"
        f'y = [x * 2, """{attack}"""][0]; y.sum().backward()\n'
        f'raise ValueError("""{attack}""")\n'
    )
    press(page, "last step")
    assert attack in page.locator("figcaption").inner_text()
    assert page.title() == "cell"
