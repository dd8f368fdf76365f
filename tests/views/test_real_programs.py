"""What a reader is told of programs that really ran, on the engine and on PyTorch."""

import pytest

from autograd_lab.trace.cells import run_cells
from autograd_lab.views.narrate import Scene, narrate
from autograd_lab.views.walk import steps

both = pytest.mark.parametrize("library", ["autograd_lab", "torch"])


def scenes(library: str, *cells: str) -> list[Scene]:
    """Return the words for what the cells did with `torch` being this library."""
    pytest.importorskip(library)
    trace = run_cells([f"import {library} as torch", *cells])
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
