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


def step(driver: Driver, index: int, times: int) -> None:
    """Press “next” in the output of the cell at `index`."""
    button = driver.page.locator(".jp-Cell").nth(index).get_by_role("button", name="next step")
    for _ in range(times):
        button.click()


def live(browser: Any, address: str, folder: Path) -> None:
    """Take pictures of a running notebook, light and dark, wide and narrow."""
    for theme, name in ((LIGHT, "light"), (DARK, "dark")):
        driver = new_page(browser)
        driver.open_notebook(address, "example.ipynb")
        driver.use_theme(theme)
        driver.run_all()
        step(driver, 1, 4)
        step(driver, 2, 7)
        step(driver, 3, 3)
        for index, content in enumerate(("example", "branches", "failed"), start=1):
            output(driver, index, folder / f"{content}-{name}.png")
        if theme == LIGHT:
            driver.page.locator(".jp-Cell").nth(1).screenshot(path=folder / "stepper.png")
            driver.save()
        driver.page.close()
    driver = new_page(browser, width=420)
    driver.open_notebook(address, "example.ipynb")
    driver.use_theme(LIGHT)
    driver.run_all()
    step(driver, 1, 5)
    output(driver, 1, folder / "example-narrow.png")
    driver.page.close()


def untrusted(browser: Any, address: str, folder: Path) -> None:
    """Take pictures of the saved notebook where nobody trusts it."""
    driver = new_page(browser)
    driver.open_notebook(address, "example.ipynb")
    driver.page.locator("figure img").first.wait_for()
    for summary in driver.page.locator(".jp-OutputArea summary").all():
        summary.click()
    output(driver, 1, folder / "example-untrusted.png")
    output(driver, 2, folder / "branches-untrusted.png")
    output(driver, 3, folder / "failed-untrusted.png")
    driver.page.close()


def main(folder: Path) -> None:
    """Write all pictures into `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory() as scratch, chromium_browser() as browser:
        root = Path(scratch, "notebooks")
        root.mkdir()
        write_notebook(root / "example.ipynb", LOAD, EXAMPLE, BRANCHES, FAILED)
        with jupyter_lab(Path(scratch, "home"), root) as address:
            live(browser, address, folder)
        with jupyter_lab(Path(scratch, "other home"), root) as address:
            untrusted(browser, address, folder)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: python -m tests.browser.screenshots FOLDER")
    main(Path(sys.argv[1]))
