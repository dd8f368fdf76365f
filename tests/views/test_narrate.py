"""Steps in words."""

from dataclasses import replace

import pytest

from autograd_lab.trace.model import Trace, Value
from autograd_lab.views.narrate import Scene, narrate, with_numbers
from autograd_lab.views.steps import Flow, Part, Step, backward_steps
from autograd_lab.views.walk import steps


def scenes(trace: Trace) -> list[Scene]:
    """Return the words for every step that is about gradients."""
    return [narrate(trace.graph, step) for step in backward_steps(steps(trace))]


def test_a_visit_shows_what_came_in_the_formula_and_what_goes_out(example: Trace) -> None:
    """The step at y * y has all a reader needs to compute it by hand."""
    scene = scenes(example)[3]
    assert (scene.title, scene.subtitle) == ("y * y", "MulBackward0 · line 3")
    assert [(row.label, row.formula, row.value) for row in scene.rows] == [
        ("gradient in", "", "[[0.7500, 0.7500], [0.7500, 0.7500]]"),
        ("saved self", "", "[[3., 3.], [3., 3.]]"),
        ("saved other", "", "[[3., 3.], [3., 3.]]"),
        ("→ y (self)", "grad · other", "[[2.2500, 2.2500], [2.2500, 2.2500]]"),
        ("→ y (other)", "grad · self", "[[2.2500, 2.2500], [2.2500, 2.2500]]"),
    ]


def test_of_several_operations_of_one_call_each_is_named(layered: Trace) -> None:
    """As what a step is about, and as what receives its gradient."""
    one = scalar("1.")
    visit = Step("node", 3, incoming=(one,), flows=(Flow(2, "self", "grad", None, one),))
    scene = narrate(layered.graph, visit)
    assert (scene.title, scene.rows[-1].label) == ("net(x) · tanh", "→ net(x) · mul")
    assert narrate(layered.graph, Step("start", 3, incoming=(one,))).title == "net(x) · tanh"


def scalar(text: str) -> Value:
    """Return a 0-d value."""
    return Value((), "float32", text)


@pytest.mark.parametrize(
    ("formula", "numbers"),
    [
        ("grad · other", "0.7500 · 3."),
        ("grad · self", "0.7500 · (-2.)"),
        ("−grad · self / other²", "−0.7500 · (-2.) / 3.²"),
        ("grad · cos(self)", "0.7500 · cos((-2.))"),
        ("selfᵀ @ grad", "(-2.)ᵀ @ 0.7500"),
        ("grad", ""),
        ("0", ""),
        ("grad / number of elements", ""),
        ("grad · unknown", ""),
        ("grad · long", ""),
    ],
)
def test_a_formula_is_shown_with_its_numbers(formula: str, numbers: str) -> None:
    """A negative one in brackets; none where words or what is not known would remain."""
    known = {
        "grad": scalar("0.7500"),
        "other": scalar("3."),
        "self": scalar("-2."),
        "long": scalar("[1.2500, 2.2500, 3.2500, 4.2500]"),
    }
    assert with_numbers(formula, known) == numbers


def test_the_numbers_of_a_step_are_its_own(broadcast: Trace) -> None:
    """The gradient that came in and the values that were saved are written into the formula."""
    nodes = list(broadcast.graph.nodes)
    nodes[5] = replace(nodes[5], formulas=("grad · 2",))
    graph = replace(broadcast.graph, nodes=tuple(nodes))
    scene = scenes(replace(broadcast, graph=graph))[1]
    assert (scene.rows[-1].formula, scene.rows[-1].numbers) == ("grad · 2", "1. · 2")


def test_a_sum_over_paths_is_written_out(example: Trace) -> None:
    """Where two gradients met, the note shows both terms."""
    note = scenes(example)[4].rows[0].note
    assert note.startswith("added up over 2 paths: [[2.2500")
    assert note.count("2.2500") == 8


def test_of_many_paths_the_first_are_written_out(example: Trace) -> None:
    """The sum says over how many paths it goes, and that it goes on."""
    parts = tuple(Part(1, scalar(f"{n}.")) for n in range(50))
    row = narrate(example.graph, Step("accumulate", 0, parts=parts)).rows[1]
    assert row.note == "added up over 50 paths: 0. + 1. + 2. + 3. + …"


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


@pytest.mark.parametrize(
    ("step", "title", "subtitle"),
    [
        (
            Step("cut", text="detach", label="y.detach()"),
            "y.detach()",
            "is cut off from the graph (detach)",
        ),
        (
            Step("mode", text="no_grad", entered=True, line=3),
            "no_grad",
            "the block begins · line 3",
        ),
        (Step("mode", text="no_grad", line=3), "no_grad", "the block ends · line 3"),
        (Step("write", text="x.grad = None", label="x.grad"), "x.grad", "x.grad = None"),
        (
            Step("zero", text="SGD", expression="opt.zero_grad()", leaves=(0,)),
            "opt.zero_grad()",
            "empties .grad of x",
        ),
        (
            Step("update", text="SGD", expression="opt.step()", leaves=(0,)),
            "opt.step()",
            "SGD changes x in place",
        ),
        (Step("stop", text="RuntimeError: no"), "The backward pass stopped here", "RuntimeError"),
        (Step("gap", count=7), "… and 7 more steps", "too many to list"),
    ],
)
def test_every_kind_of_step_has_its_words(
    example: Trace, step: Step, title: str, subtitle: str
) -> None:
    """The title names the tensor or the call, the subtitle says what happens."""
    scene = narrate(example.graph, step)
    assert scene.title == title
    assert scene.subtitle.startswith(subtitle)
