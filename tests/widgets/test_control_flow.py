"""A loop and a branch: what ran, and the one number k that came of it."""

import signal
import sys

import numpy as np
import pytest

from autograd_lab.engine.creation import tensor
from autograd_lab.engine.observe import observers
from autograd_lab.views.prepared import prepare
from autograd_lab.widgets.control_flow import ControlFlow, ControlFlowLab
from autograd_lab.widgets.doubled import f

NAN = float("nan")


def by_hand(a):
    """Return the turns of the loop and k, from the numbers alone."""
    turns, b = 0, np.array(a, np.float64) * 2
    while np.linalg.norm(b) < 1000:
        turns, b = turns + 1, b * 2
    return turns, 2.0 ** (turns + 1) * (1 if b.sum() > 0 else 100)


@pytest.mark.parametrize(
    "a",
    [
        0.5, -0.5637, 600.0, -1e-3, [1.0, -2.0, 3.0], [1.0, -3.0], [1.0, 0.0, -3.0],
        [[1.0, 2.0], [-3.0, 4.0]], [NAN, 2.0], [[0.0, 0.0], [0.0, -1.0]],
    ],
)  # fmt: skip
def test_branch_turns_and_slope_are_told(a):
    """Numbers, vectors and matrices, with a zero, with NaN: k is one number, and a.grad holds it."""
    turns, k = by_hand(a)
    flow = ControlFlow(f, a)
    word = "turn" if turns == 1 else "turns"
    truth = "true" if np.nansum(a) > 0 and not np.isnan(a).any() else "false"
    assert flow.answer == (
        f"“while b.norm() < 1000” took {turns} {word}; “if b.sum() > 0” was {truth}; "
        f"f(a) = k·a with k = {k:.7g}."
    )
    assert np.all(flow.run.gradient == k)


def test_a_random_number_of_the_document():
    """The document's own a, and the gradient that it prints."""
    flow = ControlFlow(f, tensor(-0.5637))
    assert flow.run.slope == pytest.approx(204800, rel=1e-6)
    assert flow.run.gradient == 204800


@pytest.mark.parametrize("zero", [0.0, [0.0, 0.0], [[0.0]]])
def test_zero_is_refused_with_the_reason(zero):
    """Twice nothing is nothing: without running it."""
    flow = ControlFlow(f, zero)
    assert flow.answer == (
        "a = 0 is refused: twice 0 is 0, so the norm never reaches 1000 and the loop never ends. "
        "Move a away from 0."
    )
    assert flow.run.lines is None


def test_dragging_through_zero_and_on():
    """The answer at zero is no dead end."""
    lab = ControlFlowLab()
    choice, slider = lab.widget.children[1].children[0].children
    slider.value = 0.0
    assert lab.answer.startswith("a = 0 is refused")
    slider.value = -1.0
    assert lab.answer.endswith("f(a) = k·a with k = 102400.")
    choice.value = "a vector with a zero"
    assert lab.flow.run.a.tolist() == [-1, 0, 3]
    assert lab.widget.children[-1].value == lab.snapshot()


def test_the_graph_is_folded_and_the_source_counted():
    """The loop is one box with its turns; each line says how often it ran."""
    lab = ControlFlowLab()
    shown = lab.snapshot()
    assert ">×11</td>" in shown and ">×10</td>" in shown
    assert "data:image/svg+xml" in shown
    assert "autograd-lab-plot" in shown
    assert "×10" in prepare(lab.flow.run.trace).picture()


def turning(a):
    """Never end, line by line."""
    while True:
        a = a * 1
    return a


def idling(a):
    """Never end, without a line of its own."""
    while True: pass  # noqa: E701  # fmt: skip


def helping(a):
    """Never end in another function."""
    return turning(a)


def comprehending(a):
    """Never end inside one expression."""
    return sum(a for _ in iter(int, 1))


