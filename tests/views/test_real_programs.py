"""What a reader is told of programs that really ran, on the engine and on PyTorch."""

import re

import pytest

from autograd_lab.trace.cells import run_cells
from autograd_lab.trace.model import Trace
from autograd_lab.views.narrate import Scene, narrate
from autograd_lab.views.prepared import prepare
from autograd_lab.views.source_lines import Source, lines_table
from autograd_lab.views.text import render
from autograd_lab.views.walk import steps

both = pytest.mark.parametrize("library", ["autograd_lab", "torch"])


def recorded(library: str, *cells: str) -> Trace:
    """Run the cells with `torch` being this library."""
    pytest.importorskip(library)
    return run_cells([f"import {library} as torch", *cells])


def scenes(library: str, *cells: str) -> list[Scene]:
    """Return the words for what the cells did."""
    trace = recorded(library, *cells)
    return [narrate(trace.graph, step) for step in steps(trace) if step.kind != "op"]


def visit(told: list[Scene], node: str) -> list[tuple[str, str, str, str]]:
    """Return label, numbers, value and note of the rows about the one visit of such a node."""
    (scene,) = [scene for scene in told if scene.subtitle.startswith(node)]
    return [(row.label, row.numbers, row.value, row.note) for row in scene.rows]


PARTS = "x = torch.tensor([3., 1., 2.], requires_grad=True)\na, b, c = x.unbind(0)\n"


@both
def test_each_of_several_outputs_has_its_own_value_and_name(library: str) -> None:
    """c is the third, 2, and b the second, 1; neither is taken for a."""
    told = scenes(library, f"{PARTS}y = b * c\ny.backward()")
    assert visit(told, "MulBackward0") == [
        ("gradient in", "", "1.", ""),
        ("saved other", "", "2.", ""),
        ("saved self", "", "1.", ""),
        ("→ b (self)", "1. · 2.", "2.", ""),
        ("→ c (other)", "1. · 1.", "1.", ""),
    ]


@both
def test_a_sum_over_paths_is_told_where_it_is_that_of_the_output(library: str) -> None:
    """Both uses of c meet in c alone; with a gradient for b besides, no sum is ascribed to either."""
    alone = visit(scenes(library, f"{PARTS}y = c * c\ny.backward()"), "UnbindBackward0")
    assert alone[0] == ("gradient in", "", "4.", "added up over 2 paths: 2. + 2.")
    beside = visit(scenes(library, f"{PARTS}y = c * c + b\ny.backward()"), "UnbindBackward0")
    assert beside[:2] == [("gradient in", "", "1.", ""), ("gradient in", "", "4.", "")]


@both
def test_a_pass_starts_at_the_output_it_was_called_on(library: str) -> None:
    """Not at the first of several."""
    assert scenes(library, f"{PARTS}c.backward()")[0].title == "c"


def cuts(told: list[Scene]) -> list[tuple[str, str]]:
    """Return what is cut off, and how."""
    words = "is cut off from the graph ("
    return [
        (scene.title, scene.subtitle.removeprefix(words).partition(")")[0])
        for scene in told
        if scene.subtitle.startswith(words)
    ]


CUTTING = """\
x = torch.tensor(2., requires_grad=True)
with torch.no_grad():
    b = x * 3
d = x.data
if x:
    n = x.item()
"""


@both
def test_what_is_cut_off_is_the_result(library: str) -> None:
    """x stays in the graph and gets its gradient; a test without a call is told as one."""
    assert cuts(scenes(library, CUTTING)) == [
        ("x * 3", "no_grad"),
        ("x.data", "data"),
        ("bool(x)", "bool"),
        ("x.item()", "item"),
    ]


JUMPING = """\
x = torch.tensor([3., -2., 1.], requires_grad=True)
i = (x * 2.5).long()
j = (x * 2.5).int()
k = x.argmax()
y = x * (x * 3 > 0)
same = y.detach() > 0
"""


@both
def test_an_operation_that_no_gradient_passes_is_a_step(library: str) -> None:
    """A cast says to which dtype; what is computed of a detached tensor is cut off already."""
    told = cuts(scenes(library, JUMPING))
    assert told == [
        ("(x * 2.5).long()", "cast to int64"),
        ("(x * 2.5).int()", "cast to int32"),
        ("x.argmax()", "argmax"),
        ("x * 3 > 0", "gt"),
        ("y.detach()", "detach"),
    ]


@both
def test_a_cast_is_drawn_with_its_dtype(library: str) -> None:
    """On the line that it cuts, in the figure as in the text."""
    trace = recorded(library, "x = torch.ones(2, requires_grad=True)\ni = x.long()\ny = x * i")
    assert "cut: cast to int64" in prepare(trace).picture()
    assert "(cut: cast to int64" in render(trace)


KEEPING = """\
x = torch.ones(10, 10, requires_grad=True)
y = x * x
z = x @ x.t()
w = x[0] * x[1]
h = x.exp(); g = h * h
u = x.exp() * x.sin()
"""


@both
def test_memory_is_kept_alive_once(library: str) -> None:
    """100 floats are 400 bytes: x and its views share them, and h is result and factor in one."""
    trace = recorded(library, KEEPING)
    kept = re.findall(r">(\d+) bytes<", lines_table(trace, Source(trace)))
    # The last line keeps exp(x), x for the sine, and sin(x).
    assert kept == ["400", "400", "400", "400", "1200"]


WRITING = """\
x = torch.ones(3, requires_grad=True)
y = x.exp()
y.add_(1)
y[0] = 5.
y.copy_(x)
w = torch.zeros(3)
w.add_(1)
w.add_(x)
"""


@both
def test_a_recorded_write_is_told_once(library: str) -> None:
    """As an operation, which says all that it does; one that is not recorded is a write."""
    walked = steps(recorded(library, WRITING))
    assert [(step.kind, step.line) for step in walked] == [
        ("op", 2), ("op", 3), ("op", 4), ("op", 5), ("write", 7), ("op", 8),
    ]  # fmt: skip


@both
def test_a_pass_is_named_after_the_call_that_started_it(library: str) -> None:
    """autograd.grad() is not told as backward()."""
    program = "x = torch.tensor(3., requires_grad=True)\ny = x * x\n"
    start, *_ = scenes(library, f"{program}torch.autograd.grad(y, x)")
    assert (start.title, start.subtitle) == ("y", "autograd.grad() starts here")
    start, *_ = scenes(library, f"{program}y.backward()")
    assert start.subtitle == "backward() starts here"
