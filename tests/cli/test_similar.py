"""`autograd-lab similar`: pairs of graded submissions, and what it says where there are none."""

from pathlib import Path

import nbformat
import pytest
from click.testing import CliRunner
from nbformat import v4

from autograd_lab.cli import main

OWN = """
def accumulated(loss, values, n):
    x = torch.tensor(values, requires_grad=True)
    y = loss(x)
    for _ in range(n):
        y.backward(retain_graph=True)
    return x.grad.tolist()


def each_gradient(trunk, heads, values):
    x = torch.tensor(values, requires_grad=True)
    h = trunk(x)
    gradients = []
    for head in heads:
        head(h).backward(retain_graph=True)
        gradients.append(x.grad.tolist())
        x.grad.zero_()
    return gradients
"""
RENAMED = OWN.replace("values", "numbers").replace("accumulated", "f").replace("heads", "parts")
OTHER = """
def accumulated(loss, values, n):
    total = [0.0 for value in values]
    while n > 0:
        leaf = torch.tensor(values, requires_grad=True)
        torch.autograd.backward(loss(leaf))
        total = [old + new for old, new in zip(total, leaf.grad.tolist())]
        n -= 1
    return total
"""


@pytest.fixture
def course(tmp_path: Path) -> Path:
    """A course in which two of three students have handed in the same, under other names."""
    for student, code in {"ann": OWN, "ben": RENAMED, "cem": OTHER}.items():
        folder = tmp_path / "autograded" / student / "ps1"
        folder.mkdir(parents=True)
        notebook = v4.new_notebook(cells=[v4.new_code_cell(code)])
        nbformat.write(notebook, folder / "ps1.ipynb")
    return tmp_path


def test_renaming_hides_nothing(course: Path) -> None:
    """The pair is listed with how much is alike, and nobody else."""
    result = CliRunner().invoke(main, ["similar", "ps1", "--course", str(course)])
    assert result.exit_code == 0
    assert result.stdout == "100%  ann  ben\n"
    assert "proves nothing" in result.stderr


def test_nothing_graded_is_one_line(tmp_path: Path) -> None:
    """Before grading there is nothing to compare."""
    result = CliRunner().invoke(main, ["similar", "ps1", "--course", str(tmp_path)])
    assert result.exit_code == 1
    assert "autograd-lab grade ps1" in result.output
