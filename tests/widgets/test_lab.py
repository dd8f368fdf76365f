"""A lab in a real kernel: two outputs, the second kept up to date."""

import sys

import nbformat
import pytest
from nbclient import NotebookClient

from autograd_lab.widgets import AccumulationLab

VIEW = "application/vnd.jupyter.widget-view+json"
PRESS_BACKWARD = "lab.widget.children[1].children[1].click()"


@pytest.fixture
def shown(tmp_path):
    """Return a function that shows a lab, runs more cells, and returns the lab's outputs."""

    def run(*cells: str):
        shows = "from autograd_lab.widgets import AccumulationLab\nlab = AccumulationLab()\nlab"
        cells = [nbformat.v4.new_code_cell(code) for code in (shows, *cells)]
        notebook = nbformat.v4.new_notebook(cells=cells)
        NotebookClient(notebook, resources={"metadata": {"path": str(tmp_path)}}).execute()
        return cells[0].outputs

    return run


def test_a_lab_emits_a_widget_and_beside_it_a_table(shown):
    """The table stands in an output of its own, so that a dead widget cannot hide it."""
    widget, snapshot = shown()
    assert widget.data["text/plain"] == "AccumulationLab: run this cell in Jupyter to play."
    assert VIEW in widget.data
    assert VIEW not in snapshot.data
    assert snapshot.data["text/plain"] == "x.grad: none yet."
    assert ">x.grad: none yet.</caption>" in snapshot.data["text/html"]


def test_pressing_refreshes_the_table_that_a_saved_notebook_keeps(shown):
    """The stored output shows the last state, in both forms."""
    _, snapshot = shown(PRESS_BACKWARD)
    assert snapshot.data["text/plain"].endswith("after 1 backward pass.")
    assert ">backward()</td>" in snapshot.data["text/html"]


def test_only_the_live_widget_hides_the_table():
    """The rule is in the widget, names this lab's table and no other, and is not saved with it."""
    labs = AccumulationLab(), AccumulationLab()
    rules = [lab.widget.children[0].value for lab in labs]
    assert rules[0] != rules[1]
    for lab, rule in zip(labs, rules, strict=True):
        marker = rule.removeprefix("<style>.").removesuffix(" { display: none }</style>")
        assert f'<div class="{marker}">' in lab._saved()["text/html"]
        assert "<style" not in lab._saved()["text/html"]


def test_the_widget_shows_the_state_after_each_press():
    """What the widget shows and what the snapshot holds are the same."""
    lab = AccumulationLab()
    lab.widget.children[1].children[1].click()
    assert "4.5" in lab.widget.children[-1].value
    assert lab.widget.children[-1].value == lab.snapshot()


def test_retain_graph_is_taken_from_the_box():
    """With the box ticked a second backward is no error."""
    lab = AccumulationLab()
    _forward, backward, keep, _zero = lab.widget.children[1].children
    keep.value = True
    backward.click()
    backward.click()
    assert lab.answer == "x.grad is [[9, 9], [9, 9]] after 2 backward passes."


def test_without_ipywidgets_the_pip_line_is_named(monkeypatch, capsys):
    """A missing companion is one clear error, and one line under a cell that ends with a lab."""
    monkeypatch.setitem(sys.modules, "ipywidgets", None)
    lab = AccumulationLab()
    with pytest.raises(ImportError, match=r"pip install 'autograd_lab\[lab\]'") as caught:
        _ = lab.widget
    lab._ipython_display_()
    assert capsys.readouterr().out == f"{caught.value}\n"
