"""Counting operations and kept bytes, on the engine and on PyTorch."""

import contextlib
import gc
import sys
from importlib import import_module
from typing import Any

import pytest

import autograd_lab
from autograd_lab.engine.observe import observers

measure = autograd_lab.measure


@pytest.fixture(params=["autograd_lab", "torch"])
def torch(request: pytest.FixtureRequest) -> Any:
    """The engine, then PyTorch."""
    return pytest.importorskip(request.param)


def test_forward_and_backward(torch: Any) -> None:
    """Each operation counts once, each node once per visit; leaves do not."""
    x = torch.ones(3, requires_grad=True)
    with measure() as cost:
        y = (x.exp() * x + x).sum()
    assert (cost.forward, cost.backward) == (4, 0)
    with measure() as cost:
        y.backward()
    assert (cost.forward, cost.backward) == (0, 4)


def test_only_what_computes(torch: Any) -> None:
    """Views, detaching, new tensors and numbers taken out are no work."""
    x = torch.ones(2, 3, requires_grad=True)
    with measure() as cost:
        y = x.view(6).detach()
        torch.zeros(3).tolist()
        y[0].item()
        torch.tensor([1.0, 2.0])
    assert (cost.forward, cost.backward, cost.kept) == (0, 0, 0)


def test_a_result_in_another_shape_is_no_work(torch: Any) -> None:
    """reshape() copies what does not lie in order; a product of stacks is one product."""
    x = torch.ones(2, 3, 4, requires_grad=True)
    with measure() as copied:
        x.permute(1, 0, 2).reshape(-1)
    with measure() as product:
        x @ torch.ones(2, 4, 3)
    assert (copied.forward, product.forward) == (1, 1)


def test_topk_keeps_the_places_of_what_it_returns_alone(torch: Any) -> None:
    """Four integers of eight bytes, not the order of all six numbers."""
    x = torch.ones(2, 3, requires_grad=True)
    with measure() as cost:
        found = x.topk(2)
    assert cost.kept == 32
    assert found.indices.is_contiguous()


def test_where_torch_is_kept_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """None among the modules forbids an import; the engine is measured all the same."""
    monkeypatch.setitem(sys.modules, "torch", None)
    with measure() as cost:
        autograd_lab.ones(3).exp()
    assert cost.forward == 1


def test_without_gradients(torch: Any) -> None:
    """Forward work counts whether it is recorded or not; what is not recorded keeps nothing."""
    with measure() as cost:
        torch.ones(3).exp() * 2
    with torch.no_grad(), measure() as unrecorded:
        torch.ones(3, requires_grad=True).exp() * 2
    assert (cost.forward, cost.kept) == (unrecorded.forward, unrecorded.kept) == (2, 0)


def test_second_derivative(torch: Any) -> None:
    """What a pass computes under `create_graph` is not forward work, but can be gone back through."""
    x = torch.ones(3, requires_grad=True)
    y = x.sin().sum()
    with measure() as first:
        (g,) = torch.autograd.grad(y, x, create_graph=True)
    with measure() as second:
        torch.autograd.grad(g.sum(), x)
    assert (first.forward, first.backward) == (0, 2)
    # Back through the sum, the product, the cosine; the product's other factor leads nowhere.
    assert (second.forward, second.backward) == (1, 3)


def test_only_the_way_to_the_inputs(torch: Any) -> None:
    """A pass restricted to some inputs visits what leads to them."""
    x, w = (torch.ones(3, requires_grad=True) for _ in range(2))
    y = (x.exp() + w.sin().cos()).sum()
    with measure() as cost:
        torch.autograd.grad(y, x)
    assert cost.backward == 3


def test_bytes_kept(torch: Any) -> None:
    """Memory kept by several nodes counts once, and no longer once the graph is freed."""
    x = torch.ones(100, requires_grad=True)
    with measure() as cost:
        y = (x.exp() * x).sum()
        assert (cost.kept, cost.peak) == (800, 800)
        y.backward()
    assert (cost.kept, cost.peak) == (0, 800)


