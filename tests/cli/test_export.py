"""`autograd-lab export`: a notebook becomes one page."""

import sys
from pathlib import Path

import nbformat
import pytest
from click.testing import CliRunner, Result

from autograd_lab.cli import main

pytest.importorskip("nbconvert")
pytest.importorskip("latex2mathml")


@pytest.fixture
def here(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """An empty folder to work in, in English."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("AUTOGRAD_LAB_LANG", "en")
    return tmp_path


def export(*arguments: str) -> Result:
    """Run `autograd-lab export` in this process."""
    return CliRunner().invoke(main, ["export", *arguments])


@pytest.mark.parametrize("name", ["01_first_gradient", "01"])
def test_a_lesson_is_written_into_this_folder(name: str, here: Path) -> None:
    """The page has the lesson's name, language and title."""
    result = export(name)
    assert result.output == "01_first_gradient.html\n"
    text = (here / "01_first_gradient.html").read_text(encoding="utf-8")
    assert '<html lang="en">' in text and "<title>The first gradient</title>" in text


def test_language_and_file_can_be_chosen(here: Path) -> None:
    """`--lang` takes the other notebook; `-o` another file."""
    assert export("01", "--lang", "zh", "-o", "一.html").exit_code == 0
    text = (here / "一.html").read_text(encoding="utf-8")
    assert '<html lang="zh">' in text and "<title>第一个梯度</title>" in text


def test_a_notebook_of_ones_own(here: Path) -> None:
    """Its path is enough; it is shown with the outputs it has."""
    output = nbformat.v4.new_output("stream", text="seven")
    cell = nbformat.v4.new_code_cell("print('seven')", outputs=[output])
    nbformat.write(nbformat.v4.new_notebook(cells=[cell]), here / "mine.ipynb")
    assert export("mine.ipynb").output == "mine.html\n"
    assert "seven" in (here / "mine.html").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["99"], "no lesson '99'; there are 00_tour, "),
        (["99"], "the path of an .ipynb file does as well"),
        (["absent.ipynb"], "no lesson 'absent.ipynb'"),
        (["broken.ipynb"], "broken.ipynb is no notebook: "),
        (["bytes.ipynb"], "bytes.ipynb is no notebook: "),
        (["list.ipynb"], "list.ipynb is no notebook: "),
        (["empty.ipynb"], "empty.ipynb is no notebook: "),
        (["01", "-o", "broken.ipynb"], "broken.ipynb does not end in .html"),
        (["01", "-o", "absent/a.html"], "absent/a.html"),
    ],
)
def test_what_does_not_fit_is_one_line(arguments: list[str], says: str, here: Path) -> None:
    """The error says what would fit, and no file is written or lost."""
    files = {
        "broken.ipynb": b"{",
        "bytes.ipynb": b"\xff\xfe",
        "list.ipynb": b"[]",
        "empty.ipynb": b"{}",
    }
    for name, content in files.items():
        (here / name).write_bytes(content)
    result = export(*arguments)
    assert result.exit_code == 1
    assert says in result.output
    assert result.output.startswith("Error: ") and result.output.count("\n") == 1
    assert {path.name: path.read_bytes() for path in here.iterdir()} == files


@pytest.mark.parametrize("library", ["nbformat", "nbconvert.exporters", "latex2mathml.converter"])
def test_a_missing_library_names_the_pip_line(library: str, here: Path, monkeypatch) -> None:
    """Whoever has the package alone is told what to install."""
    monkeypatch.setitem(sys.modules, library, None)
    result = export("01")
    assert result.exit_code == 1
    assert f"exporting needs {library}" in result.output
    assert "pip install 'autograd_lab[lab]'" in result.output
    assert not list(here.iterdir())
