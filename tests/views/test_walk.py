"""Events become the steps a reader walks through."""

from dataclasses import replace

import pytest

from autograd_lab.trace.model import Event, Graph, Node, Ref, Trace, Value
from autograd_lab.views.steps import Part, backward_steps, final_gradients, gradients
from autograd_lab.views.walk import steps


def texts(parts: tuple[Part, ...]) -> list[str]:
    """Return the values' numbers without line breaks."""
    return [" ".join(part.value.text.split()) for part in parts]


def test_the_steps_walk_forward_then_back_to_the_leaf(example: Trace) -> None:
    """One step per operation on the way, then one start, one step per operation, one for the leaf."""
    assert [(step.kind, step.node) for step in steps(example)] == [
        ("op", 1),
        ("op", 2),
        ("op", 3),
        ("op", 4),
        ("start", 4),
        ("node", 4),
        ("node", 3),
        ("node", 2),
        ("node", 1),
        ("accumulate", 0),
    ]


def test_a_step_knows_where_in_the_source_it_ran(example: Trace) -> None:
    """Forward it is the expression that computed, backward the call that started the pass."""
    walked = steps(example)
    assert (walked[1].line, walked[1].expression) == (3, "y * y")
    assert (walked[4].line, walked[4].expression) == (5, "out.backward()")


def test_a_step_knows_its_column(example: Trace) -> None:
    """Two expressions of one line may read alike."""
    events = (replace(example.events[0], column=4), *example.events[1:])
    walked = steps(replace(example, events=events))
    assert (walked[0].column, walked[1].column) == (4, None)


def test_a_freed_buffer_belongs_to_the_step_that_frees_it(example: Trace) -> None:
    """Both products free what they saved while they are visited, nothing else does."""
    assert [(step.node, step.frees) for step in steps(example) if step.frees] == [
        (3, (3,)),
        (2, (2,)),
    ]


def test_two_paths_into_a_tensor_are_its_parts(example: Trace) -> None:
    """What y receives is the sum of what both uses in y * y sent; z receives one part."""
    by_node = {step.node: step for step in steps(example) if step.kind == "node"}
    row = "[[2.2500, 2.2500], [2.2500, 2.2500]]"
    assert texts(by_node[1].parts) == [row, row]
    assert [part.node for part in by_node[1].parts] == [2, 2]
    assert len(by_node[2].parts) == 1


def test_flows_name_the_receiver_and_the_formula(example: Trace) -> None:
    """Both inputs of y * y send their gradient to y, each by its own formula."""
    step = next(step for step in steps(example) if step.kind == "node" and step.node == 2)
    flows = [(flow.source, flow.name, flow.formula) for flow in step.flows]
    assert flows == [(1, "self", "grad · other"), (1, "other", "grad · self")]


def test_a_product_is_kept_only_where_the_broadcast_was_undone(broadcast: Trace) -> None:
    """The bias has a product of another shape; the other input needs no second number."""
    step = next(step for step in steps(broadcast) if step.kind == "node" and step.node == 4)
    assert [flow.product and flow.product.shape for flow in step.flows] == [None, (2, 2)]
    assert step.flows[1].out.shape == (2,)


def test_gradients_start_as_the_leaves_had_them(broadcast: Trace) -> None:
    """A leaf may bring a .grad from before; everything else has none yet."""
    changes = gradients(broadcast, steps(broadcast))
    assert {node: value and value.text for node, value in changes[0].items()} == {
        0: None, 1: None, 2: None, 3: "[1., 1.]", 4: None, 5: None,
    }  # fmt: skip
    assert len(changes) == len(steps(broadcast)) + 1


def test_zeroing_a_gradient_is_a_step(broadcast: Trace) -> None:
    """b.grad.zero_() is shown, and what it leaves is the last word on b."""
    walked = steps(broadcast)
    assert (walked[-1].kind, walked[-1].node, walked[-1].text) == ("write", 3, "b.grad.zero_()")
    final = final_gradients(gradients(broadcast, walked))
    assert final[3] is not None and final[3].text == "[0., 0.]"


