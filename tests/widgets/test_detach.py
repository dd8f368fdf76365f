"""Cutting the edges of a computation, and the gradient that is left."""

import re

import numpy as np
import pytest

from autograd_lab.engine.creation import tensor as our_tensor
from autograd_lab.widgets.detach import EXAMPLE, FORMULAS, Detach, DetachLab
from tests.widgets.libraries import both

RAISED = "element 0 of tensors does not require grad and does not have a grad_fn"


@pytest.fixture
def example(tensor):
    """Return the example at 1, 2 and 3."""
    return Detach(EXAMPLE, tensor([1.0, 2.0, 3.0], requires_grad=True), FORMULAS)


# 3x², x² and 2x² at 1, 2 and 3.
GRADIENTS = [
    ((), [3, 12, 27]),
    (("u→z",), [1, 4, 9]),
    (("x→u",), [1, 4, 9]),
    (("x→u", "u→z"), [1, 4, 9]),
    (("x→z",), [2, 8, 18]),
]


@both
@pytest.mark.parametrize(("cut", "gradient"), GRADIENTS)
def test_each_cut_leaves_its_part_of_the_gradient(example, cut, gradient):
    """What backward gives, what the formula gives and what differences give is the same."""
    example.cut(*cut)
    assert example.gradient.tolist() == gradient
    assert example.expected.tolist() == gradient
    assert example.difference == pytest.approx(np.array(gradient), abs=1e-5)


@both
@pytest.mark.parametrize("cut", [("x→z", "u→z"), ("x→z", "x→u"), ("x→u", "x→z", "u→z")])
def test_cutting_all_ways_raises_and_says_so(example, cut):
    """No gradient is left, and the words are PyTorch's."""
    example.cut(*cut)
    assert example.gradient is None
    assert example.answer == (
        f"Cut: {', '.join(e for e in example.edges if e in cut)}. "
        f"No way leads back to x any more: RuntimeError: {RAISED}"
    )


@both
def test_the_cut_is_in_the_code_and_in_the_graph(example):
    """One line calls detach(), and the trace has one severed edge."""
    assert [edge.cut for edge in example.trace.graph.edges if edge.cut] == []
    example.cut("u→z")
    assert example.code.splitlines() == [
        "u = x ** 2",
        "z = u.detach() * x",
        "z.sum().backward()",
    ]
    (edge,) = [edge for edge in example.trace.graph.edges if edge.cut]
    nodes = example.trace.graph.nodes
    assert (nodes[edge.source].label, edge.cut) == ("u", "detach")


@both
def test_nothing_stays_cut(example):
    """Each call names all edges that are cut."""
    example.cut("u→z")
    example.cut()
    assert example.answer == "Nothing is cut: x.grad is [3, 12, 27] = 3 * x ** 2"


@both
def test_a_teachers_code_has_edges_of_its_own(tensor):
    """All uses in a line are one edge; numbers have none; differences stand in for a formula."""
    x = tensor([[0.5, 1.0]], requires_grad=True)
    detach = Detach("n = 2\na = torch.sin(x)\nb = a * a + n * x\nc = b.exp()", x)
    assert detach.edges == ("x→a", "x→b", "a→b", "b→c")
    detach.cut("a→b")
    assert detach.code.splitlines()[2] == "b = a.detach() * a.detach() + n * x"
    assert detach.answer.startswith("Cut: a→b. x.grad is [[")
    assert (detach.formula, detach.expected) == ("", None)
    # exp(sin² x + 2x) with the sine held fixed: twice the value.
    numbers = np.array([[0.5, 1.0]])
    right = 2 * np.exp(np.sin(numbers) ** 2 + 2 * numbers)
    assert detach.gradient == pytest.approx(right, rel=1e-5)
    assert detach.difference == pytest.approx(right, rel=1e-5)


def test_differences_are_left_out_where_they_cannot_be_taken():
    """A matrix of another dtype stops them, a long x would take too long; the lab goes on."""
    short = our_tensor([1.0, 2.0], requires_grad=True)
    fixed = Detach("w = torch.ones(2, 2)\ny = w @ x", short)
    assert fixed.difference is None
    assert fixed.gradient.tolist() == [2, 2]
    long = Detach("y = x * 2", our_tensor([1.0] * 300, requires_grad=True))
    assert long.difference is None
    assert "difference quotient" not in DetachLab("y = x * 2", long.program.tensors["x"]).snapshot()


