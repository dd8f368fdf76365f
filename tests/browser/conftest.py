"""A throw-away JupyterLab on this machine, and a chromium that can reach nothing else."""

from __future__ import annotations

import json
import os
import re
import secrets
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import nbformat
import pytest

from autograd_lab.trace.record import Recorder
from autograd_lab.views import html
from tests.conftest import chromium

LOOPBACK = ("http://127.0.0.1", "ws://127.0.0.1", "data:", "blob:", "file:")
CHROMIUM_OPTIONS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--no-first-run",
    "--force-color-profile=srgb",
    "--font-render-hinting=none",
]
LIGHT, DARK = "JupyterLab Light", "JupyterLab Dark"
SIZE = {"width": 1000, "height": 800}
NO_NEWS = {"fetchNews": "false", "checkForUpdates": False, "doNotDisturbMode": True}
START_TIMEOUT = RUN_TIMEOUT = 120_000

EXAMPLE = """\
%%autograd
import autograd_lab as torch
x = torch.ones(2, 2, requires_grad=True)
y = x + 2
z = y * y * 3
out = z.mean()
out.backward()
"""

# JupyterLab says “Idle” before its kernel is connected, and running the cells then does nothing.
KERNEL_READY = """async () => {
    const panel = window.jupyterapp.shell.currentWidget;
    await panel.context.ready;
    await panel.revealed;
    await panel.sessionContext.ready;
    await panel.sessionContext.session?.kernel?.info;
}"""
OPEN = f"""async (path) => {{
    await window.jupyterapp.restored;
    await window.jupyterapp.commands.execute('docmanager:open', {{path}});
    await ({KERNEL_READY})();
}}"""
CLOSE = """async () => {
    const panel = window.jupyterapp.shell.currentWidget;
    await panel?.sessionContext?.shutdown();
    panel?.dispose();
}"""
ALL_CELLS_RAN = """() => {
    const prompts = [...document.querySelectorAll('.jp-CodeCell')]
        .filter((cell) => cell.querySelector('.cm-content')?.textContent.trim())
        .map((cell) => cell.querySelector('.jp-InputPrompt').textContent);
    const kernel = document.querySelector('.jp-Notebook-ExecutionIndicator')?.dataset.status;
    return kernel === 'idle' && prompts.length && prompts.every((text) => /\\[\\d+\\]/.test(text));
}"""


