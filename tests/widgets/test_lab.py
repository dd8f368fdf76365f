"""A lab in a real kernel: two outputs, the second kept up to date."""

import re
import sys

import ipywidgets
import nbformat
import pytest
from nbclient import NotebookClient

from autograd_lab.widgets import AccumulationLab
from autograd_lab.widgets.lab import Lab

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
    markers = [re.match('<div class="(.*?)">', lab._saved("")["text/html"])[1] for lab in labs]
    assert markers[0] != markers[1]
    for lab, own, other in zip(labs, markers, reversed(markers), strict=True):
        rule = lab.widget.children[0].value
        assert f".{own}, " in rule
        assert other not in rule
        assert "<style" not in lab._saved(lab.snapshot())["text/html"]


def test_the_widget_shows_the_state_after_each_press():
    """What the widget shows and what the snapshot holds are the same."""
    lab = AccumulationLab()
    lab.widget.children[1].children[1].click()
    assert "4.5" in lab.widget.children[-1].value
    assert lab.widget.children[-1].value == lab.snapshot()


class Doubling(Lab):
    """Doubles what its slider holds, and fails at 3, as a teacher's function might."""

    value = 0

    @property
    def answer(self):
        return f"it is {self.value}"

    def snapshot(self):
        return f"<p>{self.answer}</p>"

    def controls(self):
        self.slider = ipywidgets.IntSlider(max=3)
        return [self.follow(self.slider, self.double)]

    def double(self):
        if self.slider.value == 3:
            raise ValueError("3 is <too> much")
        self.value = 2 * self.slider.value


def test_a_control_that_is_followed_shows_each_new_value():
    """The state is that of the last value, without a button."""
    lab = Doubling()
    state = lab.widget.children[-1]
    lab.slider.value = 2
    assert state.value == "<p>it is 4</p>"


def test_an_error_is_shown_until_the_next_change_and_never_saved():
    """It stands above the last state, escaped; the snapshot is that of the state alone."""
    lab = Doubling()
    state = lab.widget.children[-1]
    lab.slider.value = 2
    lab.slider.value = 3
    told = '<p role="alert"><b>ValueError: 3 is &lt;too&gt; much</b></p>'
    assert state.value == f"{told}<p>it is 4</p>"
    assert told not in lab.snapshot()
    lab.slider.value = 1
    assert state.value == "<p>it is 2</p>"


def test_a_lab_that_code_played_with_is_shown_as_it_is(capsys):
    """What changed between making the widget and showing it is seen."""
    lab = Doubling()
    state = lab.widget.children[-1]
    lab.value = 6
    lab._ipython_display_()
    assert state.value == "<p>it is 6</p>"
    assert "it is 6" in capsys.readouterr().out


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