def test_the_users_tensor_stays_as_it_is():
    """The lab computes with copies."""
    x = our_tensor([1.0, 2.0], requires_grad=True)
    Detach(EXAMPLE, x).cut("u→z")
    assert x.grad is None


def test_the_snapshot_has_figure_and_table_without_a_widget():
    """The numbers of backward stand beside those of the formula."""
    lab = DetachLab()
    lab.detach.cut("x→z")
    text = lab.snapshot()
    assert text.count("<img") == 1
    assert re.findall(r"<code>(.*?)</code>", text) == [
        "x",
        "[1, 2, 3]",
        "x.grad",
        "[2, 8, 18]",
        "2 * x ** 2",
        "[2, 8, 18]",
        "difference quotient",
        "[2, 8, 18]",
    ]
    lab.detach.cut("x→z", "u→z")
    assert RAISED in lab.snapshot()
    assert "none yet" in lab.snapshot()


def test_the_boxes_cut():
    """Each is one edge, and starts as the lab is."""
    lab = DetachLab()
    lab.detach.cut("x→u")
    boxes = lab.widget.children[1].children
    assert [(box.description, box.value) for box in boxes] == [
        ("cut x→u", True),
        ("cut x→z", False),
        ("cut u→z", False),
    ]
    boxes[0].value = False
    boxes[1].value = True
    assert lab.answer == "Cut: x→z. x.grad is [2, 8, 18] = 2 * x ** 2"


X = our_tensor([1.0, 2.0], requires_grad=True)


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"code": lambda x: x}, TypeError, "text of Python lines"),
        ({"x": our_tensor([1.0])}, ValueError, "requires grad: ones"),
        ({"x": 3}, ValueError, "leaf tensor"),
        ({"code": "x * 2", "x": X}, ValueError, "every line must make one variable.*line 1"),
        ({"code": "a, b = x, x", "x": X}, ValueError, "every line must make one variable"),
        ({"code": "x = x * 2", "x": X}, ValueError, "new variable; x is there already"),
        ({"code": "y = 3", "x": X}, ValueError, "last line must depend on x"),
        ({"code": "y = torch.ones(2)", "x": X}, ValueError, "last line must depend on x"),
        ({"formulas": {("z→u",): "x"}}, ValueError, "no edge 'z→u'; there are x→u, x→z, u→z"),
        ({"formulas": {(): "y"}}, ValueError, "formula 'y' must be Python on x"),
        ({"formulas": {(): "[1, 2]"}}, ValueError, "formula '.1, 2.' must be Python on x"),
    ],
)
def test_what_does_not_fit_is_refused(arguments, error, message):
    """The error says what would fit."""
    with pytest.raises(error, match=message):
        DetachLab(**arguments)


def test_an_unknown_edge_is_refused_and_nothing_changes():
    """The error lists the edges."""
    detach = Detach(EXAMPLE, X)
    with pytest.raises(ValueError, match="no edge 'z→x'; there are x→u, x→z, u→z"):
        detach.cut("z→x")
    assert detach.severed == ()


def test_the_scissors_cut_and_join():
    """They say which edge they cut, stand on it, and turn the boxes with them."""
    lab = DetachLab()
    _words, picture = lab.widget.children[-1].children
    boxes = lab.widget.children[1].children

    def seen():
        return [(spot["key"], spot["kind"], spot["label"]) for spot in picture.drawing["spots"]]

    assert seen() == [(edge, "edge", f"cut {edge}") for edge in lab.detach.edges]
    picture._handle_custom_msg({"spot": "u→z"}, [])
    assert seen()[2] == ("u→z", "cut", "join u→z again")
    assert [box.value for box in boxes] == [False, False, True]
    assert lab.answer == "Cut: u→z. x.grad is [1, 4, 9] = x ** 2"
    picture._handle_custom_msg({"spot": "u→z"}, [])
    assert lab.detach.severed == ()


@both
def test_every_line_of_the_graph_belongs_to_its_edge(tensor):
    """Several uses in one line of code are one edge, cut or not; the sum at the end is none."""
    detach = Detach("a = x.sin()\nb = a * a + x", tensor([1.0], requires_grad=True))
    for cut in ((), ("a→b",), ("x→b", "a→b")):
        detach.cut(*cut)
        assert set(detach.drawn_edges().values()) == set(detach.edges) == {"x→a", "a→b", "x→b"}
