"""`show(y)`: the graph behind a tensor."""

import pytest

import autograd_lab as torch


@pytest.fixture(autouse=True)
def _english(monkeypatch: pytest.MonkeyPatch) -> None:
    """Read the texts in English."""
    monkeypatch.setenv("AUTOGRAD_LAB_LANG", "en")


def test_graph_behind_a_tensor() -> None:
    """Names and values come from the caller's variables; there are no events and no lines."""
    x = torch.ones(2, requires_grad=True)
    y = (x * 3).sum()
    trace = torch.show(y).trace
    assert [(node.label, node.name) for node in trace.graph.nodes] == [
        ("x", "AccumulateGrad"),
        ("", "MulBackward0"),
        ("y", "SumBackward0"),
    ]
    assert [node.value and node.value.text for node in trace.graph.nodes] == [
        "[1., 1.]",
        None,
        "6.",
    ]
    assert trace.events == ()
    assert repr(torch.show(y)).endswith("● x    leaf          [1., 1.]")


def test_leaf_and_constant() -> None:
    """A leaf is a graph of one node; a tensor without gradient has none."""
    assert len(torch.show(torch.ones(2, requires_grad=True)).trace.graph.nodes) == 1
    assert torch.show(torch.ones(2)).trace.graph.nodes == ()


def test_deep_graph() -> None:
    """A graph larger than a recording keeps is walked to its end, without recursion."""
    y = torch.ones(1, requires_grad=True)
    for _ in range(12_000):
        y = y * 1.0
    nodes = torch.show(y).trace.graph.nodes
    assert (len(nodes), nodes[-1].label) == (12_001, "y")


@pytest.mark.parametrize("wrong", [3.0, None, "x", [1.0]])
def test_not_a_tensor(wrong: object) -> None:
    """Anything but a tensor is refused by its type."""
    with pytest.raises(TypeError, match=rf"show\(\) takes a tensor, not {type(wrong).__name__}"):
        torch.show(wrong)


def test_why_of_a_parameter() -> None:
    """A parameter is found by its name in the module, an entry by its place in the list."""
    net, ws = torch.nn.Linear(2, 1), [torch.ones(2, requires_grad=True)]
    with torch.record() as recorded:
        net(ws[0]).sum().backward()
    assert "line" in repr(torch.why(net.weight, recorded.trace))
    assert repr(torch.why(ws[0], recorded.trace)).startswith("ws[0].grad came from")
