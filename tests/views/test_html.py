"""The HTML bundle: it stands alone, survives a sanitiser, and lets nothing out."""

import base64
import re
from collections.abc import Callable
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from autograd_lab.trace.model import Saved, Trace, Value
from autograd_lab.views import html, text
from tests.trace.recorded_cells import run


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


def test_a_glance_holds_a_sentence_and_a_figure_and_the_rest_is_closed(example: Trace) -> None:
    """Steps, ledger, lines, and tensors with their bytes open on a click each, without a script."""
    page = Page(html.render(example, static=True))
    assert page.names()[:4] == ["div", "p", "figure", "img"]
    closed = [attrs for name, attrs in page.tags if name == "details"]
    assert [attrs["data-table"] for attrs in closed] == ["steps", "ledger", "lines", "tensors"]
    assert not any("open" in attrs for attrs in closed)
    assert page.text.startswith("4 operations from x to out")


def test_the_tables_hold_every_step_and_every_tensor(example: Trace) -> None:
    """Steps about gradients under their number, tensors with value, formula and what they keep."""
    text = Page(html.render(example, static=True)).text
    assert "→ y (self) grad · other = [[2.2500, 2.2500], [2.2500, 2.2500]]" in text
    assert "8y * y MulBackward0 · line 3" in text
    assert "float32 [2, 2] [[9., 9.], [9., 9.]]" in text
    assert "self 16 bytesother 16 bytes" in text


def test_findings_stand_before_the_figure(example: Trace, found: Callable[..., object]) -> None:
    """The best is open at the first glance, also where there is no graph."""
    names = Page(html.render(example, [found(), found()])).names()
    assert names.index("details") < names.index("figure")
    assert "w.grad holds" in Page(html.render(Trace(), [found()])).text


TAGS = {"b", "br", "code", "details", "div", "figcaption", "figure", "i", "img", "p", "pre"}
TAGS |= {"small", "span", "summary", "table", "tbody", "td", "th", "thead", "tr"}


@pytest.mark.parametrize("which", ["example", "hostile"])
def test_figure_and_tables_survive_a_sanitiser(which: str, request: pytest.FixtureRequest) -> None:
    """With scripts, styles, classes and data attributes gone, they still say everything."""
    bleach = pytest.importorskip("bleach")
    trace = request.getfixturevalue(which)
    source = html.render(trace, static=True)
    kept = bleach.clean(
        html.render(trace),
        tags=TAGS,
        attributes={"img": ["src", "alt"]},
        protocols=["data"],
        strip=True,
    )
    before, after = Page(source), Page(kept)
    assert after.image() == before.image()
    assert before.names() == after.names()
    assert before.text in after.text
    assert not any(set(attrs) - {"src", "alt"} for _, attrs in after.tags)


def test_hostile_text_becomes_text(hostile: Trace, found: Callable[..., object]) -> None:
    """One image and one script, both ours; no attribute that runs anything."""
    attack = "</script><img src=x onerror=alert(1)>"
    page = Page(html.render(hostile, [found(line=attack, what=attack, why=attack, fix=attack)]))
    assert page.names().count("img") == 1
    assert page.names().count("script") == 1
    assert set(page.names()) <= TAGS | {"script"}
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


def test_a_static_form_has_no_script(example: Trace) -> None:
    """Everything else is the same."""
    static, full = html.render(example, static=True), html.render(example)
    assert "<script" not in static
    assert unnumbered(full).startswith(unnumbered(static))


def test_an_error_is_told_under_the_picture(severed: Trace) -> None:
    """The graph up to that point is shown, then the error in one line; no account of gradients."""
    page = Page(html.render(severed))
    assert "The cell stopped with NameError: name 'zz' is not defined" in page.text
    assert 'data-table="ledger"' not in html.render(severed)


def test_an_error_of_the_backward_pass_is_told_once(failed: Trace) -> None:
    """The table and the stepper tell it at the last step; the caption is silent."""
    page = Page(html.render(failed))
    assert page.text.count("a second time") == 1
    assert "The cell stopped" not in page.text


def test_a_cell_without_a_graph_is_one_line() -> None:
    """Neither figure nor script, only the sentence."""
    page = Page(html.render(Trace()))
    assert page.names() == ["p"]
    assert page.text.startswith("No graph to show")


def test_thirty_nodes_fit_in_sixty_kilobytes(
    chain: Callable[[int], Trace], looped: Callable[[int], Trace]
) -> None:
    """One output stays small enough for a notebook full of them, loops and their pictures included."""
    lined = chain(30)
    nodes = tuple(replace(node, line=node.id) for node in lined.graph.nodes)
    apart = replace(lined, source="h = h * w\n" * 30, graph=replace(lined.graph, nodes=nodes))
    for trace in (apart, looped(14)):
        assert len(html.render(trace).encode("utf-8")) <= 60_000


