"""The HTML bundle: it stands alone, survives a sanitiser, and lets nothing out."""

import base64
import re
from collections.abc import Callable
from html.parser import HTMLParser

import pytest

from autograd_lab.trace.model import Trace
from autograd_lab.views import html


class Page(HTMLParser):
    """The tags of a page with their attributes, and its text outside scripts and styles."""

    def __init__(self, source: str) -> None:
        """Parse `source`."""
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(source)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a tag."""
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        """Note text."""
        if self.cdata_elem is None:
            self.text += data

    def names(self) -> list[str]:
        """Return the names of all tags in order."""
        return [name for name, _ in self.tags]

    def image(self) -> dict[str, str | None]:
        """Return the attributes of the only image."""
        (attributes,) = (attrs for name, attrs in self.tags if name == "img")
        return attributes


def unnumbered(source: str) -> str:
    """Return the HTML without the counter in its name."""
    return re.sub(r"(al-[0-9a-f]{12})-\d+", r"\1", source)


def test_the_figure_is_an_image_with_a_description(example: Trace) -> None:
    """The picture is embedded, and its alternative text says what it leads to."""
    image = Page(html.render(example)).image()
    kind, data = str(image["src"]).split(",")
    assert kind == "data:image/svg+xml;base64"
    assert base64.b64decode(data).startswith(b"<svg ")
    assert image["alt"] == (
        "Graph of 5 tensors; leading to out; x.grad [[4.5000, 4.5000], [4.5000, 4.5000]]."
    )


def test_the_table_holds_every_step(example: Trace) -> None:
    """Six steps under a head, folded away until asked for."""
    page = Page(html.render(example))
    assert page.names().count("tr") == 7
    assert page.names().index("details") < page.names().index("table")
    assert "→ y (self): grad · other = [[2.2500, 2.2500], [2.2500, 2.2500]]" in page.text


def test_figure_and_table_survive_a_sanitiser(example: Trace) -> None:
    """With scripts, styles, classes and data attributes gone, both still say everything."""
    bleach = pytest.importorskip("bleach")
    source = html.render(example)
    tags = [
        "figure",
        "figcaption",
        "img",
        "details",
        "summary",
        "table",
        "thead",
        "tbody",
        "tr",
        "th",
        "td",
        "code",
        "br",
    ]
    kept = bleach.clean(
        source, tags=tags, attributes={"img": ["src", "alt"]}, protocols=["data"], strip=True
    )
    before, after = Page(source), Page(kept)
    assert after.image() == before.image()
    assert [name for name in before.names() if name in tags] == after.names()
    assert "→ y (self): grad · other = [[2.2500, 2.2500], [2.2500, 2.2500]]" in after.text


def test_hostile_text_becomes_text(hostile: Trace) -> None:
    """One image and one script, both ours; no attribute that runs anything."""
    page = Page(html.render(hostile))
    assert page.names().count("img") == 1
    assert page.names().count("script") == 1
    assert not any(key.startswith("on") for _, attrs in page.tags for key in attrs)
    assert "<img src=x onerror=alert(1)>" in page.text
    html.render(hostile).encode("utf-8")


def test_the_same_trace_gives_the_same_html_under_a_new_name(example: Trace) -> None:
    """Two outputs differ in their counter alone, which keeps them apart on one page."""
    first, second = html.render(example), html.render(example)
    assert first != second
    assert unnumbered(first) == unnumbered(second)


def test_the_script_finds_the_output_it_belongs_to(example: Trace) -> None:
    """The name in the script is the name in the markup."""
    source = html.render(example)
    names = re.findall(r'data-autograd="(.*?)"', source)
    assert len(names) == 2 and len(set(names)) == 1


def test_an_error_is_told_under_the_picture(severed: Trace) -> None:
    """The graph up to that point is shown, then the error in one line; no empty table."""
    page = Page(html.render(severed))
    assert "The cell stopped with NameError" in page.text
    assert "table" not in page.names()


def test_an_error_of_the_backward_pass_is_told_once(failed: Trace) -> None:
    """The table and the stepper tell it at the last step; the caption is silent."""
    page = Page(html.render(failed))
    assert page.text.count("a second time") == 1
    assert "The cell stopped" not in page.text
    assert html.render(failed).count("a second time") == 2


def test_a_cell_without_a_graph_is_one_line() -> None:
    """Neither figure nor script, only the sentence."""
    page = Page(html.render(Trace()))
    assert page.names() == ["p"]
    assert page.text.startswith("No graph to show")


def test_thirty_nodes_fit_in_sixty_kilobytes(chain: Callable[[int], Trace]) -> None:
    """One output stays small enough for a notebook full of them."""
    assert len(html.render(chain(30)).encode("utf-8")) <= 60_000


def test_a_huge_graph_says_how_much_of_it_is_shown(
    chain: Callable[[int], Trace], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The picture is cropped, the steps are capped, and both are said."""
    monkeypatch.setattr(html, "MAX_STEPS", 100)
    page = Page(html.render(chain(2000)))
    assert "150 of 2000 nodes are shown" in page.text
    assert "… and 51 more steps" in page.text
    assert page.names().count("tr") == 101
