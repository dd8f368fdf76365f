"""Some cells are not recorded, or the end of a long one: what is missing must not look like a mistake."""

import ast
import contextlib
import io
import warnings
from collections.abc import Iterator

import pytest

from autograd_lab.trace import run_cells
from tests.account import check_account

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
    check_account(trace)


BEGINNINGS = {
    "losses added in a loop, one backward",
    "truncated backpropagation through time",
    "the same graph twice on purpose",
    "MAML, every task starts from the meta weights",
    "Newton with a Hessian from repeated grad",
    "a lesson shows that gradients add up",
    "a codebook gets None and moves by running means",
    "before and after",
    "a physics rollout, the state detached every few steps",
    "several starting points, the best is kept",
}
"""Right programs of which a beginning looks like a mistake."""


@pytest.mark.parametrize(
    "program", [p for p in RIGHT if p.title in BEGINNINGS], ids=lambda program: program.name
)
def test_the_beginning_alone_is_right_too(program: Program) -> None:
    """Whatever the number of events is after which a right program's are only counted."""
    cells = program.cells_for("autograd_lab")
    with contextlib.redirect_stdout(io.StringIO()):
        count = len(run_cells(cells).events)
        for limit in range(1, count, max(1, count // 12)):
            trace = run_cells(cells, limit=limit)
            assert trace.truncated
            assert trace.findings() == [], limit


def test_what_happened_is_found_however_long_it_goes_on() -> None:
    """Gradients that added up before the record was full are a mistake whatever came later."""
    loop = "for _ in range(30):\n    w.pow(2).sum().backward()\n    opt.step()"
    start = "import autograd_lab as torch\nw = torch.ones(2, requires_grad=True)\n"
    trace = run_cells([f"{start}opt = torch.optim.SGD([w], lr=0.1)\n{loop}"], limit=60)
    assert trace.truncated
    assert [finding.rule for finding in trace.findings()] == ["accumulated-grad"]


def test_a_long_training_loop_is_read_from_its_rounds() -> None:
    """What each recorded round lacks, the others lack too, whatever is computed afterwards."""
    loop = """
for _ in range(40):
    penalty = (w ** 2).sum().item()
    loss = (w - 1).abs().sum() + 0.1 * penalty
    opt.zero_grad()
    loss.backward()
    opt.step()
print((w * 2).detach())
"""
    start = "import autograd_lab as torch\nw = torch.ones(2, requires_grad=True)\n"
    program = f"{start}opt = torch.optim.SGD([w], lr=0.1)\n{loop}"
    with contextlib.redirect_stdout(io.StringIO()):
        whole, cut = run_cells([program]), run_cells([program], limit=100)
    assert cut.truncated
    found = [(finding.rule, finding.line) for finding in whole.findings()]
    assert [(finding.rule, finding.line) for finding in cut.findings()] == found
    assert ("penalty-of-numbers", "penalty = (w ** 2).sum().item()") in found
