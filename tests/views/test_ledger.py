"""The account of every leaf's .grad."""

import re
from dataclasses import replace
from html import unescape

from autograd_lab.trace.model import Event, Graph, Node, Ref, Trace, Value, Variable
from autograd_lab.views.ledger import ledger
from autograd_lab.views.walk import steps


def account(trace: Trace) -> list[list[str]]:
    """Return the ledger's rows as text."""
    source = ledger(trace, steps(trace))
    rows = re.findall(r"<tr>(.*?)</tr>", source)[1:]
    cells = (re.findall(r"<td.*?>(.*?)</td>", row) for row in rows)
    return [[unescape(re.sub("<.*?>", " ", cell)).strip() for cell in row] for row in cells]


def test_a_pass_adds_to_what_was_there(broadcast: Trace) -> None:
    """Before, contribution and after; and what there would be had it been emptied first."""
    b, w, zeroed = account(broadcast)
    assert b == [
        "b",
        "backward pass 1",
        "[1., 1.]",
        "[2., 2.]",
        "[3., 3.]",
        "[2., 2.]",
    ]
    assert w[2:] == ["none yet", "[[4., 4.], [4., 4.]]", "[[4., 4.], [4., 4.]]", "the same"]
    assert zeroed == ["b", "b.grad.zero_()", "[3., 3.]", "", "[0., 0.]", ""]


def test_a_second_pass_is_counted(example: Trace) -> None:
    """Each pass has its entry, with its number and the line that started it."""
    start = next(index for index, e in enumerate(example.events) if e.kind == "backward")
    events = tuple(
        replace(event, line=5) if event.kind == "accumulate" else event
        for event in example.events[start:]
    )
    rows = account(replace(example, events=events * 2))
    assert [row[1] for row in rows] == ["backward pass 1 · line 5", "backward pass 2 · line 5"]


def test_a_pass_of_a_later_cell_names_it(example: Trace) -> None:
    """Line 1 of two cells is two lines."""
    start = next(index for index, e in enumerate(example.events) if e.kind == "backward")
    events = [
        replace(event, line=1, cell=cell) for cell in (0, 2) for event in example.events[start:]
    ]
    rows = account(replace(example, events=tuple(events)))
    assert [row[1] for row in rows] == [
        "backward pass 1 · line 1",
        "backward pass 2 · cell 3, line 1",
    ]


def test_contributions_are_told_by_path(broadcast: Trace) -> None:
    """Where a leaf is used twice, each use brought its part."""
    events = list(broadcast.events)
    index = next(i for i, event in enumerate(events) if event.kind == "accumulate")
    visit = next(event for event in events if event.kind == "node" and event.node == 4)
    events.insert(index, visit)
    (b, *_) = account(replace(broadcast, events=tuple(events)))
    assert re.sub(r"\s+", " ", b[3]) == "[2., 2.] by w * x + b [2., 2.] by w * x + b [2., 2.]"


def test_an_optimizer_empties_all_its_leaves(example: Trace) -> None:
    """zero_grad is an entry for each, under the call that did it."""
    leaf = Ref(0, 0, (2, 2), "float32", True, True, 0)
    zero = Event(
        "zero_grad",
        line=6,
        expression="opt.zero_grad()",
        inputs=(leaf,),
        options=("set_to_none",),
    )
    whole = "[[4.5000, 4.5000], [4.5000, 4.5000]]"
    *_, last = account(replace(example, events=(*example.events, zero)))
    assert last == ["x", "opt.zero_grad() · line 6", whole, "", "none yet", ""]


def test_a_clipped_gradient_is_an_entry(example: Trace) -> None:
    """With what it was and what it has become."""
    leaf, small = Ref(0, 0, (2, 2), "float32", True, True, 0), Value((2, 2), "float32", "small")
    clip = Event(
        "clip", text="clip_grad_norm_", expression="clip()", inputs=(leaf,), grads_out=(small,)
    )
    *_, last = account(replace(example, events=(*example.events, clip)))
    assert last == ["x", "clip()", "[[4.5000, 4.5000], [4.5000, 4.5000]]", "", "small", ""]


def test_a_leaf_that_no_pass_reached_is_named(example: Trace) -> None:
    """It stands there with none yet, so that one can ask why."""
    other = Node(5, "leaf", "AccumulateGrad", "", "b", None)
    graph = Graph((*example.graph.nodes, other), example.graph.edges)
    *_, last = account(replace(example, graph=graph))
    assert last == ["b", "no backward pass reached it", "", "", "none yet", ""]


def test_a_leaf_that_no_pass_reached_keeps_what_it_had(example: Trace) -> None:
    """None yet is said only where there is none."""
    six = Value((), "float32", "6.")
    other = Node(5, "leaf", "AccumulateGrad", "", "b", None)
    b = Variable("b", 5, None, six, requires_grad=True, grad=six)
    graph = Graph((*example.graph.nodes, other), example.graph.edges)
    *_, last = account(replace(example, graph=graph, variables=(b,)))
    assert last == ["b", "no backward pass reached it", "", "", "6.", ""]


def test_of_a_record_that_is_cut_short_no_leaf_is_called_unreached(example: Trace) -> None:
    """A pass that was only counted may have reached it."""
    events = tuple(event for event in example.events if event.kind != "accumulate")
    assert account(replace(example, events=events)) != []
    assert account(replace(example, events=events, truncated=1)) == []


def test_without_a_backward_pass_there_is_no_account(severed: Trace) -> None:
    """Nothing is shown where there is nothing to account for."""
    assert ledger(severed, steps(severed)) == ""
