"""Cells of many lines: the work of finding grows with them, not with their square."""

import sys
from typing import Any

from autograd_lab.trace import run_cells
from autograd_lab.trace.findings import find


def calls(lines: int) -> int:
    """Return how many functions are called to find what is wrong with a chain of so many lines."""
    head = "import autograd_lab as torch\nx = torch.ones(3, requires_grad=True)\nh = x\n"
    steps = "h = torch.tanh(h) + x\n" * lines
    trace = run_cells([f"{head}{steps}h.sum().backward()\ngrad = x.grad\n"])
    count = 0

    def counted(frame: Any, event: str, argument: Any) -> None:
        nonlocal count
        count += event == "call"

    before = sys.getprofile()
    sys.setprofile(counted)
    try:
        assert find(trace) == []
    finally:
        sys.setprofile(before)
    return count


def test_twice_the_lines_are_twice_the_work() -> None:
    """Rules follow names from line to line; none does so anew for each of them."""
    calls(1)  # what is found once and remembered
    assert calls(60) < 2.5 * calls(30)
