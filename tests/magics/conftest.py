"""A fresh IPython with the extension loaded."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from IPython.core.interactiveshell import InteractiveShell
from traitlets.config import Config

from autograd_lab.engine.observe import observers
from autograd_lab.i18n import set_language

Shell = InteractiveShell


@pytest.fixture(name="shell")
def _shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Shell]:
    """Give a fresh IPython with the extension loaded; nobody may watch the engine afterwards."""
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path))
    monkeypatch.setenv("AUTOGRAD_LAB_LANG", "en")
    config = Config()
    config.HistoryManager.enabled = False
    config.InteractiveShell.colors = "nocolor"
    Shell.clear_instance()
    shell = Shell.instance(config=config)
    shell.run_cell("import autograd_lab as torch\n%load_ext autograd_lab")
    try:
        yield shell
    finally:
        shell.run_cell("%unload_ext autograd_lab")
        set_language(None)
        shell.restore_sys_module_state()
        Shell.clear_instance()
    assert observers == []
