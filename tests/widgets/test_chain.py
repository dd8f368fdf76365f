"""The way from a tensor along `next_functions`, and what ends it."""

import re

import pytest

from autograd_lab.engine.filled import ones
from autograd_lab.widgets.chain import Chain, ChainLab
from tests.widgets.libraries import both


@pytest.fixture
def x(tensor):
    """Return two ones that require grad."""
    return tensor([1.0, 1.0], requires_grad=True)


def way(chain):
    """Return what stands at each stop."""
    return [stop.name for stop in chain.way]


@both
def test_hop_by_hop_to_the_leaf(x):
    """At the end stands the AccumulateGrad of x, and a further hop goes nowhere."""
    chain = Chain("y = x * x\nout = y.sum()", {"x": x})
    for _ in range(4):
        chain.hop(0)
    assert way(chain) == ["SumBackward0", "MulBackward0", "AccumulateGrad"]
    assert chain.answer == ("The way ends at AccumulateGrad: here the gradient is added to x.grad.")


@both
def test_a_leaf_without_a_name_is_called_by_what_made_it(x):
    """An expression is no variable: it is not continued with `.grad`."""
    chain = Chain("out = (torch.ones(2, requires_grad=True) * x).sum()", {"x": x})
    chain.hop(0)
    chain.hop(0)
    assert chain.here.name == "AccumulateGrad"
    assert re.search(r"is added to grad of torch\.ones\(2.*\.$", chain.answer)


@both
def test_each_expression_is_python_that_leads_there(x):
    """Evaluated on the tensors of the code it gives the very function that was shown."""
    chain = Chain("y = x * x\nz = y.exp() * x\nout = z.mean()", {"x": x})
    for slot in (0, 0, 0, 1):
        chain.hop(slot)
    assert chain.here.expression == "out.grad_fn" + "".join(
        f".next_functions[{slot}][0]" for slot in (0, 0, 0, 1)
    )
    for stop in chain.way:
        found = eval(stop.expression, dict(chain.program.names))
        assert type(found).__name__ == stop.name
        assert found is stop.function
    assert [chain.label(stop) for stop in chain.way] == ["out", "z", "y.exp()", "y", "x"]


@both
def test_where_several_ways_go_on_one_chooses(x):
    """The entries have the names of the tensors they belong to."""
    chain = Chain("y = x + 1\nout = y * x", {"x": x})
    assert chain.answer == "MulBackward0 (out): 2 ways go on; choose one."
    assert [(s.name, chain.label(s)) for s in chain.choices()] == [
        ("AddBackward0", "y"),
        ("AccumulateGrad", "x"),
    ]
    chain.hop(1)
    assert chain.here.name == "AccumulateGrad"
    chain.back()
    chain.hop(0)
    assert chain.here.name == "AddBackward0"
    chain.back()
    chain.back()
    chain.back()
    assert way(chain) == ["MulBackward0"]


CUTS = [
    ("c = x.detach()", "`x.detach()` (line 1) cut the way back here."),
    ("with torch.no_grad():\n    c = x * 2", "no_grad (line 1) cut the way back here."),
    (
        "with torch.inference_mode():\n    c = x * 2\nc = c.clone()",
        "inference_mode (line 1) cut the way back here.",
    ),
    ("c = x.sum().item()", "`x.sum().item()` (line 1) cut the way back here."),
    ("c = torch.tensor(x.tolist())", "`x.tolist()` (line 1) cut the way back here."),
    ("c = (x > 0).float() * 2", "`x > 0` (line 1) cut the way back here."),
    ("c = torch.ones(2)", "c does not require grad, so it is a constant here."),
    ("c = torch.ones(2) * 2", "nothing that c was computed from requires grad."),
    ("c = torch.tensor([1, 2])", "c holds int64, and only floating-point tensors have gradients."),
    ("c = 3", "this input is a plain number, no tensor."),
]


@both
@pytest.mark.parametrize(("line", "reason"), CUTS)
def test_a_cut_way_ends_visibly_and_says_what_cut_it(x, line, reason):
    """The entry is None, and the line to blame is named."""
    chain = Chain(f"{line}\nout = x * c", {"x": x})
    chain.hop(1)
    assert chain.here.function is None
    assert chain.answer == f"out.grad_fn.next_functions[1][0] is None: {reason}"
    assert chain.choices() == []
    if "number" not in reason and ".item" not in line:
        chain.start("c")
        assert chain.answer == f"c.grad_fn is None: {reason}"


def test_a_leaf_has_no_function_of_its_own():
    """That is no cut: its AccumulateGrad is met from the other side."""
    chain = Chain("y = x * 2", {"x": ones(2, requires_grad=True)})
    chain.start("x")
    assert chain.answer.startswith("x.grad_fn is None: x is a leaf")


