"""Makes what students wrote inert where it is shown as HTML: in feedback, and in formgrader.

nbconvert's own sanitiser escapes `div`, `figure` and `table` and takes pictures away; nbgrader's pages
do not use it. Here figures, tables and pictures stay, and nothing runs, loads or covers the page.
`nbgrader_config.py` names the three functions.
"""

# mypy: disable-error-code="no-any-unimported,no-untyped-call"

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from html import escape
from typing import Any, Final

from jinja2 import pass_context

TEXT = "a abbr b blockquote br code del dd dl dt em h1 h2 h3 h4 h5 h6 hr i ins kbd li mark ol p pre"
MORE = "s samp small span strong sub sup u ul var details summary div figure figcaption img"
TABLE = "table caption thead tbody tfoot tr th td"
TAGS: Final = frozenset(f"{TEXT} {MORE} {TABLE}".split())
DROPPED: Final = frozenset(["script", "style"])
"""Elements that go with all they hold; of others that are not allowed the text stays."""
ATTRIBUTES: Final = frozenset(
    ["alt", "colspan", "height", "open", "rowspan", "scope", "start", "style", "title", "width"]
)
STYLES: Final = frozenset(
    ["background-color", "color", "font-style", "font-weight", "margin", "padding", "text-align"]
)
HARMLESS: Final = re.compile(r"[\w\s:;.,#%()-]*")
"""A style without escapes and addresses."""
LINK: Final = re.compile(r"(https?://|mailto:|#)", re.IGNORECASE)
PICTURE: Final = re.compile(r"data:image/(png|svg\+xml)[;,]")
"""What a picture may come from: itself. In `img`, SVG runs no scripts and loads nothing."""
TEXTS, PICTURES = ("html", "markdown", "latex", "plain"), ("png", "jpeg", "svg+xml")
SHOWN: Final = {f"text/{kind}" for kind in TEXTS} | {f"image/{kind}" for kind in PICTURES}

NAMES: Final = {"student", "first_name", "last_name"}


def inert(notebook: Any, resources: Any) -> tuple[Any, Any]:
    """Keep of a notebook what is shown, and of its metadata what nbgrader itself has put there.

    A preprocessor, as nbconvert has it: its templates put some metadata into pages as they are, and
    formgrader's the name of the student.
    """
    for name in NAMES & set(resources):
        resources[name] = escape(str(resources[name]))
    notebook.metadata = {"language_info": {"name": "python"}}
    for place, cell in enumerate(notebook.cells):
        cell.id = f"cell-{place}"
        cell.metadata = {key: cell.metadata[key] for key in _graded(cell.metadata)}
        for output in cell.get("outputs", ()):
            if "data" in output:
                output.data = {kind: output.data[kind] for kind in SHOWN & set(output.data)}
                output.metadata = {}
    return notebook, resources


def _graded(metadata: Any) -> Iterator[str]:
    """Yield nbgrader's key, where what is below it can only be nbgrader's."""
    known = metadata.get("nbgrader")
    if isinstance(known, dict) and re.fullmatch(r"[\w-]+", str(known.get("grade_id"))):
        yield "nbgrader"


@pass_context
def markdown(context: Any, source: str) -> str:
    """Return Markdown as HTML, with no more of the HTML in it than is allowed."""
    return clean(_exporter().markdown2html(context, source))


def clean(html: str) -> str:
    """Return HTML with the elements, attributes, styles and addresses that can do no harm."""
    cleaned: str = _cleaner().clean(html)
    return cleaned


def _allowed(tag: str, name: str, value: str) -> bool:
    match tag, name:
        case "img", "src":
            return PICTURE.match(value) is not None
        case "a", "href":
            return LINK.match(value) is not None
        case _, "style":
            return HARMLESS.fullmatch(value) is not None
    return name in ATTRIBUTES


@lru_cache(1)
def _exporter() -> Any:
    from nbconvert import HTMLExporter

    return HTMLExporter()


@lru_cache(1)
def _cleaner() -> Any:
    from bleach import Cleaner
    from bleach.css_sanitizer import CSSSanitizer
    from bleach.html5lib_shim import Filter

    class Dropped(Filter):  # type: ignore[misc]
        """Leaves out what lies between the tags of elements that are dropped."""

        def __iter__(self) -> Iterator[Any]:
            inside = 0
            for token in super().__iter__():
                here = token.get("name") in DROPPED
                inside += here and token["type"] == "StartTag"
                if not inside and not here:
                    yield token
                inside -= here and token["type"] == "EndTag"

    return Cleaner(
        tags=TAGS | DROPPED,
        attributes=_allowed,
        protocols={"http", "https", "mailto", "data"},
        strip=True,
        filters=[Dropped],
        css_sanitizer=CSSSanitizer(allowed_css_properties=STYLES),
    )


__all__ = ["clean", "inert", "markdown"]
