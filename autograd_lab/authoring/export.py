"""A notebook as one HTML file: nothing in it is loaded from anywhere else.

nbconvert's own pages load MathJax and more from other hosts. Here formulas are MathML, which browsers
draw themselves, and the page forbids every request.
"""

from __future__ import annotations

import re
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from nbformat import NotebookNode

POLICY = (
    "default-src 'none'; img-src data: blob:; font-src data:; media-src data:; "
    "style-src 'unsafe-inline'; script-src 'unsafe-inline' blob:"
)
"""What the page may use: itself alone. The steppers' script is a part of the page, in a blob."""

FORMS = ["text/html", "text/markdown", "image/svg+xml", "image/png", "image/jpeg", "text/plain"]
"""Forms of an output that need neither a kernel nor a script from elsewhere, the best first."""

PAGE = """<!doctype html>
<html lang="{language}"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="viewport" content="width=device-width">
<title>{title}</title><style>
{style}</style></head><body>
{body}</body></html>
"""


def as_html(notebook: NotebookNode, language: str, folder: Path) -> str:
    """Return a notebook and its outputs as an HTML document that asks for nothing from outside.

    Images beside the notebook are looked up in `folder` and put into the page; one that is not there
    is replaced by its text, as is the link to another file. `language` is that of the page, such as
    `"en"`. Raises ImportError, with the remedy, where nbconvert or latex2mathml is missing.
    """
    try:
        from nbconvert.exporters import HTMLExporter
        from pygments.formatters import HtmlFormatter  # type: ignore[import-untyped]
        from traitlets.config import Config
    except ImportError as error:
        raise missing(error) from None

    settings = Config({"NbConvertBase": {"display_data_priority": FORMS}})
    exporter = HTMLExporter(template_name="basic", config=settings)  # type: ignore[no-untyped-call]
    exporter.register_filter("markdown2html", _markdown(folder))  # type: ignore[no-untyped-call]
    body, _ = exporter.from_notebook_node(notebook)
    light, dark = (
        HtmlFormatter(style=style, nobackground=True).get_style_defs(".highlight")
        for style in ("default", "github-dark")
    )
    style = (Path(__file__).parent / "page.css").read_text(encoding="utf-8")
    return PAGE.format(
        language=escape(language),
        policy=POLICY,
        title=escape(_title(notebook)),
        style=f"{style}{light}\n@media (prefers-color-scheme: dark) {{\n{dark}\n}}\n",
        body=body,
    )


def missing(error: ImportError) -> ImportError:
    """Return the error that says what brings a missing library."""
    return ImportError(
        f"exporting needs {error.name}; this brings it: pip install 'autograd_lab[lab]'"
    )


def mathml(latex: str, display: str) -> str:
    """Return a formula as MathML; its source where that cannot be read. `display`: inline, block."""
    try:
        from latex2mathml.converter import convert
    except ImportError as error:
        raise missing(error) from None
    try:
        made: str = convert(latex, display=display)
    except Exception:  # a formula may be anything, and the page must not fail for it
        made = "\\"
    # The dot of multiplication: Chinese fonts draw the other one as wide as a character.
    made = made.replace("&#x000B7;", "&#x022C5;")
    # An unknown command comes back as it was written.
    return f"<code>{escape(latex)}</code>" if "\\" in made else made


def _markdown(folder: Path) -> Any:
    """Return nbconvert's filter for prose, with formulas as MathML and nothing left outside."""
    from jinja2 import pass_context
    from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath

    class Renderer(IPythonRenderer):
        """Prose in HTML that stands alone."""

        def block_math(self, body: str) -> str:
            return mathml(body, "block")

        def inline_math(self, body: str) -> str:
            return mathml(body, "inline")

        def latex_environment(self, name: str, body: str) -> str:
            return mathml(f"\\begin{{{name}}}{body}\\end{{{name}}}", "block")

        def _html_embed_images(self, html: str) -> str:
            # Inline HTML comes tag by tag, and parsing closes a tag at once: <kbd></kbd>→.
            return str(super()._html_embed_images(html)) if "<img" in html else html

        def link(self, text: str, url: str, title: str | None = None) -> str:
            if re.match(r"https?:|mailto:|#", url):
                return str(super().link(text, url, title))
            return text  # the other file is not in this one

        def image(self, text: str, url: str, title: str | None = None) -> str:
            made = str(super().image(text, url, title))
            return made if 'src="data:' in made else escape(text)

    @pass_context
    def markdown2html(context: Any, source: str) -> str:
        renderer = Renderer(
            escape=False,
            attachments=context.get("cell", {}).get("attachments", {}),
            embed_images=True,
            path=str(folder),
            exclude_anchor_links=True,
        )
        return str(MarkdownWithMath(renderer=renderer).render(source))

    return markdown2html


def _title(notebook: NotebookNode) -> str:
    """Return the first heading of the prose, or the language's name for a notebook."""
    prose = "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")
    found = re.search(r"^# (.+)", prose, re.MULTILINE)
    return found[1] if found else "Notebook"