def test_a_dropped_graph(torch: Any) -> None:
    """A graph that nobody went back through is freed with its result, also after the block."""
    x = torch.ones(100, requires_grad=True)
    with measure() as cost:
        y = x.exp()
    assert cost.kept == 400
    del y
    gc.collect()
    assert (cost.kept, cost.peak) == (0, 400)


def test_views_keep_their_base(torch: Any) -> None:
    """A view that is kept keeps all the memory it is a window onto."""
    x = torch.ones(10, 10, requires_grad=True)
    with measure() as cost:
        y = x[0] * x[1]
    assert cost.kept == 400
    del y


def test_nested(torch: Any) -> None:
    """An inner measure counts its own block, the outer one both."""
    x = torch.ones(4, requires_grad=True)

    def inner(t: Any) -> Any:
        with measure() as cost:
            return t.exp(), cost

    with measure() as outer:
        y, cost = inner(x)
        (y * 2).sum().backward()
    assert (cost.forward, cost.backward) == (1, 0)
    assert (outer.forward, outer.backward) == (3, 3)
    assert outer.peak == cost.peak == 16


def test_written_after_it_was_saved(torch: Any) -> None:
    """Measuring hides no mistake: a saved value that was overwritten is still an error."""
    x = torch.ones(3, requires_grad=True)
    with measure():
        y = x.exp()
        y += 1
        words = r"modified by an inplace operation: \[torch.FloatTensor \[3\]\].* is at version 1; .* Hint"
        with pytest.raises(RuntimeError, match=words):
            y.sum().backward()


@pytest.mark.parametrize("name", ["tanh", "exp", "sigmoid", "sqrt"])
def test_a_derivative_of_a_derivative(torch: Any, name: str) -> None:
    """Results that were saved can be differentiated again while they are counted."""
    x = torch.tensor([0.5, 2.0], requires_grad=True)
    seconds = []
    for counting in (contextlib.nullcontext(), measure()):
        with counting:
            y = getattr(x, name)().sum()
            (first,) = torch.autograd.grad(y, x, create_graph=True)
            seconds.append(torch.autograd.grad(first.sum(), x)[0].tolist())
    assert seconds[0] == seconds[1]


def test_inference_tensors_are_refused_as_without_counting(torch: Any) -> None:
    """What must not be saved is refused before anybody counts it."""
    with torch.inference_mode():
        constant = torch.ones(3)
    x = torch.ones(3, requires_grad=True)
    with measure() as cost:
        message = _outcome(lambda: (x * constant).sum().backward())
    assert message.startswith("Inference tensors cannot be saved")
    assert message == _outcome(lambda: (x * constant).sum().backward())
    assert cost.kept == 0


def _outcome(program: Any) -> str:
    """Return the error that a program ends with."""
    try:
        program()
    except RuntimeError as error:
        return str(error)
    return ""


def test_training(torch: Any) -> None:
    """A layer, a loss and a step: both libraries count the same."""
    torch.manual_seed(0)
    with measure() as cost:
        net = torch.nn.Linear(3, 2)
        step = torch.optim.SGD(net.parameters(), lr=0.1)
        loss = torch.nn.functional.cross_entropy(net(torch.ones(4, 3)), torch.tensor([0, 1, 1, 0]))
        loss.backward()
        step.step()
    # Forward: product and sum, log-softmax, its mean. Back: the same, and the turned weight.
    assert (cost.forward, cost.backward) == (3, 4)


def test_nothing_is_left_behind() -> None:
    """After the block nobody listens, after an error neither."""
    with pytest.raises(ZeroDivisionError), measure():
        1 / 0  # noqa: B018
    assert observers == []
    assert import_module("autograd_lab.trace.measure")._open == []


def test_sparse_tensors_are_not_counted() -> None:
    """What is not one piece of memory passes uncounted, and the code runs as it would."""
    torch = pytest.importorskip("torch")
    x = torch.ones(2, 1, requires_grad=True)
    eye = torch.eye(2).to_sparse()
    with measure() as cost:
        y = torch.sparse.mm(eye, x).sum()
        y.backward()
    assert x.grad.tolist() == [[1.0], [1.0]]
    assert (cost.kept, cost.peak) == (0, 0)
