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
LAST = 10
WIDE = """\
import autograd_lab as torch
parts = [torch.ones(3, requires_grad=True) for _ in range(8)]
total = (parts[0] + parts[1]) * (parts[2] + parts[3]) + (parts[4] + parts[5]) * (parts[6] + parts[7])
total.sum().backward()
"""
LOOP = """\
import autograd_lab as torch
w = torch.tensor(2., requires_grad=True)
h = torch.tensor(1.)
for _ in range(8):
    h = h * w
    h = torch.tanh(h)
h.backward()
"""
IN_SIGHT = """(node) => {
    const box = node.getBoundingClientRect();
    const frame = node.closest('.al-graph').getBoundingClientRect();
    const [x, y] = [box.left + box.width / 2, box.top + box.height / 2];
    return x > frame.left && x < frame.right && y > frame.top && y < frame.bottom;
}"""
Show = Callable[..., Any]


def position(page: Any) -> str:
    """Return what the stepper says about where it is."""
    return page.locator(".al-position").inner_text()


def box_lines(page: Any, box: str) -> list[str]:
    """Return the lines of text in a box."""
    return page.locator(f'[data-box="{box}"] > text').all_text_contents()


def press(page: Any, name: str, times: int = 1) -> None:
    """Click a button by its name."""
    for _ in range(times):
        page.get_by_role("button", name=name, exact=True).click()


def title(page: Any) -> str:
    """Return what the words beside the graph are about."""
    return page.locator(".al-panel > b").inner_text()


def keys(page: Any, *names: str) -> None:
    """Press keys while the stepper has the focus."""
    page.locator(".al-player").focus()
    for name in names:
        page.keyboard.press(name)


def test_it_opens_with_the_outcome(show: Show) -> None:
    """One sentence, the graph with the gradients that are left, one row of controls, closed tabs."""
    page = show(EXAMPLE)
    assert position(page) == "outcome"
    assert page.locator(".al-player > p").inner_text().startswith("4 operations from x to out")
    assert box_lines(page, "0")[1] == ".grad [[4.5000, 4.5000], [4.5000, 4.5000]]"
    assert page.locator(".now, .later").count() == 0
    assert page.locator("details[open]").count() == 0
    assert page.locator(".al-finding").count() == 0


