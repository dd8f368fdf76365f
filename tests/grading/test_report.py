from html.parser import HTMLParser

import pytest

from autograd_lab.grading.check import Finding, Verdict
from autograd_lab.grading.report import Report
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
        "b: what about b",
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
    assert page.text.count(HOSTILE) == 5