@pytest.mark.parametrize("function", [turning, idling, helping, comprehending])
def test_a_function_that_does_not_end_is_stopped(function):
    """The line where it was is named, and the trace function of before is back."""
    before = sys.gettrace()
    flow = ControlFlow(function, 1.0, limit=200)
    assert flow.answer.startswith("f(a) had not ended after 200 lines, or as much work, and was")
    assert sys.gettrace() is before
    flow.function = f
    flow.drag(2.0)
    assert flow.run.slope == 512


def test_ctrl_c_ends_it_and_nothing_is_lost():
    """An interrupt goes through, the present state stays, nobody is listening any more."""
    flow = ControlFlow(f, 1.0)
    present, before = flow.run, sys.gettrace()

    def interrupted(a):
        signal.raise_signal(signal.SIGINT)
        while True:
            a = a * 1

    flow.function = interrupted
    with pytest.raises(KeyboardInterrupt):
        flow.drag(2.0)
    assert flow.run is present
    assert sys.gettrace() is before
    assert observers == []
    flow.function = f
    flow.drag(2.0)
    assert flow.run.slope == 512


def stepping(a):
    """Take the branches of a loop in turn."""
    for i in range(7):
        if i % 2:  # noqa: SIM108
            a = a * 2
        else:
            a = (a +
                 a)  # fmt: skip
    return a


def test_another_function_is_told_in_its_own_words():
    """A for loop, a branch taken in some turns, a statement over two lines."""
    assert ControlFlow(stepping, 1.0).answer == (
        "“for i in range(7)” took 7 turns; “if i % 2” was true 3 times, false 4 times; "
        "f(a) = k·a with k = 128."
    )


def test_without_one_number_k_it_says_so():
    """The sine is no straight line; of a function without a loop there is nothing else to tell."""
    assert ControlFlow(lambda a: a.sin(), [1.0, 2.0]).answer == "f(a)/a is not one number."
    assert "<table" in ControlFlowLab(lambda a: a.sin(), [1.0, 2.0]).snapshot()


def test_a_function_that_fails_is_told():
    """The error is the answer; the lab lives on."""
    assert ControlFlow(lambda a: a.nope, 1.0).answer.startswith("f(a) raised AttributeError: ")
    assert ControlFlow(lambda a: 3, 1.0).answer == "f(a) must be a tensor that depends on a."
    assert ControlFlowLab(lambda a: 3, 1.0).snapshot()


def test_a_function_without_source_still_runs():
    """One made by exec has no text to show."""
    names = {}
    exec("def twice(a):\n    return a * 2", names)
    flow = ControlFlow(names["twice"], 3.0)
    assert flow.answer == "f(a) = k·a with k = 2."


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"function": 3}, TypeError, "function takes a tensor a"),
        ({"a": "much"}, ValueError, "a must be a number"),
        ({"a": tensor([1, 2])}, ValueError, "a must be a number"),
        ({"a": []}, ValueError, "a must be a number"),
        ({"a": [[1.0], [1.0, 2.0]]}, ValueError, "a must be a number"),
        ({"limit": 0}, ValueError, "limit is the number of lines"),
    ],
)
def test_bad_arguments_are_told_what_would_fit(arguments, error, message):
    """Each is refused when the lab is made."""
    with pytest.raises(error, match=message):
        ControlFlowLab(**arguments)


@pytest.mark.needs_torch
def test_pytorch_tensors_do_as_well():
    """The same turns and the same k, in a graph of PyTorch's."""
    torch = pytest.importorskip("torch")
    lab = ControlFlowLab(a=torch.tensor([1.0, 0.0, -3.0]))
    turns, k = by_hand([1.0, 0.0, -3.0])
    assert f"took {turns} turns" in lab.answer
    assert lab.flow.run.slope == k
    assert [node.name for node in lab.flow.run.trace.graph.nodes].count("MulBackward0") == turns + 2
    assert "autograd-lab-graph" in lab.snapshot()
