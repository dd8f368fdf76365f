"""Steps in words."""

from autograd_lab.trace.model import Trace
from autograd_lab.views.narrate import Scene, narrate
from autograd_lab.views.steps import steps


def scenes(trace: Trace) -> list[Scene]:
    """Return the words for every step."""
    return [narrate(trace.graph, step) for step in steps(trace)]


def test_a_visit_shows_what_came_in_the_formula_and_what_goes_out(example: Trace) -> None:
    """The step at y * y has all a reader needs to compute it by hand."""
    scene = scenes(example)[3]
    assert (scene.title, scene.subtitle) == ("y * y", "MulBackward0 · line 3")
    assert [(row.label, row.formula, row.value) for row in scene.rows] == [
        ("gradient in", "", "[[0.7500, 0.7500],\n [0.7500, 0.7500]]"),
        ("saved self", "", "[[3., 3.],\n [3., 3.]]"),
        ("saved other", "", "[[3., 3.],\n [3., 3.]]"),
        ("→ y (self)", "grad · other", "[[2.2500, 2.2500],\n [2.2500, 2.2500]]"),
        ("→ y (other)", "grad · self", "[[2.2500, 2.2500],\n [2.2500, 2.2500]]"),
    ]


def test_a_sum_over_paths_is_written_out(example: Trace) -> None:
    """Where two gradients met, the note shows both terms."""
    note = scenes(example)[4].rows[0].note
    assert note.startswith("added up over 2 paths: [[2.2500")
    assert note.count("2.2500") == 8


def test_the_seed_of_a_scalar_is_explained(example: Trace) -> None:
    """The first gradient is 1 for a reason."""
    assert scenes(example)[0].rows[0].note == "∂out/∂out = 1"


def test_a_first_gradient_is_added_to_none_yet_and_a_second_to_the_first(
    example: Trace, broadcast: Trace
) -> None:
    """Before, contribution, after; accumulation is pointed out only where it happens."""
    first = scenes(example)[-1]
    assert (first.title, first.rows[0].value) == ("x.grad", "none yet")
    assert first.rows[2].note == ""
    second = next(scene for scene in scenes(broadcast) if scene.title == "b.grad")
    assert [row.value for row in second.rows] == ["[1., 1.]", "[2., 2.]", "[3., 3.]"]
    assert "adds" in second.rows[2].note


def test_undoing_a_broadcast_is_shown_before_and_after(broadcast: Trace) -> None:
    """The reader sees the product and the sum, with both shapes."""
    scene = next(scene for scene in scenes(broadcast) if scene.title == "w * x + b")
    before, after = scene.rows[-2:]
    assert (before.label, before.formula) == ("→ b (other), still broadcast", "grad")
    assert (after.label, after.value) == ("→ b (other)", "[2., 2.]")
    assert "(2, 2) becomes (2,)" in after.note


def test_zeroing_is_told_as_the_call_that_did_it(broadcast: Trace) -> None:
    """The step names the call and what it leaves."""
    scene = scenes(broadcast)[-1]
    assert (scene.title, scene.subtitle) == ("b.grad", "b.grad.zero_()")
    assert scene.rows[0].value == "[0., 0.]"
