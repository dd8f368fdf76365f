"""`%autograd needs LIBRARY`: a notebook runs to its end without a library that it is about."""

from collections.abc import Callable
from pathlib import Path

import pytest
from IPython.core.interactiveshell import InteractiveShell

from tests.magics.running import run

Shell = InteractiveShell
ABSENT = "a_library_that_nobody_has"


@pytest.fixture(name="install")
def _install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Return what makes the absent library appear."""
    monkeypatch.syspath_prepend(str(tmp_path))
    return (tmp_path / f"{ABSENT}.py").touch


def test_without_it_the_cells_that_follow_do_nothing(shell: Shell) -> None:
    """One line says so; no cell runs, recorded or not, and none fails; cells are counted on."""
    said = run(shell, f"%autograd needs {ABSENT}").stdout
    assert said.count("\n") == 1
    assert f"%pip install {ABSENT}" in said
    before = shell.execution_count
    cells = ["%xmode Minimal\nprint('here')", "%%autograd --text\ny = torch.ones(1)"]
    for cell in (f"import {ABSENT}", "%%time\n'here'", *cells):
        shown = run(shell, cell)
        assert (shown.stdout, shown.stderr) == ("", "")
    assert "y" not in shell.user_ns
    assert shell.execution_count == before + 4


def test_magics_and_commands_still_run(shell: Shell) -> None:
    """So that the library can be installed from the notebook."""
    run(shell, f"%autograd needs {ABSENT}")
    assert run(shell, "\n%autograd lang").stdout == "en\n"
    assert run(shell, "!echo here").stdout.strip() == "here"


def test_said_again_with_the_library(shell: Shell, install: Callable[[], None]) -> None:
    """The cells run again; that it is there needs no word."""
    run(shell, f"%autograd needs {ABSENT}")
    install()
    assert run(shell, f"%autograd needs {ABSENT}").stdout == ""
    assert run(shell, "print('here')").stdout == "here\n"


def test_without_a_name(shell: Shell) -> None:
    """It asks for one library, and skips nothing."""
    for words in ("", "two words", "no-name"):
        assert "%autograd needs torch" in run(shell, f"%autograd needs {words}").stderr
    assert run(shell, "print('here')").stdout == "here\n"


def test_unloading_takes_it_back(shell: Shell) -> None:
    """Cells run again after `%unload_ext`, and after loading once more."""
    run(shell, f"%autograd needs {ABSENT}")
    run(shell, "%unload_ext autograd_lab")
    assert run(shell, "print('here')").stdout == "here\n"
    run(shell, "%load_ext autograd_lab")
    assert run(shell, "print('here')").stdout == "here\n"
