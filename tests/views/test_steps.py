"""Events become the steps a reader walks through."""

from dataclasses import replace

from autograd_lab.trace.model import Event, Graph, Node, Trace, Value
from autograd_lab.views.steps import final_gradients, gradients, steps


def texts(values: object) -> list[str]:
    """Return the values' numbers without line breaks."""
    return [" ".join(value.text.split()) for value in values]


def test_the_steps_walk_from_the_loss_to_the_leaf(example: Trace) -> None:
    """One start, one step per operation, one for the leaf; forward events and freed buffers are none."""
    assert [(step.kind, step.node) for step in steps(example)] == [
        ("start", 4),
        ("node", 4),
        ("node", 3),
        ("node", 2),
        ("node", 1),
        ("accumulate", 0),
    ]


def test_two_paths_into_a_tensor_are_its_parts(example: Trace) -> None:
    """What y receives is the sum of what both uses in y * y sent; a single path has no parts."""
    by_node = {step.node: step for step in steps(example) if step.kind == "node"}
    row = "[[2.2500, 2.2500], [2.2500, 2.2500]]"
    assert texts(by_node[1].parts) == [row, row]
    assert by_node[2].parts == ()


def test_flows_name_the_edge_the_receiver_and_the_formula(example: Trace) -> None:
    """Both inputs of y * y send their gradient to y, each along its own edge."""
    step = next(step for step in steps(example) if step.node == 2)
    flows = [(flow.edge, flow.source, flow.name, flow.formula) for flow in step.flows]
    assert flows == [(1, 1, "self", "grad · other"), (2, 1, "other", "grad · self")]


def test_a_product_is_kept_only_where_the_broadcast_was_undone(broadcast: Trace) -> None:
    """The bias has a product of another shape; the other input needs no second number."""
    step = next(step for step in steps(broadcast) if step.node == 4)
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
    assert (walked[-1].kind, walked[-1].node, walked[-1].text) == ("write", 3, "zero_")
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
    visits = [step for step in steps(twice) if step.node == 1]
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
    assert [step.node for step in steps(replace(example, events=events))] == [4, 3, 2, 1, 0]
