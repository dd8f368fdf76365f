"""The object a cell shows."""

from autograd_lab.trace.model import Trace
from autograd_lab.views import text
from autograd_lab.views.display import Display


def test_a_notebook_gets_html_and_a_terminal_text(example: Trace) -> None:
    """The bundle has exactly these two forms: a widget view would hide both when its kernel is gone."""
    bundle = Display(example)._repr_mimebundle_()
    assert set(bundle) == {"text/plain", "text/html"}
    assert bundle["text/plain"] == text.render(example)
    assert bundle["text/html"].startswith('<div class="autograd-lab"')


def test_printing_gives_the_text(example: Trace) -> None:
    """`print(display)` works without a notebook."""
    assert str(Display(example)) == text.render(example)