def test_an_error_ends_the_pass_in_a_step_of_its_own(example: Trace) -> None:
    """A pass that failed stops where it failed, and nothing after it counts as computed."""
    events = (*example.events[:6], Event("end", text="RuntimeError: no"))
    walked = steps(replace(example, events=events))
    assert (walked[-1].kind, walked[-1].text) == ("stop", "RuntimeError: no")
    final = final_gradients(gradients(example, walked))
    assert final[0] is None


def test_a_second_pass_starts_afresh(example: Trace) -> None:
    """Paths of the first pass are not counted again in the second."""
    twice = replace(example, events=example.events + example.events)
    visits = [step for step in backward_steps(steps(twice)) if step.node == 1]
    assert [len(step.parts) for step in visits] == [2, 2]


def test_the_seed_of_a_leaf_is_not_yet_its_gradient() -> None:
    """x.backward() on a leaf starts with 1, but .grad is none yet until it is added."""
    one = Value((), "float32", "1.")
    leaf = Node(0, "leaf", "AccumulateGrad", "", "x", one)
    events = (
        Event("backward", 0, grads_in=(one,)),
        Event("accumulate", 0, contribution=one, after=one),
    )
    trace = Trace("", Graph((leaf,)), events)
    assert gradients(trace, steps(trace)) == [{0: None}, {}, {0: one}]


def test_a_pass_from_an_unknown_root_is_walked_all_the_same(example: Trace) -> None:
    """Without a root in the graph there is no start to show, only what follows."""
    events = tuple(
        replace(event, node=None) if event.kind == "backward" else event for event in example.events
    )
    walked = backward_steps(steps(replace(example, events=events)))
    assert [step.node for step in walked] == [4, 3, 2, 1, 0]


def ref(node: int | None) -> Ref:
    """Return a tensor that stands for a node."""
    return Ref(7, node, (2, 2), "float32", True, True, 0)


@pytest.mark.parametrize(
    ("event", "told"),
    [
        (Event("detach", text="detach", label="y"), ("cut", None, "detach")),
        (Event("mode", line=3, text="no_grad", entered=True), ("mode", None, "no_grad")),
        (Event("set", text="grad", label="x", inputs=(ref(0),)), ("write", 0, "x.grad = None")),
        (
            Event("set", text="requires_grad", label="x", inputs=(ref(0),)),
            ("write", 0, "x.requires_grad = False"),
        ),
        (
            Event("inplace", text="mul_", label="y", expression="y *= 2"),
            ("write", None, "y *= 2"),
        ),
        (
            Event("zero_grad", text="SGD", inputs=(ref(0),), options=("set_to_none",)),
            ("zero", None, "SGD"),
        ),
        (Event("step", text="SGD", outputs=(ref(0), ref(None))), ("update", None, "SGD")),
    ],
    ids=lambda item: item.kind if isinstance(item, Event) else "",
)
def test_what_else_happens_is_a_step(
    example: Trace, event: Event, told: tuple[str, int | None, str]
) -> None:
    """Cuts, modes, writes and what an optimizer does stand between the operations."""
    (step,) = steps(replace(example, events=(event,)))
    assert (step.kind, step.node, step.text) == told


@pytest.mark.parametrize(
    "event",
    [
        Event("mode", text="no_grad", entered=True),
        Event("inplace", text="zero_"),
        Event("zero_grad", text="SGD", inputs=(ref(0),)),
        Event("set", text="retain_grad", label="x"),
        Event("read", text="grad", label="x"),
        Event("something newer"),
    ],
    ids=lambda event: event.kind,
)
def test_what_cannot_be_told_is_no_step(example: Trace, event: Event) -> None:
    """A mode of the library's own, a tensor without a name, a kind that views do not know."""
    assert steps(replace(example, events=(event,))) == ()


def test_an_optimizer_that_empties_gradients_leaves_none(example: Trace) -> None:
    """After zero_grad the leaf's gradient is none yet, not zero."""
    zero = Event("zero_grad", text="SGD", inputs=(ref(0),), options=("set_to_none",))
    walked = steps(replace(example, events=(*example.events, zero)))
    assert walked[-1].leaves == (0,)
    assert final_gradients(gradients(example, walked))[0] is None
