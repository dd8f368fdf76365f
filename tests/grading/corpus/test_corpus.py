"""The corpus as one class, through the hardened grader: each submission gets its own verdict."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat
import pytest

from autograd_lab.grading.runner import FLAGS
from tests.grading.corpus.broken import BROKEN
from tests.grading.corpus.case import ASSIGNMENT, Cases
from tests.grading.corpus.cheating import CHEATING
from tests.grading.corpus.class_of import Graded, graded_class
from tests.grading.corpus.odd import ODD

CORPUS: Cases = {**BROKEN, **ODD, **CHEATING}


@pytest.fixture(scope="module")
def graded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Graded]:
    """Grade the corpus in one course, one process after the other from one fork server."""

    def hand_in(released: Any, submitted: Path) -> None:
        for name, case in CORPUS.items():
            case.hand_in(released, submitted / name / ASSIGNMENT)

    with graded_class(tmp_path_factory, hand_in) as found:
        yield found


def printed(notebook: Any) -> str:
    """Return all that the cells of a notebook printed."""
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", ())]
    return "".join(output.get("text", "") for output in outputs)


def test_there_are_enough() -> None:
    """At least 25 are broken, 20 odd, 25 cheating, and no name is used twice."""
    assert len(BROKEN) >= 25
    assert len(ODD) >= 20
    assert len(CHEATING) >= 25
    assert len(CORPUS) == len(BROKEN) + len(ODD) + len(CHEATING)


@pytest.mark.parametrize("name", CORPUS)
def test_a_submission_gets_its_verdict(graded: Graded, name: str) -> None:
    """Points per question, the reason for the student and the flag for the instructor are as stated."""
    case = CORPUS[name]
    assert graded.scores[name] == {"q2-predict": case.predict, "q2-implement": case.implement}
    notebook = graded.notebook(name)
    written = nbformat.writes(notebook)
    assert re.search(case.told, written)
    assert not re.search("STOLEN|WRITTEN|ESCAPED", printed(notebook))
    assert notebook.metadata[FLAGS] == graded.flags[name]
    if case.flag:
        assert case.flag in "\n".join(graded.flags[name])
    else:
        assert graded.flags[name] == []
