import json
from html.parser import HTMLParser

import pytest

from autograd_lab.grading.check import Finding, Verdict
from autograd_lab.grading.report import VERDICT, Progress, Report
from autograd_lab.i18n import set_language

HOSTILE = "<script>alert('x')</script> & \"quotes\""


@pytest.fixture(autouse=True)
def _english() -> object:
    """Show the reports in English."""
    set_language("en")
    yield
    set_language(None)


def wrong(part: str, code: str, hint: str = "") -> Finding:
    """Return the finding for a part that is not right."""
    return Finding(part, 0, 1, code, f"what about {part}", hint)


def test_a_right_answer_is_said_in_two_lines() -> None:
    """Points, and every part that is right; nothing to think about."""
    report = Report(Verdict("q2", 2, 2, (Finding("both", 2, 2),)))
    assert str(report) == "q2: 2 of 2 points\n  ✓ both: right"


def test_one_misconception_at_a_time() -> None:
    """Every part is listed, the first wrong one is explained, the others are counted."""
    parts = (Finding("a", 1, 1), wrong("b", "x", "hint b"), wrong("c", "y", "hint c"))
    assert str(Report(Verdict("q2", 1.5, 3.5, parts))).splitlines() == [
        "q2: 1.5 of 3.5 points",
        "  ✓ a: right",
        "  ✗ b: not yet",
        "  ✗ c: not yet",
        "b: what about b [x]",
        "Hint: hint b",
        "1 more part waits; look at this one first.",
    ]


class Tags(HTMLParser):
    """Collects the names of the elements and the text between them."""

    def __init__(self) -> None:
        """Start empty."""
        super().__init__()
        self.names: set[str] = set()
        self.text = ""

    def handle_starttag(self, tag: str, attrs: object) -> None:
        """Remember an element; none has attributes."""
        assert not attrs
        self.names.add(tag)

    def handle_data(self, data: str) -> None:
        """Remember text."""
        self.text += data


def test_html_escapes_everything() -> None:
    """Markup in any text comes out as text, in elements that sanitisers keep."""
    finding = Finding(HOSTILE, 0, 1, HOSTILE, HOSTILE, HOSTILE)
    page = Tags()
    page.feed(Report(Verdict(HOSTILE, 0, 1, (finding,)))._repr_html_())
    assert page.names == {"p", "strong", "ul", "li"}
    assert page.text.count(HOSTILE) == 6


@pytest.mark.parametrize(("attempt", "shown"), [(1, 1), (2, 2), (3, 3), (99, 3)])
def test_hints_grow_with_attempts(attempt: int, shown: int) -> None:
    """The k-th attempt shows the first k hints, as far as there are any."""
    finding = Finding("p", 0, 1, "x", "what", ("one", "two", "three"))
    lines = str(Report(Verdict("q", 0, 1, (finding,)), attempt)).splitlines()
    assert lines[-shown:] == ["Hint: one", "Hint: two", "Hint: three"][:shown]
    assert sum(line.startswith("Hint") for line in lines) == shown


def test_an_example_follows_the_words() -> None:
    """What was called, and what came back, stands before the hint."""
    finding = Finding("p", 0, 1, "x", "what", "hint", example="f(2) returned 3")
    report = str(Report(Verdict("q", 0, 1, (finding,))))
    assert report.splitlines()[-3:] == ["p: what [x]", "f(2) returned 3", "Hint: hint"]


def test_a_notebook_keeps_the_verdict_as_data() -> None:
    """Points and codes can be read from the output, without any words."""
    found = (Finding("a", 1, 1), wrong("b", "x", "hint b"))
    data = Report(Verdict("q2", 1, 2, found))._repr_mimebundle_()
    assert json.loads(json.dumps(data)) == {
        VERDICT: {
            "question": "q2",
            "points": 1.0,
            "max_points": 2.0,
            "findings": [
                {"part": "a", "points": 1.0, "max_points": 1.0, "code": ""},
                {"part": "b", "points": 0.0, "max_points": 1.0, "code": "x"},
            ],
        }
    }


def test_progress_is_a_small_table() -> None:
    """A row per part says how far it is; the last row adds up."""
    table = Progress({"q1": 2, "q2-long": 1.5, "q3": 4}, {"q1": 2, "q2-long": 0.25})
    assert str(table).splitlines() == [
        "✓ q1       2 of 2 points",
        "✗ q2-long  0.25 of 1.5 points",
        "· q3       not tried yet, 4 points",
        "Σ so far   2.25 of 7.5 points",
    ]
    page = Tags()
    page.feed(table._repr_html_())
    assert page.names == {"table", "tr", "td"}
    page.feed(Progress({HOSTILE: 1}, {})._repr_html_())
    assert page.text.count(HOSTILE) == 1
