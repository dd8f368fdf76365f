"""Question 4 of ps1: the probe tells gaps from bends, and the grid tells the truth."""

import random
import re
from collections.abc import Callable

import pytest

from autograd_lab.grading.student import LocalStudent
from tests.grading.fixtures import EXERCISES, QUESTIONS

(QUESTION,) = [each for each in QUESTIONS if str(each) == "ps1/q4"]
CHECKS = QUESTION.checks["q4-implement"].judge.__globals__
REACH = 1e-4


def probe(function: Callable[[float], float]) -> object:
    """Return the probe of a student whose driver calls this function."""
    return CHECKS["Probe"](LocalStudent({"q4_value": function}))


def test_the_kinds_of_the_grid_are_those_of_the_programs() -> None:
    """Probed like a student's function, each of the functions in the text is what the grid says."""
    text = (EXERCISES / "ps1" / "q4.py").read_text(encoding="utf-8")
    (start,) = re.findall(r"\*\*start\*\*\n```python\n(.*?)```", re.sub("(?m)^# ?", "", text), re.S)
    functions: dict[str, Callable[[float], float]] = {}
    exec(start, {}, functions)
    for name, function in functions.items():
        found = probe(function).sides([float(name == "loop")], REACH)[0].kind
        assert found == CHECKS["GRID"][name].truth, name


@pytest.mark.parametrize("beside", [-0.9, -0.3, 0.0, 0.5, 0.9])
@pytest.mark.parametrize(
    ("function", "kind"),
    [
        (lambda x: abs(x), "kink"),
        (lambda x: abs(x) + 100 * x, "kink"),
        (lambda x: 50 * x if x > 0 else 49 * x, "kink"),
        (lambda x: x * abs(x), "smooth"),
        (lambda x: 1e6 + x**3, "smooth"),
        (lambda x: x + 0.01 if x > 0 else x, "jump"),
        (lambda x: 1 - 50 * x if x > 0 else 50 * x, "jump"),
    ],
)
def test_a_switch_is_known_though_it_is_named_a_little_beside_its_place(
    function: Callable[[float], float], kind: str, beside: float
) -> None:
    """Rounding the place of a switch turns no kink into a jump, and no smooth switch into a kink."""
    assert probe(function).sides([beside * REACH], REACH)[0].kind == kind


@pytest.mark.parametrize("seed", range(40))
@pytest.mark.parametrize(
    ("function", "there"),
    [
        (lambda x: abs(x - 0.37), True),
        (lambda x: -x if x < 0.37 else x * x - 0.37 - 0.37**2, True),
        (lambda x: x if x > 0.37 else x + 0.01, True),
        (lambda x: x**3, False),
        (lambda x: x * abs(x), False),
        (lambda x: 1 / (1 + 100 * x * x), False),
    ],
)
def test_what_was_not_named_is_found(
    function: Callable[[float], float], there: bool, seed: int
) -> None:
    """A kink or jump between two switches is found from any grid; a curve is not taken for one."""
    found = CHECKS["_overlooked"](probe(function), random.Random(seed), [(-1.0, 1.0)], REACH)
    assert found == there


def test_any_number_of_values_comes_back_in_order() -> None:
    """A function with very many switches is asked in several parts, as each has its time."""
    places = [float(number) for number in range(2 * CHECKS["AT_ONCE"] + 1)]
    assert probe(lambda x: 2 * x)(places) == [2 * x for x in places]
