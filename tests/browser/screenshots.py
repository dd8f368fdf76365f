"""Pictures of the real output in a real JupyterLab: `python -m tests.browser.screenshots FOLDER`.

`stepper.png` is the one that the README shows.
"""

from __future__ import annotations

import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from tests.browser.conftest import (
    DARK,
    EXAMPLE,
    LIGHT,
    Driver,
    chromium_browser,
    jupyter_lab,
    write_notebook,
)

LOAD = "%load_ext autograd_lab"
BRANCHES = """\
%%autograd
import autograd_lab as torch
torch.manual_seed(0)
X, t = torch.randn(4, 3), torch.tensor([1., 0., 1., 0.])
w = torch.zeros(3, requires_grad=True)
b = torch.zeros(1, requires_grad=True)
p = torch.sigmoid(X @ w + b)
loss = ((p - t) ** 2).mean()
loss.backward()
loss_again = (w.detach() * w + b).sum()
loss_again.backward()
w.grad.zero_()
"""
FAILED = """\
%%autograd
x = torch.tensor(3., requires_grad=True)
y = x * x
y.backward()
y.backward()
"""
LOOP = """\
%%autograd
w = torch.tensor([1., 2.], requires_grad=True)
X, h = torch.ones(5, 2), torch.zeros(5)
for _ in range(20):
    h = torch.tanh(X @ w + h)
h.sum().backward()
"""
NAMES = ("example", "branches", "loop", "failed")
WIDTH, HEIGHT = 900, 4000
"""High enough for every cell: an element is only photographed as far as it is on the screen."""


def new_page(browser: Any, width: int = WIDTH) -> Driver:
    """Return a page at twice the resolution, so that the pictures stay sharp."""
    size = {"width": width, "height": HEIGHT}
    return Driver(browser.new_page(viewport=size, device_scale_factor=2, reduced_motion="reduce"))


def output(driver: Driver, index: int, path: Path) -> None:
    """Take a picture of the output of the cell at `index`."""
    cell = driver.page.locator(".jp-Cell").nth(index)
    cell.locator(".jp-Cell-outputWrapper").screenshot(path=path)


def press(driver: Driver, index: int, name: str, times: int = 1) -> None:
    """Press a button in the output of the cell at `index`."""
    button = driver.page.locator(".jp-Cell").nth(index).get_by_role("button", name=name, exact=True)
    for _ in range(times):
        button.click()


def run(browser: Any, address: str, theme: str, width: int = WIDTH) -> Driver:
    """Return a page with the notebook, run."""
    driver = new_page(browser, width)
    driver.start(address)
    driver.open_notebook("example.ipynb")
    driver.use_theme(theme)
    driver.run_all()
    return driver


def outputs(driver: Driver, folder: Path, state: str) -> None:
    """Take a picture of each cell's output."""
    for index, name in enumerate(NAMES, start=1):
        output(driver, index, folder / f"{name}-{state}.png")


def live(browser: Any, address: str, folder: Path) -> None:
    """Take pictures of a running notebook: outcome, steps, details, tabs, light and dark."""
    for theme, name in ((LIGHT, "light"), (DARK, "dark")):
        driver = run(browser, address, theme)
        outputs(driver, folder, f"outcome-{name}")
        for index, steps in enumerate((8, 14, 2, 6), start=1):
            press(driver, index, "next step", steps)
        outputs(driver, folder, f"step-{name}")
        if theme == LIGHT:
            driver.page.locator(".jp-Cell").nth(1).screenshot(path=folder / "stepper.png")
            driver.save()
        driver.page.locator('.jp-Cell [data-box="f0"]').click()
        for index, tab in enumerate(("Tensors and bytes", "Ledger", "Lines"), start=1):
            press(driver, index, tab)
        for index in (1, 2):
            driver.page.locator(".jp-Cell").nth(index).locator("[data-box]").nth(2).click()
        outputs(driver, folder, f"tabs-{name}")
        driver.page.close()


def narrow_and_in_high_contrast(browser: Any, address: str, folder: Path) -> None:
    """Take pictures on a small screen, in a column of 600 pixels, and with forced colours."""
    for width, name in ((420, "narrow"), (690, "600")):
        driver = run(browser, address, LIGHT, width)
        for index, steps in enumerate((8, 14, 2, 6), start=1):
            press(driver, index, "next step", steps)
        outputs(driver, folder, name)
        driver.page.close()
    driver = run(browser, address, LIGHT)
    driver.page.emulate_media(forced_colors="active")
    press(driver, 1, "next step", 8)
    press(driver, 2, "next step", 14)
    outputs(driver, folder, "contrast")
    driver.page.close()


def untrusted(browser: Any, address: str, folder: Path) -> None:
    """Take pictures of the saved notebook where nobody trusts it."""
    driver = new_page(browser)
    driver.start(address)
    driver.open_notebook("example.ipynb")
    driver.page.locator("figure img").first.wait_for()
    outputs(driver, folder, "untrusted")
    for summary in driver.page.locator(".jp-OutputArea summary").all():
        summary.click()
    output(driver, 1, folder / "example-untrusted-open.png")
    driver.page.close()


def main(folder: Path) -> None:
    """Write all pictures into `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory() as scratch, chromium_browser() as browser:
        root = Path(scratch, "notebooks")
        root.mkdir()
        write_notebook(root / "example.ipynb", LOAD, EXAMPLE, BRANCHES, LOOP, FAILED)
        with jupyter_lab(Path(scratch, "home"), root) as address:
            live(browser, address, folder)
            narrow_and_in_high_contrast(browser, address, folder)
        with jupyter_lab(Path(scratch, "other home"), root) as address:
            untrusted(browser, address, folder)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: python -m tests.browser.screenshots FOLDER")
    main(Path(sys.argv[1]))
