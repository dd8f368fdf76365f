"""One Chinese word per term, in the lessons, the exercises and what the program says."""

import json
import tomllib
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from autograd_lab.authoring.source import read
from autograd_lab.i18n import CATALOGUES, DOMAIN, LOCALE
from tests.lessons import SOURCES

DATA = Path(__file__).parents[1] / "data"
TERMS = json.loads((DATA / "glossary.json").read_text(encoding="utf-8"))["terms"]
FORBIDDEN = {word: term["use"] for term in TERMS for word in term["not"]}
CLAIMS = {
    f"{document}/{key}": sentence
    for document, claims in tomllib.loads(
        (DATA / "seed_claims.toml").read_text(encoding="utf-8")
    ).items()
    for key, sentence in claims.items()
}
EXERCISES = sorted((SOURCES[0].parents[2] / "exercises").glob("*/ps*.py"))


def wrong_words(text):
    """Return the forbidden words in a text, each with the one to use."""
    return {word: use for word, use in FORBIDDEN.items() if word in text}


def test_the_glossary_does_not_contradict_itself():
    """No word to use contains a forbidden one, nor is a word forbidden that is part of one to use."""
    for term in TERMS:
        assert not wrong_words(term["use"])
        assert not [word for word in FORBIDDEN if word in term["use"]]
    assert len(FORBIDDEN) == sum(len(term["not"]) for term in TERMS)


@pytest.mark.parametrize("path", [*SOURCES, *EXERCISES], ids=lambda path: path.stem)
def test_notebooks_use_the_terms(path):
    """A mistranslation may be shown where the cell covers the claim that puts it right."""
    for cell in read(path).cells:
        excused = "".join(CLAIMS[claim] for claim in cell.covers)
        wrong = wrong_words(cell.texts["zh"])
        assert not {word: use for word, use in wrong.items() if word not in excused}


@pytest.fixture(scope="module")
def said():
    """Every translated text of the program."""
    with (LOCALE / CATALOGUES["zh"] / "LC_MESSAGES" / f"{DOMAIN}.po").open("rb") as file:
        strings = [message.string for message in read_po(file)]
    return [text for s in strings for text in (s if isinstance(s, tuple) else [s])]


def test_the_program_uses_the_terms(said):
    """Findings, labs, views, checks."""
    assert {text: wrong for text in said if (wrong := wrong_words(text))} == {}


def test_each_term_is_used(said):
    """A term that nobody reads is none to keep consistent."""
    read_by_learners = "".join(said)
    read_by_learners += "".join(c.texts["zh"] for path in SOURCES for c in read(path).cells)
    assert [term["use"] for term in TERMS if term["use"] not in read_by_learners] == []
