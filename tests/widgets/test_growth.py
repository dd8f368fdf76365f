"""A sum of losses and what it keeps alive."""

import re

import pytest

from autograd_lab.engine.filled import ones
from autograd_lab.widgets.growth import GraphGrowthLab, Growth
from tests.widgets.libraries import both


@pytest.fixture
def growth(tensor):
    """Return the loop with exp(x).sum(): two nodes a step, and exp keeps its result."""
    return Growth(lambda x: x.exp().sum(), tensor([0.0] * 100, requires_grad=True))


def counts(growth):
    """Return nodes and bytes of each step."""
    return [(point.nodes, point.kept) for point in growth.points]


@both
def test_adding_the_loss_keeps_every_graph(growth):
    """Per step exp, sum and the addition; one AccumulateGrad in all; 100 numbers of 4 bytes."""
    growth.run(4)
    assert counts(growth) == [(0, 0), (4, 400), (7, 800), (10, 1200), (13, 1600)]
    assert growth.answer == "After 4 steps the total holds 13 nodes alive, which keep 1600 bytes."


@both
@pytest.mark.parametrize("adding", ["loss.item()", "loss.detach()"])
@pytest.mark.parametrize("backward", [False, True])
def test_adding_numbers_stays_flat(growth, adding, backward):
    """Each graph is gone when the next step begins."""
    growth.run(4, adding, backward)
    assert counts(growth) == [(0, 0)] * 5
    assert growth.answer == "After 4 steps the total has no graph: nothing is kept."


@both
def test_backward_frees_the_values_but_not_the_nodes(growth):
    """A loop that trains grows, too, if only by nodes."""
    growth.run(3, backward=True)
    assert counts(growth) == [(0, 0), (4, 0), (7, 0), (10, 0)]


@both
@pytest.mark.parametrize("backward", [False, True])
def test_the_code_that_is_shown_does_what_was_counted(growth, backward):
    """Run as it is written, it makes the nodes that the total was found to hold."""
    growth.run(3, backward=backward)
    trace = growth.trace()
    assert trace.error == ""
    assert len(trace.graph.nodes) == growth.points[-1].nodes
    assert growth.code.splitlines()[0] == "total = 0.0"
    assert growth.code.splitlines()[-1] == "    total += loss"


def test_training_moves_a_copy():
    """The loop trains, and the user's tensor stays as it is."""
    seen = []

    def function(x):
        seen.append(x.detach().tolist())
        return (x**2).sum()

    x = ones(1, requires_grad=True)
    Growth(function, x).run(2, backward=True)
    # One step of 0.01 down the slope 2x.
    assert seen[-2:] == [[1.0], [pytest.approx(0.98)]]
    assert x.tolist() == [1.0]
    assert x.grad is None


def test_without_a_step_there_is_nothing():
    """Zero steps are a loop, too."""
    growth = Growth(lambda x: x.sum(), ones(1, requires_grad=True))
    growth.run(0)
    assert growth.answer == "After 0 steps the total has no graph: nothing is kept."


def test_the_snapshot_has_plot_graph_and_table_without_a_widget():
    """A long table shows its ends; the alternative text says what the plot shows."""
    lab = GraphGrowthLab()
    lab.growth.run(3)
    assert lab.snapshot().count("<tr>") == 1 + 4
    lab.growth.run(10)
    text = lab.snapshot()
    assert text.count("<img") == 2
    assert text.count(f'alt="{lab.answer}"') == 2
    rows = [re.findall(r"<td[^>]*>(.*?)</td>", row) for row in re.findall("<tr>(.*?)</tr>", text)]
    assert [row[:1] for row in rows] == [[], ["0"], ["1"], ["2"], ["⋮"], ["9"], ["10"]]
    # tanh keeps its result, 1000 numbers of 4 bytes; pow keeps the same numbers.
    assert rows[-1] == ["10", "41", "40 kB"]
    assert text == lab.snapshot()


def test_the_controls_run_the_loop_anew():
    """More steps, another addend, training."""
    lab = GraphGrowthLab()
    steps, adding, trains = lab.widget.children[1].children
    steps.value = 5
    assert lab.answer.startswith("After 5 steps the total holds 21 nodes alive")
    trains.value = True
    assert lab.answer.endswith("which keep 0 bytes.")
    adding.value = "loss.item()"
    assert lab.answer == "After 5 steps the total has no graph: nothing is kept."
    assert "total += loss.item()" in lab.widget.children[-1].value


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"function": 3}, TypeError, "function takes a tensor"),
        ({"function": lambda x: x * 2}, ValueError, "one element that depends on x"),
        ({"function": lambda x: 3.0}, ValueError, "one element that depends on x"),
        ({"function": lambda x: x.detach().sum()}, ValueError, "one element that depends on x"),
        ({"x": 4}, ValueError, "leaf that requires grad"),
        ({"x": ones(2)}, ValueError, "leaf that requires grad"),
    ],
)
def test_what_does_not_fit_is_refused(arguments, error, message):
    """The error says what would fit."""
    with pytest.raises(error, match=message):
        GraphGrowthLab(**arguments)


@pytest.mark.parametrize(("steps", "adding"), [(-1, "loss"), (3, "loss * 2")])
def test_an_impossible_loop_is_refused(steps, adding):
    """The error says what can be added, and how often."""
    with pytest.raises(ValueError, match="adding is one of loss, loss"):
        GraphGrowthLab().growth.run(steps, adding)
