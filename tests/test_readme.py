"""What the README and CONTRIBUTING tell people to type works, and shows what they show."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from autograd_lab.cli import main

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
DOCUMENTS = [README, (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")]

RUN_CELLS = """
import sys
from IPython.core.interactiveshell import InteractiveShell
shell = InteractiveShell.instance()
for cell in sys.argv[1:]:
    shell.run_cell(cell, store_history=True).raise_error()
"""


def blocks(text: str, language: str) -> list[str]:
    """Return the fenced blocks in a language."""
    return re.findall(rf"^```{language}\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)


def test_the_example_prints_what_is_shown(tmp_path: Path) -> None:
    """The cells of the README, run one after the other, print its text."""
    environment = {**os.environ, "AUTOGRAD_LAB_LANG": "en", "IPYTHONDIR": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-c", RUN_CELLS, *blocks(README, "python")],
        capture_output=True,
        encoding="utf-8",
        env={**environment, "PYTHONIOENCODING": "utf-8"},
        check=False,
    )
    assert done.stderr == ""
    assert done.stdout.rstrip() == "".join(blocks(README, "text")).rstrip()


@pytest.mark.parametrize("text", DOCUMENTS, ids=["README", "CONTRIBUTING"])
def test_commands_exist(text: str) -> None:
    """Each `make` target and `autograd-lab` command in the text is there."""
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    named = set(re.findall(r"^make (\w+)|`make (\w+)", text, re.MULTILINE))
    targets = {first or second for first, second in named}
    assert targets
    assert targets <= set(re.findall(r"^(\w+):", makefile, re.MULTILINE))
    assert set(re.findall(r"\bautograd-lab ([a-z]+)", text)) <= set(main.commands)


@pytest.mark.parametrize("text", DOCUMENTS, ids=["README", "CONTRIBUTING"])
def test_files_and_extras_exist(text: str) -> None:
    """Each picture, linked file and extra in the text is there."""
    links = [link for link in re.findall(r"\]\(([^)]+)\)", text) if "://" not in link]
    assert links
    assert [link for link in links if not (ROOT / link.partition("#")[0]).is_file()] == []
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    extras = set(re.findall(r'^pip install "?\.\[(\w+)\]', text, re.MULTILINE))
    assert extras <= set(re.findall(r"^(\w+) = \[", project, re.MULTILINE))