def test_a_tensor_whose_flag_was_switched_off_is_a_constant():
    """The reason is the flag, not a missing operation."""
    chain = Chain(
        "c.requires_grad_(False)\nout = x * c",
        {"x": ones(2, requires_grad=True), "c": ones(2, requires_grad=True)},
    )
    chain.hop(1)
    assert chain.here.reason == "c does not require grad, so it is a constant here."


def test_the_snapshot_tells_the_way_without_a_widget():
    """Code, a figure that marks the stop, and a row per hop."""
    lab = ChainLab()
    assert lab.answer == "MeanBackward0 (out): one way goes on."
    lab.chain.hop(0)
    text = lab.snapshot()
    assert text.startswith(f"<p><b>{lab.answer}</b></p>")
    assert "out = z.mean()" in text
    assert text.count("<img") == 1
    assert re.findall(r"<code>(.*?)</code>", text.replace("<wbr>", "")) == [
        "out.grad_fn",
        "out.grad_fn.next_functions[0][0]",
    ]
    assert "MulBackward0 (z)" in text


def test_the_controls_walk():
    """The list offers the entries of where one stands; the buttons go on and back."""
    lab = ChainLab("y = x + 1\nout = y * x", x=ones(2, requires_grad=True))
    start, walking = lab.widget.children[1].children
    _label, entries, hop, back = walking.children
    assert start.options == ("x", "y", "out")
    assert [label for label, _ in entries.options] == [
        "[0] AddBackward0 (y)",
        "[1] AccumulateGrad (x)",
    ]
    entries.value = 1
    hop.click()
    assert lab.answer.startswith("The way ends at AccumulateGrad")
    assert entries.options == ()
    hop.click()
    back.click()
    assert (entries.index, len(entries.options)) == (0, 2)
    start.value = "y"
    assert lab.chain.here.expression == "y.grad_fn"
    words, picture = lab.widget.children[-1].children
    assert "y<wbr>.grad_fn" in words.value
    assert picture.drawing["alt"] == lab.answer


def clickable(lab):
    """Return what a click on each box of the picture is said to do."""
    _words, picture = lab.widget.children[-1].children
    return {spot["key"]: (spot["kind"], spot["label"]) for spot in picture.drawing["spots"]}


def press(lab, key):
    """Send what the browser sends when somebody clicks a spot."""
    _words, picture = lab.widget.children[-1].children
    picture._handle_custom_msg({"spot": key}, [])


def test_a_click_starts_hops_and_goes_back():
    """The boxes are x 0, y 1, y * y 2, z 3, out 4; what has no name is reached by hops alone."""
    lab = ChainLab("y = x + 1\nz = y * y * 2\nout = z.sum()", x=ones(2, requires_grad=True))
    assert clickable(lab) == {
        "0": ("", "start at x"),
        "1": ("", "start at y"),
        "3": ("next", "hop to [0] MulBackward0 (z)"),
        "4": ("here", "you are at SumBackward0 (out)"),
    }
    for key in ("3", "2", "1", "0"):
        press(lab, key)
    assert lab.answer.startswith("The way ends at AccumulateGrad")
    assert lab.chain.here.expression.count("next_functions") == 4
    assert clickable(lab)["3"] == ("", "back to MulBackward0 (z)")
    press(lab, "3")
    assert way(lab.chain) == ["SumBackward0", "MulBackward0"]
    press(lab, "1")
    assert way(lab.chain) == ["AddBackward0"]
    assert lab.widget.children[1].children[0].value == "y"


def test_a_click_on_where_one_is_or_nowhere_changes_nothing():
    """Neither does one on a box that is not there, or on one that leads nowhere."""
    lab = ChainLab()
    before = lab.widget.children[-1].children[1].drawing
    for key in ("99", "no box", None, "f0", lab.chain.here.node):
        press(lab, str(key))
    assert lab.widget.children[-1].children[1].drawing == before


def test_a_cut_way_is_seen_and_can_be_clicked():
    """The click says what cut it; the plain number beside a tensor has no box."""
    lab = ChainLab()
    press(lab, next(k for k, (_, label) in clickable(lab).items() if label == "start at mixed"))
    press(lab, next(k for k, (kind, _) in clickable(lab).items() if kind == "next"))
    ((key, label),) = [(k, label) for k, (kind, label) in clickable(lab).items() if "None" in label]
    assert label == "hop to [0] None (c)"
    press(lab, key)
    assert lab.answer.endswith("`y.detach()` (line 2) cut the way back here.")


@pytest.mark.parametrize("code", ["y = 3", "y = x.detach() * 2"])
def test_code_without_history_is_refused(code):
    """There would be no way to walk."""
    with pytest.raises(ValueError, match="compute something from a tensor that requires grad"):
        ChainLab(code, x=ones(2, requires_grad=True))
