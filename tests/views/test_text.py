"""The trace in a terminal."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from autograd_lab.trace.model import Edge, Graph, Trace
from autograd_lab.views import text
from autograd_lab.views.boxes import plan

EXAMPLE = """\
4 operations from x to out; 1 backward pass added to x.grad.

The graph, from the result back to the leaves:
● out    MeanBackward0  27.                       line 4: z.mean()
● z      MulBackward0   [[27., 27.], [27., 27.]]  line 3: y * y * 3
● y * y  MulBackward0   [[9., 9.], [9., 9.]]      line 3: y * y
● y      AddBackward0   [[3., 3.], [3., 3.]]      line 2: x + 2 (used 2 times here)
● x      leaf           [[1., 1.], [1., 1.]]

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


def tree(graph: Graph) -> list[str]:
    """Return the lines of a graph without loops."""
    return text.tree(graph, plan(graph, ()), ())


def test_branches_leave_the_longest_path_to_the_right(broadcast: Trace) -> None:
    """Parameters hang beside the operation that uses them."""
    heads = [line.split("  ")[0].rstrip() for line in tree(broadcast.graph)]
    assert heads == ["● loss", "● w * x + b", "├─● b", "● w * x", "├─● x", "● w"]


def test_a_shared_node_is_drawn_once(broadcast: Trace) -> None:
    """A second use refers to the first."""
    graph = broadcast.graph
    shared = Graph(graph.nodes, (*graph.edges, Edge(3, 5, 1)))
    lines = [line for line in tree(shared) if "● b" in line]
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
    """Two thousand operations neither recurse nor indent."""
    lines = tree(chain(2000).graph)
    assert len(lines) == 150
    assert max(map(len, lines)) == max(map(len, tree(chain(5).graph)))


def test_a_loop_is_one_line(looped: Callable[[int], Trace]) -> None:
    """Its turns, its lines and its size; of its steps the turns in the middle are counted."""
    shown = text.render(looped(40))
    assert "×40" in shown and "2 operations per turn" in shown
    assert "lines 5–6" in shown
    assert "more steps" in shown
    assert len(shown.splitlines()) < 100


def test_what_is_not_drawn_is_said(chain: Callable[[int], Trace]) -> None:
    """A limit leaves the nodes nearest to the result."""
    trace = replace(chain(30), graph=replace(chain(30).graph))
    nodes = tuple(replace(node, line=node.id) for node in trace.graph.nodes)
    trace = replace(trace, graph=replace(trace.graph, nodes=nodes))
    assert "7 of 30 nodes are shown" in text.render(trace, max_boxes=7)


def test_events_that_were_only_counted_are_said(example: Trace) -> None:
    """The record was full, and the reader knows."""
    assert "12 further events were counted" in text.render(replace(example, truncated=12))


def test_nodes_that_were_too_many_are_said(example: Trace) -> None:
    """The record was full, and the reader knows."""
    words = "The graph goes on: only its first 5 nodes are kept."
    assert words in text.render(replace(example, overgrown=True))
    assert words not in text.render(example)


def test_many_steps_are_counted_not_listed(example: Trace, monkeypatch: pytest.MonkeyPatch) -> None:
    """Beyond the limit the text says how many steps are left out."""
    monkeypatch.setattr(text, "MAX_STEPS", 4)
    assert "… and 3 more steps" in text.render(example)


def test_the_best_finding_comes_first(example: Trace, found: Callable[..., object]) -> None:
    """Before the graph, with its cause and its fix; the others are counted."""
    shown = text.render(example, [found(fix="with torch.no_grad():\n    w -= 1"), found(), found()])
    start = shown.splitlines()[1:8]
    assert start == [
        "",
        "Problem: loss.backward()",
        "  w.grad holds the sum of two passes.",
        "  backward() adds to .grad.",
        "  Fix:",
        "    with torch.no_grad():",
        "        w -= 1",
    ]
    assert shown.splitlines()[8] == "2 more findings"