WIDE = "h = h @ w + x  # layer {}\nh = h * torch.sigmoid(x) - {}.\n"
BLOCKS = {
    "wide": ("randn(32, 32)", "".join(WIDE.format(i, i) for i in range(5)), "(h**2).mean()"),
    "square": (
        "randn(8, 8)",
        "h = torch.tanh(h @ w + x)\nh = h * torch.sigmoid(x)\n" * 5,
        "h.sum()",
    ),
    "small": (
        "randn(3, 3)",
        "h = torch.tanh(h @ w) + x  # a layer of the network\n" * 9,
        "h.sum()",
    ),
}
"""Cells of thirty nodes: how their tensors are made, what is done to them, and the loss."""


@pytest.mark.parametrize("library", ["autograd_lab", "torch"])
@pytest.mark.parametrize("cell", BLOCKS)
def test_a_cell_of_thirty_nodes_fits_in_sixty_kilobytes(cell: str, library: str) -> None:
    """In all: every layer uses the input, and the values are longer than there is room for."""
    pytest.importorskip(library)
    made, block, loss = BLOCKS[cell]
    lines = block.splitlines(keepends=True)
    body = "".join(f"h{n} = h\n{line}" if n % 2 else line for n, line in enumerate(lines))
    source = f"import {library} as torch\ntorch.manual_seed(0)\n" + "".join(
        f"{name} = torch.{made}.requires_grad_()\n" for name in "xw"
    )
    trace = run(f"{source}h = x\n{body}loss = {loss}\nloss.backward()\n", {})
    assert 27 <= len(trace.graph.nodes) <= 30
    assert len(html.render(trace, trace.findings()).encode("utf-8")) <= 58_000


@pytest.mark.parametrize(("length", "told"), [(10, True), (30, False)])
def test_of_many_steps_long_values_are_a_glimpse(
    chain: Callable[[int], Trace], length: int, told: bool
) -> None:
    """What a node kept is then left to the table of tensors; a matrix of 2 by 2 is always whole."""
    long = Value((3, 2), "float32", "[[0.5000, 0.2500], [0.1250, 0.0625], [0.5000, 0.2500]]")
    trace = chain(length)
    nodes = tuple(
        replace(n, line=n.id, saved=(Saved("other", long, 24),)) for n in trace.graph.nodes
    )
    text = Page(
        html.render(replace(trace, graph=replace(trace.graph, nodes=nodes)), static=True)
    ).text
    assert (f"saved other {long.text}" in text) is ("saved other" in text) is told
    assert "other 24 bytes" in text
    assert "gradient in [[1.0625, 1.0625], [1.0625, 1.0625]]" in text


def test_a_huge_graph_says_how_much_of_it_is_shown(chain: Callable[[int], Trace]) -> None:
    """The picture is cropped, and that is said; the output does not grow with the graph."""
    trace = chain(2000)
    nodes = tuple(replace(node, line=node.id) for node in trace.graph.nodes)
    source = html.render(replace(trace, graph=replace(trace.graph, nodes=nodes)))
    assert "150 of 2000 nodes are shown" in Page(source).text
    assert len(source) < 400_000


def test_a_long_loop_is_small(looped: Callable[[int], Trace]) -> None:
    """A thousand turns are one box, and the steps in the middle are a count."""
    source = html.render(looped(1000))
    assert "more steps" in Page(source).text
    assert len(source) < 300_000


def test_a_page_stands_alone(example: Trace) -> None:
    """A whole document in its language, which asks for nothing from outside."""
    page = html.page(html.render(example))
    assert page.startswith('<!doctype html><html lang="en"><head><meta charset="utf-8">')
    assert page.count("<html") == page.count("</html>") == 1
    assert not re.findall(r"https?://(?!www\.w3\.org/2000/svg)|src=\"(?!data:)|<link|@import", page)


def test_modules_of_a_deep_net_are_boxes_with_their_names(layered: Trace) -> None:
    """Where there are too many operations to take in, with pictures of the opened modules."""
    page = Page(html.render(layered))
    picture = base64.b64decode(str(page.image()["src"]).split(",")[1]).decode()
    assert re.findall(r'class="name">(net\.\d+)<', picture) == [f"net.{n}" for n in range(20)]
    assert "2 operations</text>" in picture
    assert "net.3.weight" in page.text
    assert "● net.3" in text.render(layered)
