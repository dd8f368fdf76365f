"""Lines with gradients switched off: flags, nodes and bytes."""

import re

import pytest

from autograd_lab.engine.filled import ones
from autograd_lab.widgets.no_grad import NoGrad, NoGradLab
from tests.widgets.libraries import both

CODE = "h = (x * w).exp()\nloss = (h * v).sum()"


@pytest.fixture
def logic(tensor):
    """Return four operations on a thousand numbers of 4 bytes each."""
    many = [1.0] * 1000
    return NoGrad(
        CODE,
        {
            "x": tensor(many),
            "w": tensor(many, requires_grad=True),
            "v": tensor(many, requires_grad=True),
        },
    )


# Four nodes: mul keeps x (w needs no more of it), exp its result, the second mul h and v, sum nothing.
# h is the result of exp and the input of mul: the same memory counts once.
COSTS = [
    ({}, (), 4, 12_000),
    ({0: "no_grad"}, (), 2, 4_000),
    ({1: "no_grad"}, (), 2, 8_000),
    ({0: "no_grad", 1: "no_grad"}, (), 0, 0),
    ({0: "inference_mode", 1: "inference_mode"}, (), 0, 0),
    ({}, ("w",), 2, 4_000),
    ({}, ("v",), 4, 12_000),
    ({}, ("w", "v"), 0, 0),
]


@both
@pytest.mark.parametrize(("ways", "frozen", "nodes", "kept"), COSTS)
def test_nodes_made_and_bytes_kept(logic, ways, frozen, nodes, kept):
    """Both follow from what each operation saves."""
    logic.run(ways, frozen)
    assert logic.trace.error == ""
    assert (logic.cost.nodes, logic.cost.kept) == (nodes, kept)
    assert logic.plain.nodes == 4


@both
def test_detach_makes_the_nodes_and_drops_them(logic):
    """Unlike under no_grad, the history is recorded; nobody keeps it afterwards."""
    logic.run({0: "detach"})
    assert logic.code.splitlines()[0] == "h = (x * w).exp().detach()"
    assert (logic.cost.nodes, logic.cost.kept) == (4, 4_000)
    assert logic.names["h"].requires_grad is False
    assert logic.names["loss"].requires_grad is True


@both
def test_a_frozen_parameter_lets_gradients_pass_to_the_others(logic):
    """Freezing the last one leaves the history of what comes before."""
    logic.run({}, ("v",))
    assert logic.names["v"].requires_grad is False
    logic.names["loss"].backward()
    assert logic.names["w"].grad is not None


@both
def test_an_inference_tensor_stops_what_would_save_it(logic):
    """The error is told in the library's words."""
    logic.run({0: "inference_mode"})
    assert logic.answer.startswith(
        "The code stops: RuntimeError: Inference tensors cannot be saved for backward."
    )


@both
def test_each_run_starts_anew(logic):
    """Neither a mode nor a frozen parameter stays."""
    before = logic.answer
    logic.run({0: "no_grad"}, ("v",))
    assert logic.answer == "0 of 4 nodes made, 0 bytes of 12 kB kept for backward."
    logic.run()
    assert logic.answer == before == "4 of 4 nodes made, 12 kB of 12 kB kept for backward."


def test_only_a_line_that_makes_a_variable_can_be_detached():
    """Blocks and calls can run in a mode, as a whole."""
    x = ones(2, requires_grad=True)
    logic = NoGrad("y = x * 2\nfor _ in range(3):\n    y = y * x", {"x": x})
    assert [logic.possible(number) for number in (0, 1)] == [
        ("", "no_grad", "detach", "inference_mode"),
        ("", "no_grad", "inference_mode"),
    ]
    logic.run({1: "no_grad"})
    assert logic.code.splitlines()[1:] == [
        "with torch.no_grad():",
        "    for _ in range(3):",
        "        y = y * x",
    ]
    assert logic.cost.nodes == 1


def test_the_snapshot_has_flags_costs_and_figure_but_no_time():
    """What differs from run to run would make a saved notebook differ from the next one."""
    lab = NoGradLab()
    lab.no_grad.run({0: "no_grad"})
    text = lab.snapshot()
    assert text.count("<img") == 1
    rows = [re.findall(r"<td[^>]*>(.*?)</td>", row) for row in re.findall("<tr>(.*?)</tr>", text)]
    assert ["<code>h</code>", "False", "None"] in rows
    assert ["<code>w2</code>", "True", "None"] in rows
    assert ["<code>y</code>", "True", "MmBackward0"] in rows
    assert ["nodes made", "3", "5"] in rows
    assert "µs" not in text
    assert text == lab.snapshot()


def test_the_standard_example_is_the_same_each_time():
    """Its parameters are drawn from a seed of their own, and the user's stays untouched."""
    assert NoGradLab().snapshot() == NoGradLab().snapshot()


def test_the_controls_choose_and_the_time_is_in_the_widget_alone():
    """A list per statement, a box per parameter."""
    lab = NoGradLab(CODE, x=ones(2), w=ones(2, requires_grad=True), v=ones(2))
    ways, others = lab.widget.children[1].children
    boxes, again, time = others.children
    assert [way.description for way in ways.children] == CODE.splitlines()
    assert [box.description for box in boxes.children] == ["freeze w"]
    ways.children[0].value = "no_grad"
    assert lab.answer.startswith("0 of 4 nodes made")
    ways.children[0].value = ""
    boxes.children[0].value = True
    assert lab.answer.startswith("0 of 4 nodes made")
    assert "requires_grad_(False)" in lab.widget.children[-1].value
    again.click()
    assert re.fullmatch(r"[\d,]+ µs per run; as it is [\d,]+ µs", time.value)


@pytest.mark.parametrize(
    ("code", "tensors", "error", "message"),
    [
        (3, {"x": ones(2)}, TypeError, "text of Python lines"),
        ("y = x * 2", {"x": ones(2)}, ValueError, "from a tensor that requires grad"),
        ("y = x", {"x": 2}, ValueError, "leaf tensor"),
    ],
)
def test_what_does_not_fit_is_refused(code, tensors, error, message):
    """The error says what would fit."""
    with pytest.raises(error, match=message):
        NoGradLab(code, **tensors)


@pytest.mark.parametrize(
    ("ways", "frozen", "message"),
    [
        ({0: "off"}, (), "statement 0 cannot run with 'off'"),
        ({5: "no_grad"}, (), "statement 5 cannot run"),
        ({}, ("b",), "no 'b' to freeze; there are w1, w2"),
    ],
)
def test_an_unknown_way_or_parameter_is_refused(ways, frozen, message):
    """The error says which there are."""
    with pytest.raises(ValueError, match=message):
        NoGradLab().no_grad.run(ways, frozen)
