"""The tables that a folder of lessons gets."""

from autograd_lab.authoring.contents import MARK, contents, write_contents
from autograd_lab.authoring.source import Cell, Source


def _source(name: str, *covered: tuple[str, ...]) -> Source:
    title = Cell("markdown", {"en": "# Six\n\nText", "zh": "# 六"}, {})
    code = (Cell("code", {"en": "6", "zh": "6"}, {}, covers) for covers in covered)
    return Source(name, (title, *code))


SOURCES = [
    _source("01_six", ("000/2.5/in10-sum", "000/2.5/in9-two-words"), ()),
    _source("02_six", (), ("000/2.5/in9-two-words",)),
]


def test_each_lesson_is_listed_with_its_title_in_each_language():
    """The title is the first heading; it leads to the notebook. So few words take no minute."""
    assert "| [Six](en/01_six.ipynb) | [六](zh/01_six.ipynb) | 0 / 0 |\n" in contents(SOURCES)


def test_a_claim_leads_to_every_cell_that_covers_it():
    """Cells are counted from 1, claims stand in the order of their numbers."""
    rows = [line for line in contents(SOURCES).splitlines() if line.startswith("| 000")]
    assert rows == [
        "| 000 | 2.5 | in9 two words | [01_six](en/01_six.ipynb), cell 2; "
        "[02_six](en/02_six.ipynb), cell 3 |",
        "| 000 | 2.5 | in10 sum | [01_six](en/01_six.ipynb), cell 2 |",
    ]


def test_what_is_written_by_hand_stays(tmp_path):
    """Only what follows the mark is replaced; a file without it, or no file, is left alone."""
    readme = tmp_path / "README.md"
    write_contents(readme, SOURCES)
    assert not readme.exists()
    for before, after in [("# Mine\n", "# Mine\n"), (f"# Mine\n{MARK}old", f"# Mine\n{MARK}new")]:
        readme.write_text(before, encoding="utf-8")
        write_contents(readme, SOURCES)
        assert readme.read_text(encoding="utf-8") == after.replace("new", contents(SOURCES))
