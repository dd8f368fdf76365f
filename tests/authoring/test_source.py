"""Reading a text source: what it holds, and what is refused."""

from pathlib import Path

import pytest

from autograd_lab.authoring.source import SourceError, read

LESSON = """\
# %% [markdown] lang="en"
# # Gradient

# %% [markdown] lang="zh"
# # 梯度

# %%
# %%autograd
x = 1

# %% [markdown]
# $y = x^2$
"""


@pytest.fixture
def source_of(tmp_path: Path):
    """Return a function that reads a source from its text."""

    def read_text(text: str):
        path = tmp_path / "lesson.py"
        path.write_text(text, encoding="utf-8")
        return read(path)

    return read_text


def test_a_translated_cell_holds_a_text_per_language(source_of):
    """The two sides of a translation become one cell."""
    first = source_of(LESSON).cells[0]
    assert (first.kind, first.texts) == ("markdown", {"en": "# Gradient", "zh": "# 梯度"})


def test_a_cell_without_lang_is_shared(source_of):
    """Code and untranslated prose read the same in every language."""
    _, code, formula = source_of(LESSON).cells
    assert code.texts == {"en": "%%autograd\nx = 1", "zh": "%%autograd\nx = 1"}
    assert formula.texts == {"en": "$y = x^2$", "zh": "$y = x^2$"}


@pytest.mark.parametrize("blank", ["", "\n\n"])
def test_blank_lines_around_a_translation_mean_nothing(source_of, blank):
    """None or two: the cell is the same."""
    source = source_of(LESSON.replace("\n\n# %%", f"\n{blank}# %%"))
    assert source.cells[0] == source_of(LESSON).cells[0]


def test_a_source_is_named_after_its_file(source_of):
    """The name lacks the folder and the ending."""
    assert source_of(LESSON).name == "lesson"


def test_metadata_of_a_translation_hold_for_both_sides(source_of):
    """They stand on the English side, and `lang` itself is not among them."""
    text = LESSON.replace('lang="en"', 'lang="en" tags=["hint"]')
    assert source_of(text).cells[0].metadata == {"tags": ["hint"]}


def test_what_a_cell_covers_and_shows_stays_out_of_the_notebook(source_of):
    """Both are for the tests and the table of contents; other metadata are not touched."""
    text = LESSON.replace('lang="en"', 'lang="en" covers=["a", "b"] finding=["c"] tags=["d"]')
    first, code, _ = source_of(text).cells
    assert (first.covers, first.findings, first.metadata) == (("a", "b"), ("c",), {"tags": ["d"]})
    assert (code.covers, code.findings) == ((), ())


def test_nbgrader_metadata_are_completed(source_of):
    """A cell names only what differs from nbgrader's plain cell."""
    cells = source_of('# %% nbgrader={"grade_id": "q1", "solution": true}\n1\n').cells
    assert cells[0].metadata["nbgrader"] == {
        "schema_version": 3,
        "grade": False,
        "locked": False,
        "solution": True,
        "task": False,
        "grade_id": "q1",
    }


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "no cells"),
        ('# %% [markdown] lang="en"\n# a\n', "cell 1 ('a'): a translated cell"),
        ('# %% [markdown] lang="zh"\n# a\n\n# %% [markdown] lang="en"\n# b\n', "zh then en"),
        ('# %%\n1\n\n# %% [markdown] lang="en"\n# a\n\n# %%\n2\n', "cell 2 ('a')"),
        ('# %% [markdown] lang="en"\n# a\n\n# %% lang="zh"\n1\n', "of one type"),
        ('# %% [markdown] lang="en"\n# a\n\n# %% [markdown] lang="zh"\n', "'zh' side is empty"),
        ('# %% [markdown] lang="fr"\n# a\n', "unknown lang 'fr'"),
        (LESSON.replace('lang="zh"', 'lang="zh" tags=["a"]'), "metadata beside lang"),
        ("# %% tags=[a]\n1\n", "is not key=value with a JSON value"),
        ('# %% covers="a"\n1\n', "covers is a list of names"),
        ("# %% finding=[1]\n1\n", "finding is a list of names"),
        ('# %% nbgrader={"points": 1}\n1\n', "nbgrader needs a grade_id"),
        ('# %% nbgrader={"grade_id": "q", "pints": 1}\n1\n', "does not know pints"),
        ('# %% nbgrader={"grade_id": "q", "grade": true}\n1\n', "needs points"),
        ('# %% nbgrader={"grade_id": "q"}\n1\n\n# %% nbgrader={"grade_id": "q"}\n2\n', "twice"),
    ],
)
def test_a_broken_source_is_refused_with_the_place_and_the_remedy(source_of, text, message):
    """The error names the file, and says which cell breaks which rule."""
    with pytest.raises(SourceError) as caught:
        source_of(text)
    assert str(caught.value).startswith("lesson.py: ")
    assert message in str(caught.value)


def test_a_missing_source_is_a_file_error(tmp_path):
    """A path without a file gives the usual exception."""
    with pytest.raises(FileNotFoundError):
        read(tmp_path / "absent.py")
