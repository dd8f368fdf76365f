"""The ledger of gradients that add up."""

import re

import pytest

from autograd_lab.engine.creation import tensor
from autograd_lab.engine.filled import ones
from autograd_lab.widgets.accumulation import Accumulation, AccumulationLab, table


@pytest.fixture
def ledger():
    """Return the sum of squares at 1 and 2: its gradient is 2 and 4."""
    return Accumulation(lambda x: (x**2).sum(), tensor([1.0, 2.0], requires_grad=True))


def _columns(ledger):
    return [(entry.before, entry.contribution, entry.after) for entry in ledger.ledger]


def test_before_the_first_backward_there_is_none_yet(ledger):
    """No gradient is not zero."""
    assert ledger.answer == "x.grad: none yet."


def test_backward_adds_to_what_is_there(ledger):
    """The second pass brings the same contribution, and doubles the gradient."""
    ledger.backward(retain_graph=True)
    ledger.backward()
    assert _columns(ledger) == [("none yet", "[2, 4]", "[2, 4]"), ("[2, 4]", "[2, 4]", "[4, 8]")]
    assert ledger.answer == "x.grad is [4, 8] after 2 backward passes."


def test_zeroing_starts_again(ledger):
    """After zeroing, a fresh forward and one pass give a single contribution."""
    ledger.backward()
    ledger.zero()
    ledger.forward()
    ledger.backward()
    assert ledger.answer == "x.grad is [2, 4] after 1 backward pass."
    assert _columns(ledger)[1] == ("[2, 4]", "", "[0, 0]")


def test_zeroing_nothing_leaves_none(ledger):
    """Where no gradient is, zeroing makes none."""
    ledger.zero()
    assert _columns(ledger) == [("none yet", "", "none yet")]


def test_a_freed_graph_gives_torchs_error_and_a_way_out(ledger):
    """The table shows the exact message, the answer says what to press; the gradient stays."""
    ledger.backward()
    ledger.backward()
    last = ledger.ledger[-1]
    assert last.error.startswith("Trying to backward through the graph a second time")
    assert last.after == "[2, 4]"
    assert ledger.answer == (
        "No gradient came: the last backward freed the graph. Make a fresh one: forward."
    )
    ledger.forward()
    ledger.backward()
    assert ledger.answer == "x.grad is [4, 8] after 2 backward passes."


def test_another_error_is_told_as_it_is():
    """An error that is not about a freed graph keeps its words, which are no HTML."""

    class Stubborn:
        requires_grad = True

        def tolist(self):
            return 1.0

        def backward(self, retain_graph):
            raise RuntimeError("a hook said <no>")

    ledger = Accumulation(lambda x: Stubborn(), tensor([1.0], requires_grad=True))
    ledger.backward()
    assert ledger.answer == "No gradient came: a hook said <no>"
    assert table(ledger).count("a hook said &lt;no&gt;") == 2


def test_the_table_has_a_row_per_press_and_the_answer(ledger):
    """Caption, head, and one row for each line of the ledger."""
    ledger.backward()
    text = table(ledger)
    assert text.count("<tr>") == 2
    assert ">x.grad is [2, 4] after 1 backward pass.</caption>" in text
    assert re.findall(r"<td[^>]*>(.*?)</td>", text) == [
        "backward()",
        "none yet",
        "[2, 4]",
        "[2, 4]",
    ]


def test_the_figure_shows_what_was_made_added_and_freed(capsys):
    """It is recorded from the same presses, starting from the same gradient; x is not touched."""
    x = tensor([1.0, 2.0], requires_grad=True)
    x.grad = tensor([10.0, 10.0])
    lab = AccumulationLab(lambda x: (x**2).sum(), x)
    lab.accumulation.backward()
    lab.accumulation.backward()
    lab.accumulation.forward()
    lab.accumulation.backward(retain_graph=True)
    trace = lab.accumulation.trace()
    (variable,) = [v for v in trace.variables if v.name == "x"]
    assert list(variable.grad.numbers) == x.grad.tolist() == [14, 18]
    assert [node.op for node in trace.graph.nodes] == ["", "pow", "sum", "pow", "sum"]
    freed = {event.node for event in trace.of_kind("freed")}
    assert 1 in freed and 3 not in freed
    lab.accumulation.zero()
    assert lab.snapshot().count("<img") == 1
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"function": 3}, TypeError, "function takes a tensor"),
        ({"function": lambda x: x * 2}, ValueError, "one element that depends on x"),
        ({"function": lambda x: 3.0}, ValueError, "one element that depends on x"),
        ({"function": lambda x: x.detach().sum()}, ValueError, "one element that depends on x"),
        ({"x": 4}, ValueError, "leaf that requires grad"),
        ({"x": ones(2)}, ValueError, "leaf that requires grad"),
        ({"x": ones(2, requires_grad=True) * 2}, ValueError, "leaf that requires grad"),
    ],
)
def test_bad_arguments_are_told_what_would_fit(arguments, error, message):
    """Each is refused when the lab is made, not when a button is pressed."""
    with pytest.raises(error, match=message):
        AccumulationLab(**arguments)


def test_the_standard_example_is_the_mean_of_the_first_lesson():
    """Four ones, and a gradient of 4.5 for each."""
    lab = AccumulationLab()
    lab.accumulation.backward()
    assert lab.answer == "x.grad is [[4.5, 4.5], [4.5, 4.5]] after 1 backward pass."


@pytest.mark.needs_torch
def test_pytorch_tensors_do_as_well():
    """The lab asks of a tensor only what both libraries have."""
    torch = pytest.importorskip("torch")
    lab = AccumulationLab(x=torch.ones(2, requires_grad=True))
    lab.accumulation.backward(retain_graph=True)
    lab.accumulation.backward()
    assert lab.answer == "x.grad is [18, 18] after 2 backward passes."
