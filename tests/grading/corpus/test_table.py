"""The page that shows the corpus beside stock nbgrader tells of this corpus, and counts right."""

import re
from pathlib import Path

from tests.grading.corpus.broken import BROKEN
from tests.grading.corpus.cheating import CHEATING
from tests.grading.corpus.odd import ODD

PAGE = (Path(__file__).parents[3] / "exercises" / "CORPUS.md").read_text(encoding="utf-8")
ROW = re.compile(r"^\| `(\w+)` \| ([\d.]+) \| ([\d.]+|none) \| (.*) \|$", re.MULTILINE)
SECTIONS = [
    {name: (float(ours), stock, told) for name, ours, stock, told in ROW.findall(section)}
    for section in PAGE.split("\n## ")[1:]
]


def test_every_submission_is_shown_with_its_points() -> None:
    """In each section stand exactly the names of the corpus, with the points that it demands of us."""
    wanted = [
        {name: case.predict + case.implement for name, case in cases.items()}
        for cases in (BROKEN, ODD, CHEATING)
    ]
    assert [{name: row[0] for name, row in rows.items()} for rows in SECTIONS] == wanted


def test_the_counts_are_those_of_the_rows() -> None:
    """How many cheats gain, and who loses or gets nothing, follows from the table."""
    broken, odd, cheating = SECTIONS
    tried = {name: row for name, row in cheating.items() if not row[2].startswith("not run")}
    won = {
        name: float(stock)
        for name, (ours, stock, told) in tried.items()
        if stock != "none" and (float(stock) > ours or "where nothing was asked" in told)
    }
    lost = [
        name for name, (ours, stock, _told) in odd.items() if stock == "none" or float(stock) < ours
    ]
    said = [
        f"{len(won)} of {len(tried)} gain points on stock, {sum(p >= 7 for p in won.values())} of them",
        f"{sum(stock == 'none' for _ours, stock, _told in tried.values())} end without a grade",
        f"{len(lost)} of {len(odd)} lose points",
        f"{sum(stock == 'none' for _ours, stock, _told in broken.values())} of {len(broken)} get no",
    ]
    counts = re.sub(r"\s+", " ", PAGE.partition("\n## ")[0])
    assert [text for text in said if text not in counts] == []
