"""A notebook as a page that stands alone."""

import base64
import re
from pathlib import Path

import nbformat
import pytest

from autograd_lab.authoring.export import POLICY, as_html, mathml

pytest.importorskip("nbconvert")
pytest.importorskip("latex2mathml")


def _page(*cells, folder: Path = Path()) -> str:
    return as_html(nbformat.v4.new_notebook(cells=list(cells)), "en", folder)


def _prose(text: str, folder: Path = Path()) -> str:
    return _page(nbformat.v4.new_markdown_cell(text), folder=folder)


def _shown(**data: str) -> str:
    forms = {name.replace("_", "/", 1): text for name, text in data.items()}
    output = nbformat.v4.new_output("display_data", data=forms)
    return _page(nbformat.v4.new_code_cell("1", outputs=[output]))


@pytest.mark.parametrize(
    ("text", "display"),
    [
        ("a $x^2$ b", "inline"),
        ("$$x^2$$", "block"),
        ("\\begin{align}x^2\\end{align}", "block"),
        ("| a |\n|---|\n| $x^2$ |", "inline"),
    ],
)
def test_formulas_are_mathml(text, display):
    """In a line, in a paragraph of their own, as an environment, in a table."""
    page = _prose(text)
    assert re.search(rf'<math [^>]*display="{display}"', page)
    assert "<msup><mi>x</mi><mn>2</mn></msup>" in page
    assert "$" not in page


@pytest.mark.parametrize("latex", ["\\unheardof{x}", "\\frac{1", "}", "<b>", "\\left("])
def test_a_formula_that_cannot_be_read_is_shown_as_written(latex):
    """The page does not fail, and nothing becomes HTML by accident."""
    made = mathml(latex, "inline")
    assert made.startswith(("<code>", "<math"))
    assert "<b>" not in made


def test_the_page_forbids_every_request():
    """Even what a notebook brings along loads nothing."""
    assert f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">' in _prose("a")
    assert "http" not in POLICY and "default-src 'none'" in POLICY


def test_images_are_in_the_page(tmp_path):
    """One from the folder is copied in, one from elsewhere becomes its text."""
    (tmp_path / "a.png").write_bytes(b"picture")
    page = _prose("![one](a.png) ![two](https://example.org/b.png) ![three](c.png)", tmp_path)
    data = base64.b64encode(b"picture").decode()
    assert f'src="data:image/png;base64,{data}"' in page
    assert "two three" in page and "example.org" not in page


def test_a_link_to_another_file_becomes_text():
    """The other file is not in this one; a link to a page in the web stays a link."""
    page = _prose("[next](02_next.ipynb) [web](https://example.org)")
    assert "02_next" not in page and "next" in page
    assert '<a href="https://example.org">web</a>' in page


def test_html_in_prose_stays_as_it_is():
    """A key is a key."""
    assert "<kbd>→</kbd>" in _prose("Press <kbd>→</kbd> now.")


def test_the_best_form_without_a_kernel_is_shown():
    """A widget or a script from elsewhere is passed over."""
    view = "application/vnd.jupyter.widget-view+json"
    assert "<p>html</p>" in _shown(text_html="<p>html</p>", text_plain="plain")
    page = _shown(**{view.replace("/", "_", 1): '{"model_id": "a"}', "text_plain": "plain"})
    assert "plain" in page and "model_id" not in page
    assert "require(" not in _shown(application_javascript="require([])", text_plain="plain")


def test_code_and_errors_are_coloured():
    """The page brings the colours for both."""
    error = nbformat.v4.new_output(
        "error", ename="E", evalue="v", traceback=["\x1b[31mE\x1b[39m: v <b>"]
    )
    page = _page(nbformat.v4.new_code_cell("x = 1", outputs=[error]))
    assert '<span class="mi">1</span>' in page and ".highlight .mi" in page
    assert '<span class="ansi-red-fg">E</span>: v &lt;b&gt;' in page and ".ansi-red-fg" in page


def test_a_title_is_text():
    """It comes from the first heading, escaped; a notebook without one has a name all the same."""
    assert "<title>a &lt; b</title>" in _prose("# a < b\n# c")
    assert "<title>Notebook</title>" in _prose("text")
