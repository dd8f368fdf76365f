"""Under the magic only some cells are recorded: what is missing must not look like a mistake."""

import ast
import contextlib
import io
import warnings
from collections.abc import Iterator

import pytest

from autograd_lab.trace import run_cells

from .corpus import Program, programs

RIGHT = [program for program in programs() if program.cause is None]


@pytest.fixture(autouse=True)
def _warnings_are_of_no_interest() -> Iterator[None]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def halves(program: Program) -> tuple[str, str]:
    """Return the program as two texts, cut before the statement in its middle."""
    source = "\n".join(program.cells_for("autograd_lab"))
    statements = ast.parse(source).body
    middle = statements[len(statements) // 2]
    decorators = getattr(middle, "decorator_list", [])
    start = min([middle.lineno, *(decorator.lineno for decorator in decorators)]) - 1
    lines = source.splitlines(keepends=True)
    return "".join(lines[:start]), "".join(lines[start:])


@pytest.mark.parametrize("program", RIGHT, ids=lambda program: program.name)
def test_the_second_half_alone_is_right_too(program: Program) -> None:
    """A right program whose first half nobody watched gets no finding."""
    first, second = halves(program)
    namespace: dict[str, object] = {"__name__": "__main__"}
    with contextlib.redirect_stdout(io.StringIO()):
        exec(first, namespace)
        trace = run_cells([second], namespace)
    assert not trace.broken
    assert trace.findings() == []
