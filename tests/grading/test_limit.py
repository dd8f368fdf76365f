import sys

import pytest

import autograd_lab as torch
from autograd_lab.grading.limit import TooLong, within


def forever() -> None:
    """Never end."""
    while True:
        pass


def stubborn() -> None:
    """Never end, and catch what an exercise usually raises."""
    while True:
        try:
            forever()
        except Exception:
            continue


@pytest.mark.parametrize("function", [forever, stubborn])
def test_a_loop_without_end_is_ended(function: object) -> None:
    """The loop is left with an exception, also where it catches exceptions."""
    with pytest.raises(TooLong):
        within(1000, function)


def test_a_function_that_ends_gives_its_result() -> None:
    """Up to the limit nothing is different, and the limit is exact."""

    def three(first: int, second: int) -> int:
        total = first
        total += second
        return total

    assert within(3, three, 1, 2) == 3
    with pytest.raises(TooLong):
        within(2, three, 1, 2)


def test_operations_of_the_engine_are_free() -> None:
    """A line with an operation is one line, whatever the engine does for it."""

    def two(x: torch.Tensor) -> torch.Tensor:
        y = x * x
        return y.exp().sum()

    assert within(2, two, torch.zeros(2)).item() == 2


def test_the_tracer_of_a_debugger_comes_back() -> None:
    """Whatever traced before goes on tracing, after an exception too."""
    before = sys.gettrace()

    def tracer(frame: object, event: str, value: object) -> None:
        return None

    sys.settrace(tracer)
    try:
        within(100, int)
        kept = sys.gettrace()
        with pytest.raises(TooLong):
            within(100, forever)
        after = sys.gettrace()
    finally:
        sys.settrace(before)
    assert kept is after is tracer
