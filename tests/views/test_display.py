"""The object a cell shows, and the files it writes."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import pytest
from IPython.core.formatters import DisplayFormatter

from autograd_lab.trace.model import Graph, Trace
from autograd_lab.views import html, text
from autograd_lab.views.display import Display


def test_a_notebook_gets_html_and_text(example: Trace) -> None:
    """The bundle has exactly these two forms: a widget view would hide both when its kernel is gone."""
    bundle, _ = DisplayFormatter().format(Display(example))
    assert set(bundle) == {"text/plain", "text/html"}
    assert bundle["text/plain"] == text.render(example)
    assert bundle["text/html"].startswith('<div class="autograd-lab"')


def test_a_terminal_gets_text_alone(example: Trace, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where no HTML can be shown, none is made."""
    monkeypatch.setattr(html, "render", lambda *_, **__: pytest.fail("HTML was made"))
    bundle, _ = DisplayFormatter(active_types=["text/plain"]).format(Display(example))
    assert bundle == {"text/plain": text.render(example)}


def test_printing_gives_the_text(example: Trace) -> None:
    """`print(display)` works without a notebook."""
    assert str(Display(example)) == text.render(example)


def test_both_forms_show_the_findings(example: Trace, found: Callable[..., object]) -> None:
    """What was found is part of the display, not of the trace."""
    shown = Display(example, [found()])
    assert "w.grad holds the sum" in repr(shown)
    assert "w.grad holds the sum" in shown._repr_html_()


def test_a_static_display_runs_nothing(example: Trace) -> None:
    """A figure and tables, and no script."""
    assert "<script" not in Display(example, static=True)._repr_html_()


def test_a_limit_holds_for_both_forms(example: Trace) -> None:
    """Fewer boxes where that is asked for; less than one is refused."""
    shown = Display(example, max_nodes=2)
    assert "2 of 5 nodes are shown" in repr(shown)
    assert "2 of 5 nodes are shown" in shown._repr_html_()
    with pytest.raises(ValueError, match="at least 1, not 0"):
        Display(example, max_nodes=0)


def test_a_limit_is_one_of_boxes(example: Trace) -> None:
    """What the cell did is told in full: the leaf too that there was no box for got its gradient."""
    shown = Display(example, max_nodes=2)
    source = shown._repr_html_()
    for form in (repr(shown), source):
        assert "1 backward pass added to x.grad." in form
    assert "x.grad [[4.5000, 4.5000], [4.5000, 4.5000]]" in source
    assert "no backward pass reached it" not in source


def test_every_form_tells_the_operations_of_one_call_apart(layered: Trace) -> None:
    """In the tree, in the row of the line that made them, and in a row of its own for each."""
    nodes = layered.graph.nodes[:4]
    edges = tuple(edge for edge in layered.graph.edges if edge.target < len(nodes))
    shown = Display(replace(layered, graph=Graph(nodes, edges)))
    assert "● net(x) · tanh" in repr(shown)
    source = shown._repr_html_()
    assert "<code>net(x)\u00a0·\u00a0tanh</code>" in source
    assert "<b>net(x) · tanh</b>" in source


def test_a_picture_is_saved(example: Trace, tmp_path: Path) -> None:
    """An SVG of its own."""
    Display(example).save(tmp_path / "graph.svg")
    root = ElementTree.parse(tmp_path / "graph.svg").getroot()
    assert root.tag == "{http://www.w3.org/2000/svg}svg"


def test_a_page_is_saved(hostile: Trace, tmp_path: Path) -> None:
    """A whole document, whatever stands in the trace."""
    Display(hostile).save(str(tmp_path / "graph.html"))
    page = (tmp_path / "graph.html").read_text(encoding="utf-8")
    assert page.startswith("<!doctype html>") and page.endswith("</html>\n")


def test_a_trace_is_saved_and_read_again(example: Trace, tmp_path: Path) -> None:
    """The JSON holds all of it."""
    Display(example).save(tmp_path / "trace.json")
    saved = (tmp_path / "trace.json").read_text(encoding="utf-8")
    assert Trace.from_json(saved) == example


@pytest.mark.parametrize("name", ["graph.png", "graph", "graph.SVG.txt"])
def test_other_endings_are_refused(example: Trace, tmp_path: Path, name: str) -> None:
    """The error names what can be written, and nothing is."""
    with pytest.raises(ValueError, match=r"must end in \.svg, \.html, \.json"):
        Display(example).save(tmp_path / name)
    assert list(tmp_path.iterdir()) == []
