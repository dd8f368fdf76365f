"""What the cell did, in one sentence."""

from collections.abc import Callable
from dataclasses import replace

from autograd_lab.trace.model import Count, Trace, Variable
from autograd_lab.views.sentence import sentence
from autograd_lab.views.walk import steps

from .conftest import scalar


def said(trace: Trace) -> str:
    """Return the sentence on a trace."""
    return sentence(trace, steps(trace))


def test_operations_and_gradients(example: Trace, broadcast: Trace) -> None:
    """From which leaves to which results, and which gradients that left."""
    assert said(example) == "4 operations from x to out; 1 backward pass added to x.grad."
    assert said(broadcast) == (
        "3 operations from w, b to loss; 1 backward pass added to b.grad, w.grad."
    )


def test_without_a_backward_pass_there_is_no_gradient_yet(severed: Trace) -> None:
    """Nothing is said to be zero; the error that ended the cell is named."""
    assert said(severed) == (
        "1 operation from x to z; backward() did not run, so there is no gradient yet; "
        "then the cell stopped with NameError."
    )


def test_a_gradient_from_before_is_not_denied(severed: Trace, example: Trace) -> None:
    """Neither of a cell that ran no pass nor of a graph without a recording."""
    x = Variable("x", 0, None, scalar("3."), requires_grad=True, grad=scalar("6."))
    assert said(replace(severed, variables=(x,), error="")) == (
        "1 operation from x to z; backward() did not run here; there is a gradient in x.grad."
    )
    shown = replace(example, events=(), variables=(x,))
    assert said(shown) == "4 operations from x to out; there is a gradient in x.grad."


def test_what_was_not_kept_is_not_denied(example: Trace) -> None:
    """Of a record that is cut short: what was counted, and what the leaves hold."""
    x = Variable("x", 0, None, scalar("1."), requires_grad=True, grad=scalar("4.5"))
    counts = (Count("op", 0, 3, 5), Count("backward", 0, 5, 2))
    built = example.events[:4]
    cut = replace(example, events=built, truncated=7, summary=counts, variables=(x,))
    assert said(cut) == (
        "9 operations from x, of which the first 4 were kept; 2 backward passes ran; "
        "there is a gradient in x.grad."
    )
    assert (
        said(replace(example, events=built, broken="KeyError: 1")) == "4 operations from x to out."
    )


def test_a_pass_that_failed_is_not_counted(failed: Trace) -> None:
    """The first one reached x, the second one stopped."""
    assert "1 backward pass added to x.grad; then the cell stopped with RuntimeError." in said(
        failed
    )


def test_a_pass_that_reached_no_leaf(example: Trace) -> None:
    """It ran, and left nothing."""
    events = tuple(event for event in example.events if event.kind != "accumulate")
    assert said(replace(example, events=events)).endswith(
        "1 backward pass, which added to no .grad."
    )


def test_a_large_cell_is_one_sentence_too(looped: Callable[[int], Trace]) -> None:
    """However many operations ran."""
    assert said(looped(100)).startswith("201 operations from w, h0 to out; 1 backward pass")


def test_a_leaf_that_nothing_was_computed_from(example: Trace) -> None:
    """No operation and no result are counted or named."""
    leaf = next(node for node in example.graph.nodes if node.kind == "leaf")
    alone = replace(example, graph=replace(example.graph, nodes=(leaf,), edges=()), events=())
    assert said(alone) == (
        "No operation that starts from x was recorded; "
        "backward() did not run, so there is no gradient yet."
    )


def test_nothing_to_show() -> None:
    """A cell without a graph is told as such."""
    assert said(Trace()).startswith("No graph to show")
