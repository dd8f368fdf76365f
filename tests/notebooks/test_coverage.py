"""The lessons cover the documents they replace, and the table that says where is in step."""

import tomllib
from pathlib import Path

from autograd_lab.authoring.contents import MARK, contents
from autograd_lab.authoring.source import read
from tests.lessons import NOTEBOOKS, SOURCES

DATA = Path(__file__).parents[1] / "data" / "seed_claims.toml"
DOCUMENTS = tomllib.loads(DATA.read_text(encoding="utf-8"))
CLAIMS = {f"{document}/{key}" for document, claims in DOCUMENTS.items() for key in claims}
COVERED = {claim for path in SOURCES for cell in read(path).cells for claim in cell.covers}


def test_every_claim_is_covered():
    """Each example, claim, mistake and open question of the five documents is taught in some cell."""
    assert sorted(CLAIMS - COVERED) == []


def test_what_is_covered_is_a_claim():
    """A misspelt id would cover nothing."""
    assert sorted(COVERED - CLAIMS) == []


def test_the_table_is_in_step_with_the_sources():
    """Nobody changed a lesson without building it."""
    by_hand, mark, tables = (NOTEBOOKS / "README.md").read_text(encoding="utf-8").partition(MARK)
    assert by_hand and mark
    assert tables == contents([read(path) for path in SOURCES])