@pytest.mark.parametrize("width", [600, 420])
def test_it_fits_a_column_at_a_glance(show: Show, width: int) -> None:
    """All of it within the width of a notebook's column, and within one screen."""
    page = show(EXAMPLE)
    page.set_viewport_size({"width": width, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.locator(".al-player").bounding_box()["height"] < 640
    scroll = "(graph) => graph.scrollWidth > graph.clientWidth"
    assert page.locator(".al-graph").evaluate(scroll) is False
    tops = page.locator(".al-controls button:visible").evaluate_all(
        "(buttons) => buttons.map((button) => button.offsetTop)"
    )
    assert len(set(tops)) == 1


def test_the_way_forward_comes_before_the_way_back(show: Show) -> None:
    """First each operation is computed, what follows is not there yet, and no gradient is."""
    page = show(EXAMPLE)
    press(page, "next step", 2)
    assert position(page) == f"step 2 of {LAST}"
    assert title(page) == "y * y"
    assert page.locator(".al-code mark").inner_text() == "y * y"
    assert page.locator(".al-code").inner_text() == "4 z = y * y * 3"
    assert page.locator(".node.later").count() == 2
    gradients = page.locator(".al-graph .grad").all_text_contents()
    assert gradients == [".grad none yet", *["grad none yet"] * 4]
    assert page.locator(".freed.hidden").count() == page.locator(".freed").count() == 2


def test_a_gradient_too_long_for_its_box_leaves_its_brackets(show: Show) -> None:
    """In the picture as it comes, and the same after the last step: never half a number."""
    page = show(
        "import autograd_lab as torch\n"
        "a = [torch.randn(2, 3, 4, requires_grad=True) for _ in range(9)]\n"
        "loss = (sum(x * k for k, x in enumerate(a, 1)) * -2.7465e-7).sum()\nloss.backward()\n"
    )
    grads = page.locator(".leaf .grad")
    assert grads.all_text_contents() == [".grad [[[…"] * 9
    keys(page, "ArrowRight")
    assert set(grads.all_text_contents()) == {".grad none yet"}
    page.get_by_role("button", name="last step", exact=True).click()
    for _ in range(40):
        keys(page, "ArrowRight")
    assert grads.all_text_contents() == [".grad [[[…"] * 9


def test_each_line_is_whole_so_that_it_can_be_lit(show: Show) -> None:
    """Also one that the picture draws from where it parts from another."""
    body = "".join(f"h = torch.{name}(h) * x\n" for name in ("exp", "sin", "tanh", "cos"))
    page = show(
        f"import autograd_lab as torch\nx = torch.ones(2, requires_grad=True)\nh = x\n{body}"
    )
    starts = page.locator("[data-edge^='0 ']").evaluate_all(
        "(lines) => lines.map((line) => line.getPointAtLength(0).y)"
    )
    assert page.locator("[data-after]:not(.ahead, .back)").count() >= 2
    assert len(starts) == 5 and len(set(starts)) == 1


def test_the_expression_that_runs_is_marked_wherever_it_stands(show: Show) -> None:
    """Beyond emoji, separators and the right edge, and the second of two that read alike."""
    page = show(
        "import autograd_lab as torch\nx = torch.ones(2, requires_grad=True)\n"
        f"s = '😀\u2028{'a' * 150}'; y = x * x + x * x\n"
    )
    lefts = []
    for _ in range(2):
        press(page, "next step")
        mark = page.locator(".al-code mark")
        assert mark.inner_text() == "x * x"
        lefts.append(mark.evaluate("(mark) => mark.offsetLeft"))
        seen, frame = mark.bounding_box(), page.locator(".al-code").bounding_box()
        assert frame["x"] <= seen["x"] <= frame["x"] + frame["width"] - seen["width"]
    assert lefts[0] < lefts[1]


def test_a_click_steps_and_the_box_and_panel_follow(show: Show) -> None:
    """Back at y * y both edges light up, and the panel has the formula of each."""
    page = show(EXAMPLE)
    press(page, "next step", 8)
    assert position(page) == f"step 8 of {LAST}"
    assert title(page) == "y * y"
    assert page.locator(".al-panel i").all_inner_texts() == ["grad · other", "grad · self"]
    assert (
        page.locator(".al-panel code").first.inner_text()
        == "[[0.7500, 0.7500],\n [0.7500, 0.7500]]"
    )
    assert page.locator(".al-code mark").inner_text() == "out.backward()"
    assert page.locator(".node.now").get_attribute("data-box") == "2"
    assert page.locator(".edge.now").count() == 2
    assert box_lines(page, "2")[1] == "grad [[0.7500, 0.7500], [0.7500, 0.7500]]"
    assert box_lines(page, "0")[1] == ".grad none yet"
    assert page.locator(".freed.hidden").count() == 0


def test_numbers_stand_in_the_formula(show: Show) -> None:
    """The local derivative is written out with what came in and what was saved."""
    page = show(
        "import autograd_lab as torch\nx = torch.tensor(3., requires_grad=True)\ny = x * x\ny.backward()\n"
    )
    press(page, "next step", 3)
    assert page.locator(".al-panel i").first.inner_text() == "grad · other = 1. · 3."


def test_the_keyboard_does_all_that_the_mouse_does(show: Show) -> None:
    """Arrows, Home and End move, stop at the ends, and leave the page where it is."""
    page = show(EXAMPLE, style="body{height:4000px}")
    page.keyboard.press("Tab")
    seen = []
    for key in ("ArrowRight", "ArrowRight", "ArrowLeft", "End", "ArrowRight", "Home", "ArrowLeft"):
        page.keyboard.press(key)
        seen.append(position(page).split()[1] if "step" in position(page) else "outcome")
    assert seen == ["1", "2", "1", str(LAST), str(LAST), "outcome", "outcome"]
    assert page.evaluate("scrollY") == 0


def test_boxes_are_chosen_by_keyboard(show: Show) -> None:
    """Up and down go from box to box and tell about each; escape goes back to the step."""
    page = show(EXAMPLE, style="body{height:4000px}")
    keys(page, "ArrowDown", "ArrowDown", "ArrowDown")
    assert page.locator(".node.chosen").get_attribute("data-box") == "2"
    assert title(page) == "y * y"
    keys(page, "ArrowUp")
    assert title(page) == "y"
    keys(page, "Escape")
    assert page.locator(".node.chosen").count() == 0
    assert page.evaluate("scrollY") == 0


def test_a_click_on_a_box_tells_all_about_it(show: Show) -> None:
    """dtype, shape, value, what it keeps with bytes, formulas, source line; stepping goes on."""
    page = show(EXAMPLE)
    page.locator('[data-box="2"]').click()
    told = page.locator(".al-panel").inner_text()
    for part in (
        "y * y",
        "MulBackward0 · line 4",
        "float32 [2, 2]",
        "grad · other",
        "self 16 bytes",
    ):
        assert part in told
    assert "9., 9." in told
    press(page, "next step")
    assert page.locator(".node.chosen").count() == 0
    assert title(page) == "y"


def test_it_plays_and_pauses(show: Show, driver: Any) -> None:
    """By button or space, at the chosen speed, from the start again when it is at its end."""
    page = driver.page
    page.clock.install()
    show(EXAMPLE)
    press(page, "play")
    page.clock.run_for(1200 * 3)
    assert position(page) == f"step 3 of {LAST}"
    press(page, "pause")
    page.clock.run_for(1200 * 5)
    assert position(page) == f"step 3 of {LAST}"
    page.get_by_role("combobox", name="speed").select_option("4")
    keys(page, "Space")
    page.clock.run_for(300 * 20)
    assert position(page) == f"step {LAST} of {LAST}"
    keys(page, "Space")
    page.clock.run_for(300 * 2)
    assert position(page) == f"step 2 of {LAST}"


def test_the_arrow_keys_still_work_after_the_last_click(show: Show) -> None:
    """A button at its end keeps the focus, so the keys keep reaching the stepper."""
    page = show(EXAMPLE)
    press(page, "last step")
    assert page.get_by_role("button", name="next step").get_attribute("aria-disabled") == "true"
    page.keyboard.press("ArrowLeft")
    assert position(page) == f"step {LAST - 1} of {LAST}"


def test_a_page_that_takes_every_key_gets_none(show: Show) -> None:
    """Notebook 7 takes keys on their way down: the stepper and its controls have them before."""
    page = show(EXAMPLE)
    page.evaluate(
        """() => document.addEventListener("keydown", (event) => {
            event.preventDefault();
            event.stopPropagation();
            document.title += `, ${event.key}`;
        }, true)"""
    )
    keys(page, "ArrowRight", "ArrowDown", "Escape", "End", "Home", "Space", "Space")
    assert position(page) == "outcome"
    speed = page.get_by_label("speed")
    speed.focus()
    page.keyboard.press("ArrowDown")
    assert speed.input_value() == "2"
    page.get_by_role("button", name="Ledger").focus()
    page.keyboard.press("Enter")
    assert page.locator("details[open] > summary").text_content() == "Ledger"
    page.keyboard.press("Shift+Enter")
    page.evaluate("document.querySelector('.al-player').remove()")
    page.keyboard.press("ArrowRight")
    assert page.title() == "cell, Shift, Enter, ArrowRight"


def test_each_step_is_read_out(show: Show) -> None:
    """The panel is a polite live region, read as a whole; the group and the controls have names."""
    page = show(EXAMPLE)
    live = page.locator("[aria-live=polite][aria-atomic=true]")
    press(page, "last step")
    assert [line for line in live.inner_text().split("\n") if line][:4] == [
        "6 out.backward()",
        "x.grad",
        "the gradient is added into the leaf",
        "before none yet",
    ]
    group = page.get_by_role("group", name="The cell, step by step")
    assert group.get_attribute("tabindex") == "0"
    for name in ("to the outcome", "previous step", "play", "next step", "last step"):
        assert page.get_by_role("button", name=name, exact=True).count() == 1
    assert page.get_by_role("img", name="graph of the computation").count() == 1


def test_the_focus_is_seen(show: Show) -> None:
    """Reached by keyboard, the stepper, its buttons and its tabs have an outline."""
    page = show(EXAMPLE)
    for _ in range(11):
        page.keyboard.press("Tab")
        style = "getComputedStyle(document.activeElement).outlineStyle"
        assert page.evaluate(style) == "solid"


def test_tables_are_tabs_of_which_one_is_open(show: Show) -> None:
    """Each tab says whether it is open; a second click closes it."""
    page = show(EXAMPLE)
    names = page.locator(".al-tabs button").all_inner_texts()
    assert names == ["10 steps", "Ledger", "Lines", "Tensors and bytes"]
    for name in ("Ledger", "Lines"):
        press(page, name)
        assert page.locator("details[data-table][open]").count() == 1
    tab = page.get_by_role("button", name="Lines")
    tab.and_(page.locator("[aria-expanded=true]")).wait_for()  # told in a task of its own
    assert page.locator(".al-tabs [aria-expanded=true]").count() == 1
    assert "z = y * y * 3" in page.locator("details[open]").inner_text()
    press(page, "Lines")
    assert page.locator("details[data-table][open]").count() == 0


def test_a_loop_unfolds_and_folds(show: Show) -> None:
    """A click opens the box of the loop, a button or escape closes it; the position stays."""
    page = show(LOOP)
    assert box_lines(page, "f0") == ["×8 lines 5–6", "2 operations per turn"]
    press(page, "next step")
    assert position(page) == "steps 1–16 of 34"
    assert page.locator(".node.now").get_attribute("data-box") == "f0"
    page.locator('[data-box="f0"]').click()
    assert page.locator('[data-box="f0"]').count() == 0
    assert page.locator('[data-box="2"]').evaluate(IN_SIGHT)
    assert position(page) == "step 16 of 34"
    press(page, "previous step")
    assert position(page) == "step 15 of 34"
    press(page, "fold it again")
    assert position(page) == "steps 1–16 of 34"
    keys(page, "ArrowDown", "ArrowDown", "ArrowDown", "Enter")
    assert page.locator('[data-box="f0"]').count() == 0
    keys(page, "Escape")
    assert page.locator('[data-box="f0"]').count() == 1


def test_one_output_shown_twice_is_two_steppers(show: Show) -> None:
    """JupyterLab may show an output in two places: each is upgraded once and steps by itself."""
    page = show(EXAMPLE, views=2)
    assert page.locator(".al-player").count() == 2
    page.locator(".al-player").first.get_by_role("button", name="last step").click()
    assert page.locator(".al-position").all_inner_texts() == [f"step {LAST} of {LAST}", "outcome"]


@pytest.mark.parametrize("width", [280, 420])
def test_a_wide_graph_scrolls_in_its_own_box(show: Show, width: int) -> None:
    """However narrow the page, only the graph scrolls sideways, and the current box is in sight."""
    page = show(WIDE)
    page.set_viewport_size({"width": width, "height": 700})
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    scroll = "(graph) => graph.scrollWidth > graph.clientWidth"
    assert page.locator(".al-graph").evaluate(scroll)
    press(page, "next step")
    assert page.locator(".node.now").evaluate(IN_SIGHT)


def test_high_contrast_uses_the_colours_of_the_system(show: Show, driver: Any) -> None:
    """With forced colours the current box stands out in the system's highlight, in no colour of ours."""
    driver.page.emulate_media(forced_colors="active")
    page = show(EXAMPLE)
    press(page, "next step", 8)
    colour = "(box) => getComputedStyle(box).stroke"
    now = page.locator(".node.now rect").evaluate(colour)
    other = page.locator('[data-box="0"] rect').evaluate(colour)
    system = """(name) => {
        const probe = document.body.appendChild(document.createElement('i'));
        probe.style.cssText = 'forced-color-adjust:none;color:' + name;
        return getComputedStyle(probe).color;
    }"""
    assert now == page.evaluate(system, "Highlight")
    assert other == page.evaluate(system, "CanvasText")


def test_a_cell_that_never_went_back_is_stepped_forward(show: Show) -> None:
    """The sentence says that there is no gradient, and the boxes say none yet."""
    page = show("import autograd_lab as torch\nx = torch.ones(2, requires_grad=True)\ny = x * x")
    assert "backward() did not run" in page.locator(".al-player > p").inner_text()
    press(page, "last step")
    assert position(page) == "step 1 of 1"
    assert box_lines(page, "0")[1] == ".grad none yet"


def test_a_cell_that_raised_shows_the_graph_and_the_error(show: Show) -> None:
    """The caption under the stepper names the error."""
    page = show(EXAMPLE + "1 / 0\n")
    assert "The cell stopped with ZeroDivisionError" in page.locator("figcaption").inner_text()


def test_hostile_text_runs_nothing(show: Show) -> None:
    """Markup in an expression and in an error is shown as text, wherever one looks."""
    attack = "</script><img src=x onerror=document.title='attacked'>"
    page = show(
        "import autograd_lab as torch\n"
        "x = torch.ones(2, requires_grad=True)\n"
        f'y = [x * 2, """{attack}"""][0]; y.sum().backward()\n'
        f'raise ValueError("""{attack}""")\n'
    )
    for name in page.locator(".al-tabs button").all_inner_texts():
        press(page, name)
    press(page, "last step")
    page.locator("[data-box]").last.click()
    assert attack in page.locator("figcaption").inner_text()
    assert page.title() == "cell"
