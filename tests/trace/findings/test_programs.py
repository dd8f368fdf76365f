"""Every program of the corpus: how it ends, and what the findings say about it."""

import contextlib
import io
import warnings
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest

from autograd_lab.trace import run_cells
from autograd_lab.trace.findings import find
from autograd_lab.trace.findings.registry import rules
from tests.account import check_account

from .corpus import Program, programs

PROGRAMS = programs()
ENGINES = [
    pytest.param("autograd_lab"),
    pytest.param("torch", marks=pytest.mark.needs_torch),
]
by_name = pytest.mark.parametrize("program", PROGRAMS, ids=lambda program: program.name)
on_engines = pytest.mark.parametrize("engine", ENGINES)


@pytest.fixture(autouse=True)
def _warnings_are_of_no_interest() -> Iterator[None]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


@on_engines
@by_name
def test_the_program(program: Program, engine: str) -> None:
    """It ends as its heading says, what is found is right, and its gradients are told as they were.

    One test for both: a test of its own costs as much as to run the program.
    """
    cells = program.cells_for(engine)
    with contextlib.redirect_stdout(io.StringIO()):
        assert ending(cells) == program.raises
        trace = run_cells(cells)
    assert not trace.broken
    check_account(trace)
    findings = find(trace)
    if program.cause is None:
        assert findings == []
    else:
        assert findings, "nothing was found"
        check(findings[0], program, cells)


def ending(cells: list[str]) -> str:
    """Return the name of what the last cell raises, all before it having run through; "" for nothing."""
    namespace: dict[str, object] = {"__name__": "__main__"}
    *earlier, last = cells
    for cell in earlier:
        exec(cell, namespace)
    try:
        exec(last, namespace)
    except Exception as error:
        return type(error).__name__
    return ""


def check(first: Any, program: Program, cells: list[str]) -> None:
    """See that the first finding is the program's misconception, points at the cause and explains it."""
    assert program.cause is not None
    assert (first.misconception, first.level) == (program.misconception, program.label)
    assert (first.cell, first.number) == program.cause
    cell, number = program.cause
    assert first.line == cells[cell].splitlines()[number - 1].strip()
    assert first.what
    assert first.why
    assert first.fix


COVERED = sorted({rule.misconception for rule in rules})


@pytest.mark.parametrize("misconception", COVERED)
def test_the_corpus_is_wide_enough(misconception: int) -> None:
    """Each misconception has at least six programs that show it and six that only look like it."""
    kinds = Counter(
        program.cause is None for program in PROGRAMS if program.misconception == misconception
    )
    assert kinds[False] >= 6
    assert kinds[True] >= 6


def test_program_names_differ() -> None:
    """A test report names one program only."""
    names = Counter(program.name for program in PROGRAMS)
    assert [name for name, count in names.items() if count > 1] == []
