"""`autograd-lab report`: the class as a page and a table, whatever its names are."""

import csv
import re
from datetime import datetime
from html.parser import HTMLParser
from pathlib import Path

import pytest
from click.testing import CliRunner

from autograd_lab.cli import main
from autograd_lab.cli.report import write_table
from autograd_lab.cli.report_page import page
from autograd_lab.grading.overview import Overview, Part, Submission
from autograd_lab.i18n import set_language

HOSTILE = "<script>alert('x')</script>\"&"
FORMULA = '=HYPERLINK("http://x")'
LATE = datetime(2026, 3, 1, 12, 0, 1)


@pytest.fixture(autouse=True)
def _english() -> object:
    """Write in English."""
    set_language("en")
    yield
    set_language(None)


def overview() -> Overview:
    """Return a class of three, one of whom handed in nothing."""
    hostile = {
        "q1-a": Part(1, 2, False, ("expects-overwrite", HOSTILE)),
        "q1-b": Part(0, 3, True),
    }
    other = {"q1-a": Part(1.5, 2, False, ("expects-overwrite",)), "q1-b": Part(0, 3, True)}
    found = (
        Submission(HOSTILE, LATE, True, 1, hostile),
        Submission(FORMULA, None, False, 1.5, other),
    )
    return Overview("ps1", 5, found, ("王 小明",))


class Text(HTMLParser):
    """Collects the text of a page, its elements and its addresses."""

    def __init__(self, html: str) -> None:
        """Read a page."""
        super().__init__()
        self.text = ""
        self.names: set[str] = set()
        self.addresses: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Remember an element and where it leads."""
        self.names.add(tag)
        self.addresses += [value or "" for name, value in attrs if name in {"src", "href"}]

    def handle_data(self, data: str) -> None:
        """Remember text."""
        self.text += data


def test_the_page_says_what_there_is(tmp_path: Path) -> None:
    """Counts, means, misconceptions, times, and who handed in nothing."""
    shown = Text(page(overview(), tmp_path)).text
    for words in [
        "2 submissions were graded; 1 came late, 2 wait for a person to grade them.",
        "Half of the class have 1.25 of 5 points or more.",
        "Nothing was handed in by: 王 小明",
        "1.25 of 2 points on average.",
        "Nobody has graded this yet.",
        "2026-03-01 12:00 (late)",
    ]:
        assert words in shown
    assert re.search(r"expects-overwrite\s*2", shown)


def test_the_page_is_alone_and_escapes_everything(tmp_path: Path) -> None:
    """No script, no address but those of the course; names come out as they are."""
    name = "#a?b%2e <b>"
    (tmp_path / "feedback" / name / "ps1").mkdir(parents=True)
    (tmp_path / "feedback" / name / "ps1" / "ps1.html").touch()
    made = overview()
    renamed = Submission(name, None, False, 0, made.submissions[0].parts)
    shown = Text(page(Overview("ps1", 5, (*made.submissions, renamed), ()), tmp_path))
    assert not shown.names & {"script", "link", "iframe", "b"}
    assert shown.text.count(HOSTILE) == 4  # the student, the code in its table and in two rows
    links = [address for address in shown.addresses if not address.startswith("data:image/png")]
    assert links == ["../feedback/%23a%3Fb%252e%20%3Cb%3E/ps1/ps1.html"]
    assert len(shown.addresses) > 2


def test_the_page_speaks_chinese(tmp_path: Path) -> None:
    """In a Chinese course the page is in Chinese; nothing is said on stderr about fonts."""
    set_language("zh")
    html = page(overview(), tmp_path)
    assert '<html lang="zh">' in html
    assert "提交" in Text(html).text


def test_the_table_is_harmless(tmp_path: Path) -> None:
    """A row per student, for spreadsheets too: no name becomes a formula."""
    write_table(overview(), tmp_path / "t.csv")
    assert (tmp_path / "t.csv").read_bytes().startswith(b"\xef\xbb\xbf")
    with (tmp_path / "t.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["student"] for row in rows] == [HOSTILE, f"'{FORMULA}", "王 小明"]
    assert rows[0]["submitted_utc"] == "2026-03-01 12:00:01"
    assert rows[0]["q1-a_codes"] == f"expects-overwrite {HOSTILE}"
    assert [row["score"] for row in rows] == ["1", "1.5", "0.0"]
    assert [row["late"] for row in rows] == ["1", "0", ""]


def test_a_course_without_gradebook_is_one_line(tmp_path: Path) -> None:
    """What is missing is said, and nothing is made."""
    result = CliRunner().invoke(main, ["report", "ps1", "--course", str(tmp_path)])
    assert result.exit_code == 1
    assert result.output.startswith("Error: there is no gradebook")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "url", ["postgresql:///class?host=/nowhere", "no address", "nosql://class"]
)
def test_a_gradebook_that_cannot_be_opened_is_one_line(tmp_path: Path, url: str) -> None:
    """A server that is not there, or an address that is none, is told of."""
    config = f"c = get_config()\nc.CourseDirectory.db_url = {url!r}\n"
    (tmp_path / "nbgrader_config.py").write_text(config, encoding="utf-8")
    result = CliRunner().invoke(main, ["report", "ps1", "--course", str(tmp_path)])
    assert result.exit_code == 1
    assert result.output.startswith("Error: the gradebook cannot be opened: ")
    assert not (tmp_path / "reports").exists()


@pytest.mark.parametrize(
    ("name", "said"), [("ps9", "there are: ps1"), ("ps1", "nothing was autograded")]
)
def test_an_assignment_without_submissions_is_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, said: str
) -> None:
    """An unknown name is answered with the known ones; one that nobody handed in, too."""
    monkeypatch.setenv("PATH", "")  # taken back after the command has added to it
    folder = tmp_path / "course"
    assert CliRunner().invoke(main, ["course", "new", str(folder)]).exit_code == 0
    result = CliRunner().invoke(main, ["report", name, "--course", str(folder)])
    assert result.exit_code == 1
    assert said in result.output
    assert not (folder / "reports").exists()
