"""A source as a notebook in one language."""

import nbformat
import pytest

from autograd_lab.authoring.notebook import notebook
from autograd_lab.authoring.source import Cell, Source


def _shared(text: str, kind: str = "code", **metadata: object) -> Cell:
    return Cell(kind, {"en": text, "zh": text}, metadata)


SOURCE = Source(
    "lesson",
    (
        Cell("markdown", {"en": "# Gradient", "zh": "# 梯度"}, {"tags": ["title"]}),
        _shared("x = 1", nbgrader={"grade_id": "q1"}),
        _shared("x = 1"),
    ),
)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_notebook_is_valid_and_speaks_its_language(language):
    """nbformat accepts it, and each cell has the text of the language."""
    made = notebook(SOURCE, language)
    nbformat.validate(made)
    assert [cell.source for cell in made.cells] == [cell.texts[language] for cell in SOURCE.cells]


def test_metadata_pass_through_as_a_copy():
    """What the source says about a cell is on the cell; changing it there leaves the source."""
    made = notebook(SOURCE, "en")
    assert made.cells[1].metadata == {"nbgrader": {"grade_id": "q1"}}
    made.cells[1].metadata["nbgrader"]["grade_id"] = "changed"
    assert SOURCE.cells[1].metadata["nbgrader"]["grade_id"] == "q1"


def test_cell_ids_are_distinct_and_the_same_in_every_language():
    """Equal cells get different ids; translations of one cell get the same."""
    ids = [[cell.id for cell in notebook(SOURCE, language).cells] for language in ("en", "zh")]
    assert ids[0] == ids[1]
    assert len(set(ids[0])) == 3


def test_a_cell_keeps_its_id_when_another_is_put_before_it():
    """An id depends on the content, so that a small change is a small difference in the file."""
    longer = Source("lesson", (_shared("import this"), *SOURCE.cells))
    before = [cell.id for cell in notebook(SOURCE, "en").cells]
    assert [cell.id for cell in notebook(longer, "en").cells][1:] == before


def test_generation_is_reproducible():
    """The same source gives the same bytes."""
    assert nbformat.writes(notebook(SOURCE, "zh")) == nbformat.writes(notebook(SOURCE, "zh"))


def test_an_unknown_language_is_refused():
    """The error lists the languages there are."""
    with pytest.raises(ValueError, match="no language 'fr'; the sources have en, zh"):
        notebook(SOURCE, "fr")