class Driver:
    """A page and what a reader does in it; notes errors and every request that left this machine."""

    def __init__(self, page: Any) -> None:
        self.page = page
        self.errors: list[str] = []
        self.blocked: list[str] = []
        page.context.route("**/*", self._gate)
        page.on("console", lambda message: self._note(message.type, message.text))
        page.on("pageerror", lambda error: self.errors.append(str(error)))

    def _gate(self, route: Any) -> None:
        if route.request.url.startswith(LOOPBACK):
            route.continue_()
        else:
            self.blocked.append(route.request.url)
            route.abort()

    def _note(self, kind: str, text: str) -> None:
        # JupyterLab's debugger was still asking a kernel that a test had no more use for.
        if kind == "error" and not text.startswith("Could not restore the debugger state"):
            self.errors.append(text)

    def start(self, address: str) -> None:
        """Load JupyterLab without its side bars, and nothing opened in it."""
        self.address = address
        self.page.goto("/doc?".join(address.split("?")))
        self.page.wait_for_function("() => window.jupyterapp", timeout=START_TIMEOUT)

    def open_notebook(self, name: str) -> Any:
        """Open a notebook as the only document and wait until its kernel listens; return the page."""
        self.page.evaluate(OPEN, name)
        return self._opened()

    def open_in_notebook_7(self, address: str, name: str) -> Any:
        """Do the same in Notebook 7, which the server of JupyterLab serves as well."""
        base, query = address.split("?")
        self.page.goto(f"{base}/notebooks/{name}?{query}")
        session = "() => window.jupyterapp?.shell?.currentWidget?.sessionContext"
        self.page.wait_for_function(session, timeout=START_TIMEOUT)
        self.page.evaluate(KERNEL_READY)
        return self._opened()

    def _opened(self) -> Any:
        self.page.locator(".jp-Notebook .jp-Cell").first.wait_for(timeout=START_TIMEOUT)
        return self.page

    def leave(self) -> None:
        """Leave JupyterLab as it was found: no notebook, no kernel. What was not saved is lost."""
        self.page.evaluate(CLOSE)
        self.page.set_viewport_size(SIZE)
        self.use_theme(LIGHT)
        self.had_no_trouble()

    def had_no_trouble(self) -> None:
        """Check that since the last time nothing has failed or been asked for from outside."""
        found = self.errors, self.blocked
        self.errors, self.blocked = [], []
        assert found == ([], [])

    def run_all(self) -> None:
        """Run every cell and wait until each has its number."""
        self.page.evaluate(
            "() => void window.jupyterapp.commands.execute('notebook:run-all-cells')"
        )
        self.page.wait_for_function(ALL_CELLS_RAN, timeout=RUN_TIMEOUT)

    def save(self) -> None:
        """Write the notebook to its file."""
        self.page.evaluate("() => window.jupyterapp.shell.currentWidget.context.save()")

    def use_theme(self, theme: str) -> None:
        """Switch JupyterLab's theme and wait until it is in force."""
        change = (
            "(theme) => void window.jupyterapp.commands.execute('apputils:change-theme', {theme})"
        )
        self.page.evaluate(change, theme)
        self.page.wait_for_function(
            "(theme) => document.body.dataset.jpThemeName === theme", arg=theme
        )


