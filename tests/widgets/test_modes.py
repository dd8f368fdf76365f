"""What forward and reverse accumulation cost, measured."""

import numpy as np
import pytest

from autograd_lab.engine.creation import tensor
from autograd_lab.engine.filled import ones
from autograd_lab.widgets.modes import Modes, ModesLab, ticks


def cubes(x, m):
    """Return the sum of cubes m times: three operations and a view."""
    return (x * x * x).sum().expand(m)


@pytest.fixture
def modes():
    """Return the cubes with up to eight numbers in and out."""
    return Modes(cubes, ones(8), 8)


def test_forward_costs_a_pass_per_input_and_reverse_one_per_output(modes):
    """Twice as many inputs double the one, twice as many outputs the other."""
    for way, by_n, by_m in (("forward", 2, 1), ("reverse", 1, 2)):
        few = modes.cost(way, 4, 4)
        assert modes.cost(way, 8, 4).passes == by_n * few.passes
        assert modes.cost(way, 4, 8).passes == by_m * few.passes
    assert modes.cost("forward", 8, 4).operations == 2 * modes.cost("forward", 4, 4).operations
    assert modes.cost("forward", 4, 8).operations == modes.cost("forward", 4, 4).operations
    back = [modes.cost("reverse", 4, m).operations for m in (2, 4, 8)]
    assert back[2] - back[1] == 2 * (back[1] - back[0])


def test_operations_are_those_of_the_function(modes):
    """Two products and a sum; one pass back visits those three and the view."""
    assert modes.cost("value", 4, 1).operations == 3
    assert modes.cost("gradient", 4, 1).operations >= 3 + 4
    assert modes.cost("gradient", 4, 1).passes == 1


def test_reverse_keeps_what_the_way_forward_saved_and_forward_nothing(modes):
    """x and x·x for the products, four bytes each number."""
    assert modes.cost("forward", 8, 1).peak == 0
    assert modes.cost("reverse", 8, 1).peak == 2 * 8 * 4


def test_the_hessian_takes_a_product_per_input(modes):
    """Second derivatives cost more than first ones, and the whole matrix n times as much."""
    first, second, whole = (modes.cost(way, 8, 1) for way in ("gradient", "hvp", "hessian"))
    assert first.operations < second.operations < whole.operations
    assert (first.passes, second.passes, whole.passes) == (1, 2, 9)
    less = modes.cost("hessian", 4, 1).operations
    assert whole.operations > 1.5 * less


def test_the_answer_names_the_cheaper_way(modes):
    """Many in and one out: reverse; one in and many out: forward."""
    assert modes.answer.startswith("n = 8, m = 1: reverse takes ")
    modes.n, modes.m = 1, 8
    assert modes.answer.startswith("n = 1, m = 8: forward takes ")


def test_the_plot_measures_at_powers_of_two():
    """And at the largest number, whatever it is."""
    assert ticks(1) == [1]
    assert ticks(16) == [1, 2, 4, 8, 16]
    assert ticks(11) == [1, 2, 4, 8, 11]


def test_the_snapshot_has_both_tables_and_the_plot():
    """It needs no widget."""
    shown = ModesLab().snapshot()
    assert shown.count("<table") == 2
    assert shown.count("<tr>") == 4 + 7
    assert shown.count('class="autograd-lab-plot"') == 1
    assert "Hessian H, 16 × 16" in shown


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"function": 3}, TypeError, "function takes a vector x and the number m"),
        ({"function": lambda x, m: x}, ValueError, "must return m numbers"),
        ({"function": lambda x, m: np.ones(m)}, ValueError, "must return m numbers"),
        ({"function": lambda x, m: ones(m)}, ValueError, "must return m numbers"),
        ({"x": [1.0]}, ValueError, "x must be a vector"),
        ({"x": tensor(1.0)}, ValueError, "x must be a vector"),
        ({"x": tensor([1, 2])}, ValueError, "x must be a vector"),
        ({"x": ones(65)}, ValueError, "1 to 64"),
        ({"x": ones(0)}, ValueError, "1 to 64"),
        ({"outputs": 0}, ValueError, "1 to 64"),
        ({"outputs": 2.5}, ValueError, "1 to 64"),
    ],
)
def test_bad_arguments_are_told_what_would_fit(arguments, error, message):
    """Each is refused when the lab is made."""
    with pytest.raises(error, match=message):
        ModesLab(**arguments)


def test_the_sliders_choose_n_and_m():
    """Both at once stand in the answer."""
    lab = ModesLab(cubes, ones(8), 8)
    n, m = lab.widget.children[1].children[0].children
    n.value, m.value = 2, 5
    assert lab.answer.startswith("n = 2, m = 5: forward takes ")
    assert lab.widget.children[-1].value == lab.snapshot()


@pytest.mark.needs_torch
def test_pytorch_is_measured_in_the_same_way():
    """The same passes; its nodes are its own."""
    torch = pytest.importorskip("torch")
    modes = Modes(cubes, torch.ones(4), 4)
    assert modes.cost("forward", 4, 1).passes == 4
    assert modes.cost("forward", 4, 1).peak == 0
    assert modes.cost("reverse", 4, 1).peak > 0
    assert modes.answer.startswith("n = 4, m = 1: reverse takes ")
