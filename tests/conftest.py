"""What every test relies on: seeded randomness, and no silent skips where everything is installed.

With AUTOGRAD_LAB_CI set, a test that would be skipped fails instead.
"""

import os
import random
import shutil
import signal
from collections.abc import Iterator
from importlib.util import find_spec
from typing import Any

import hypothesis
import numpy as np
import pytest

hypothesis.settings.register_profile("repeatable", derandomize=True, database=None, deadline=None)
hypothesis.settings.load_profile("repeatable")


def pytest_configure() -> None:
    """Let Ctrl-C reach what the tests start: a shell ignores it for what runs in the background."""
    if signal.getsignal(signal.SIGINT) == signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(autouse=True)
def _seeded() -> None:
    """Start every test from the same random numbers."""
    random.seed(0)
    np.random.seed(0)


def chromium() -> str | None:
    """Return the path of an installed chromium, or None."""
    names = ("chromium", "chromium-browser", "google-chrome")
    return os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, names)), None)


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip the tests whose optional companion is not on this machine."""
    if item.get_closest_marker("needs_torch") and find_spec("torch") is None:
        pytest.skip("PyTorch is not installed")
    if item.get_closest_marker("needs_browser") and chromium() is None:
        pytest.skip("chromium is not installed")


SLOW = {"grading", "cli", "browser", "notebooks"}
"""Folders whose tests start kernels, servers and courses."""
CLASS = {"test_class.py", "test_same_truth.py"}
"""Files that share a class which stock nbgrader has graded: minutes of work."""
BROWSER = "tests/browser/"
"""Where the files share a chromium and two JupyterLabs."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what takes longest, so that no process is left alone with it at the end."""

    def rank(item: pytest.Item) -> int:
        *folders, name = item.nodeid.partition("::")[0].split("/")
        if name in CLASS:
            return 0
        return 1 if "browser" in folders else 2 + SLOW.isdisjoint(folders)

    items.sort(key=rank)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Give a process all tests of a file, all that share the class, and all that share a browser."""
    from xdist.scheduler import LoadScopeScheduling

    class Together(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            file = nodeid.partition("::")[0]
            if file.startswith(BROWSER):
                return BROWSER
            return "class" if file.rpartition("/")[2] in CLASS else file

    return Together(config, log)


def _forbid_skip(report: pytest.TestReport | pytest.CollectReport) -> None:
    """Turn a skip into a failure when AUTOGRAD_LAB_CI is set; an expected failure is not a skip."""
    if os.environ.get("AUTOGRAD_LAB_CI") and report.skipped and not hasattr(report, "wasxfail"):
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr
        report.outcome = "failed"
        report.longrepr = f"{report.nodeid}: no test may be skipped here ({reason})"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Iterator[None]:
    """Forbid a skip inside a test or its fixtures."""
    report = yield
    _forbid_skip(report)
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Iterator[None]:
    """Forbid a skip of a whole module."""
    report = yield
    _forbid_skip(report)
    return report
