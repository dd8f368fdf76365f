"""The trace in a terminal."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from autograd_lab.trace.model import Edge, Graph, Trace
from autograd_lab.views import text

EXAMPLE = """\
The graph, from the result back to the leaves:
● out    MeanBackward0  27.                       line 4: z.mean()
● z      MulBackward0   [[27., 27.], [27., 27.]]  line 3: y * y * 3
● y * y  MulBackward0   [[9., 9.], [9., 9.]]      line 3: y * y
● y      AddBackward0   [[3., 3.], [3., 3.]]      line 2: x + 2 (used 2 times here)
● x      leaf           [[1., 1.], [1., 1.]]      line 1

The backward pass, step by step:
  1. out  backward() starts here
     gradient  1.  (∂out/∂out = 1)
  2. out  MeanBackward0 · line 4: z.mean()
     gradient in  1.
     → z          grad / n = [[0.2500, 0.2500], [0.2500, 0.2500]]
"""


def test_the_worked_example_reads_from_the_result_to_the_leaf(example: Trace) -> None:
    """Graph first, then the steps; the leaf's gradient comes from none yet."""
    shown = text.render(example)
    assert shown.startswith(EXAMPLE)
    assert shown.endswith(
        "  6. x.grad  the gradient is added into the leaf\n"
        "     before          none yet\n"
        "     + contribution  [[4.5000, 4.5000], [4.5000, 4.5000]]\n"
        "     = after         [[4.5000, 4.5000], [4.5000, 4.5000]]"
    )


def test_branches_leave_the_longest_path_to_the_right(broadcast: Trace) -> None:
    """Parameters hang beside the operation that uses them."""
    heads = [line.split("  ")[0].rstrip() for line in text.tree(broadcast.graph)]
    assert heads == ["● loss", "● w * x + b", "├─● b", "● w * x", "├─● x", "● w"]


def test_a_shared_node_is_drawn_once(broadcast: Trace) -> None:
    """A second use refers to the first."""
    graph = broadcast.graph
    shared = Graph(graph.nodes, (*graph.edges, Edge(3, 5, 1)))
    lines = [line for line in text.tree(shared) if "● b" in line]
    assert len(lines) == 2
    assert lines[1].endswith("(shown above)") and "shown above" not in lines[0]


def test_a_cut_and_the_error_are_said(severed: Trace) -> None:
    """A severed edge names what cut it; the cell's error ends the text in one line."""
    shown = text.render(severed)
    assert "used 2 times here, cut: detach" in shown
    assert shown.splitlines()[-1] == ("The cell stopped with NameError: name 'zz' is not defined")
    assert "backward pass" not in shown


def test_an_error_of_the_backward_pass_is_said_once(failed: Trace) -> None:
    """Where the last step tells the error, no line at the end tells it again."""
    shown = text.render(failed)
    assert shown.count("a second time") == 1
    assert "The backward pass stopped here" in shown.splitlines()[-1]
    assert text.render(replace(failed, error="ValueError: other")).endswith("ValueError: other")


def test_a_cell_without_a_graph_gets_one_line() -> None:
    """Nothing to show is said, not shown as an empty picture."""
    assert text.render(Trace()) == (
        "No graph to show: this cell ran no operation on a tensor that requires grad."
    )
    assert len(text.render(Trace(error="ValueError: a\nb")).splitlines()) == 2


def test_a_broken_recording_is_not_a_cell_without_a_graph(example: Trace) -> None:
    """The one line about the fault comes last, also where nothing could be recorded."""
    line = "The recording broke off (KeyError: 3); the cell itself was not touched by that."
    assert text.render(Trace(broken="KeyError: 3")) == line
    assert text.render(replace(example, broken="KeyError: 3")).splitlines()[-1] == line


def test_nothing_from_the_user_breaks_the_lines(hostile: Trace, example: Trace) -> None:
    """Control characters and line breaks in names and values do not reach the terminal."""
    shown = text.render(hostile)
    assert "\x1b" not in shown and "\x00" not in shown and "\u2028" not in shown
    shown.encode("utf-8")


def test_a_long_chain_is_no_wider_than_a_short_one(chain: Callable[[int], Trace]) -> None:
    """Two thousand operations neither recurse nor indent, and the text says what it left out."""
    trace = chain(2000)
    assert max(map(len, text.tree(trace.graph))) == max(map(len, text.tree(chain(5).graph)))
    shown = text.render(trace)
    assert "150 of 2000 nodes are shown" in shown
    assert len(shown.splitlines()) < 1000


def test_many_steps_are_counted_not_listed(example: Trace, monkeypatch: pytest.MonkeyPatch) -> None:
    """Beyond the limit the text says how many steps follow."""
    monkeypatch.setattr(text, "MAX_STEPS", 4)
    assert "… and 2 more steps" in text.render(example)
    one_less = replace(example, events=example.events[:-3])
    assert "… and 1 more step" in text.render(one_less)
