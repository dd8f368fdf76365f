"""The object a cell shows."""

import pytest
from IPython.core.formatters import DisplayFormatter

from autograd_lab.trace.model import Trace
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
    monkeypatch.setattr(html, "render", lambda _: pytest.fail("HTML was made"))
    bundle, _ = DisplayFormatter(active_types=["text/plain"]).format(Display(example))
    assert bundle == {"text/plain": text.render(example)}


def test_printing_gives_the_text(example: Trace) -> None:
    """`print(display)` works without a notebook."""
    assert str(Display(example)) == text.render(example)