@contextmanager
def jupyter_lab(home: Path, root: Path) -> Iterator[str]:
    """Serve the notebooks in `root`; yield the address with its token.

    All that Jupyter keeps (settings, trust, workspaces) stays in `home`: a server with another home
    does not trust the notebooks that this one ran.
    """
    settings = home / "settings" / "@jupyterlab" / "apputils-extension"
    settings.mkdir(parents=True)
    news = settings / "notification.jupyterlab-settings"
    news.write_text(json.dumps(NO_NEWS), encoding="utf-8")
    folders = {
        "JUPYTER_CONFIG_DIR": "config",
        "JUPYTER_DATA_DIR": "data",
        "JUPYTER_RUNTIME_DIR": "runtime",
        "JUPYTERLAB_SETTINGS_DIR": "settings",
        "JUPYTERLAB_WORKSPACES_DIR": "workspaces",
        "IPYTHONDIR": "ipython",
    }
    token = secrets.token_hex(16)
    command = [sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root", "--port=0"]
    command += ["--ip=127.0.0.1", f"--IdentityProvider.token={token}"]
    command += [f"--ServerApp.root_dir={root}", "--LabApp.expose_app_in_browser=True"]
    command += ["--LabApp.extension_manager=readonly", "--LabApp.news_url="]
    command += ["--JupyterNotebookApp.expose_app_in_browser=True"]
    env = {**os.environ, **{name: str(home / folder) for name, folder in folders.items()}}
    server = subprocess.Popen(
        command,
        cwd=root,  # where nbgrader's extensions look for a course
        env=env,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        encoding="utf-8",
    )
    try:
        yield f"{_address(server)}?token={token}"
    finally:
        server.terminate()
        with suppress(subprocess.TimeoutExpired):
            server.wait(15)
        server.kill()
        server.wait()


def _address(server: subprocess.Popen[str]) -> str:
    """Return where a starting server listens; RuntimeError with its last words if it ends instead."""
    assert server.stderr is not None
    said = []
    for line in server.stderr:
        said.append(line)
        found = re.search(r"http://127\.0\.0\.1:\d+", line)
        if found:
            # Somebody has to go on reading, or the server would block once the pipe is full.
            threading.Thread(target=server.stderr.read, daemon=True).start()
            _wait_for(server, int(found[0].rpartition(":")[2]))
            return found[0]
    raise RuntimeError("JupyterLab did not start:\n" + "".join(said[-20:]))


def _wait_for(server: subprocess.Popen[str], port: int) -> None:
    """Return when the server listens, or has ended: it says its address a moment before it listens."""
    while server.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return


@contextmanager
def chromium_browser() -> Iterator[Any]:
    """Start a chromium without a window."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=CHROMIUM_OPTIONS)
        try:
            yield browser
        finally:
            browser.close()


def write_notebook(path: Path, *cells: str) -> None:
    """Write a notebook of code cells."""
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    notebook = nbformat.v4.new_notebook(metadata={"kernelspec": kernel})
    notebook.cells = [nbformat.v4.new_code_cell(source.strip()) for source in cells]
    nbformat.write(notebook, path)


def write_page(path: Path, source: str, style: str = "", views: int = 1) -> None:
    """Write a page that shows what `source` did, as a notebook would; `views` times the same output."""
    recorder = Recorder(source, "<cell>")
    names: dict[str, object] = {}
    recorder.start()
    error = None
    try:
        exec(compile(source, "<cell>", "exec"), names)
    except Exception as raised:
        error = raised
    shown = html.render(recorder.stop(names, error))
    head = f'<!doctype html><meta charset="utf-8"><title>cell</title><style>{style}</style>'
    path.write_text(f"{head}<body>{shown * views}", encoding="utf-8")


# Not for the whole session: playwright keeps an event loop running as long as it lives, and a test
# elsewhere that starts one of its own would fail.
@pytest.fixture(scope="package")
def browser() -> Iterator[Any]:
    """A chromium for the tests of this folder."""
    pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    with chromium_browser() as running:
        yield running


@pytest.fixture
def driver(browser: Any) -> Iterator[Driver]:
    """A fresh page; at the end nothing may have failed or been asked for from outside."""
    context = browser.new_context(viewport=SIZE, reduced_motion="reduce")
    driving = Driver(context.new_page())
    yield driving
    context.close()
    driving.had_no_trouble()


@pytest.fixture
def show(driver: Driver, tmp_path: Path) -> Callable[..., Any]:
    """Return a function that opens a page with what some code did, and gives the page."""

    def open_page(source: str, style: str = "", views: int = 1) -> Any:
        write_page(tmp_path / "cell.html", source, style, views)
        driver.page.goto((tmp_path / "cell.html").as_uri())
        driver.page.locator(".al-player").first.wait_for()
        return driver.page

    return open_page


@pytest.fixture(scope="package")
def notebooks(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that both servers serve."""
    return tmp_path_factory.mktemp("notebooks")


@contextmanager
def _lab_at(browser: Any, home: Path, root: Path) -> Iterator[Driver]:
    """Serve a folder to somebody, and load JupyterLab for them."""
    with jupyter_lab(home, root) as address:
        context = browser.new_context(viewport=SIZE, reduced_motion="reduce")
        driving = Driver(context.new_page())
        driving.start(address)
        yield driving


# Once for all tests: loading JupyterLab is six seconds of work, opening a notebook in it is one.
@pytest.fixture(scope="package", name="_lab")
def _lab_of_ours(
    browser: Any, notebooks: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Driver]:
    with _lab_at(browser, tmp_path_factory.mktemp("home"), notebooks) as driving:
        yield driving


@pytest.fixture(scope="package", name="_other_lab")
def _lab_of_others(
    browser: Any, notebooks: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Driver]:
    with _lab_at(browser, tmp_path_factory.mktemp("other home"), notebooks) as driving:
        yield driving


@pytest.fixture
def lab(_lab: Driver) -> Iterator[Driver]:
    """A JupyterLab in which nothing is open."""
    yield _lab
    _lab.leave()


@pytest.fixture
def other_lab(_other_lab: Driver) -> Iterator[Driver]:
    """The JupyterLab of somebody else, who reads our notebooks and trusts none that we ran."""
    yield _other_lab
    _other_lab.leave()
