"""The lesson on PyTorch where PyTorch is missing: one line, and nothing fails."""

import os

from autograd_lab.authoring.execute import execute
from autograd_lab.authoring.notebook import notebook
from autograd_lab.authoring.source import read
from tests.lessons import NOTEBOOKS

HIDE = """\
from importlib.machinery import PathFinder

find = PathFinder.find_spec


def without_torch(name, path=None, target=None):
    return None if name == "torch" else find(name, path, target)


PathFinder.find_spec = without_torch
"""


def test_it_says_so_in_one_line_and_runs_to_its_end(tmp_path, monkeypatch):
    """The first cell tells what is missing and how to get it; the others show nothing."""
    (tmp_path / "sitecustomize.py").write_text(HIDE, encoding="utf-8")
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(tmp_path), str(NOTEBOOKS.parent)]))
    lesson = notebook(read(NOTEBOOKS / "source" / "10_on_to_pytorch.py"), "en")
    ran = execute(lesson, "en", tmp_path)
    first, *others = [cell for cell in ran.cells if cell.cell_type == "code"]
    (said,) = first.outputs
    assert said.text.startswith("torch is not installed here") and said.text.count("\n") == 1
    assert [cell.outputs for cell in others] == [[]] * len(others)
    assert others[-1].execution_count == 1 + len(others)
