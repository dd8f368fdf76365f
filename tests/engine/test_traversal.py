"""The way back: order, accumulation, memory, depth."""

from __future__ import annotations

import copy
import gc
import weakref
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

import autograd_lab as torch
from autograd_lab.engine.observe import Observer, observers
from autograd_lab.engine.quiet import quietly


class Visits(Observer):
    """Writes down which nodes a backward pass visits."""

    def __init__(self) -> None:
        self.names: list[str] = []

    def on_node(self, node, grads_in, products, grads_out) -> None:
        """Note the node."""
        self.names.append(type(node).__name__)


@pytest.fixture
def visits():
    """Watch the engine for the length of a test."""
    watcher = Visits()
    observers.append(watcher)
    yield watcher
    observers.remove(watcher)


def test_later_nodes_come_first_and_leaves_as_soon_as_they_are_ready(visits):
    """The leaf that waits for nobody accumulates before older nodes run."""
    x = torch.tensor(2.0, requires_grad=True)
    y = torch.tensor(3.0, requires_grad=True)
    old = x * x
    (old.exp() * y).backward()
    assert visits.names == [
        "MulBackward0",
        "AccumulateGrad",
        "ExpBackward0",
        "MulBackward0",
        "AccumulateGrad",
    ]


def test_grad_stays_the_same_tensor_while_it_grows():
    """Whoever keeps `x.grad` sees later passes in it."""
    x = torch.ones(2, requires_grad=True)
    (x * 2).sum().backward()
    kept = x.grad
    (x * 3).sum().backward()
    assert x.grad is kept
    assert kept.tolist() == [5.0, 5.0]


def test_grads_of_two_leaves_never_share_memory():
    """Zeroing one gradient leaves the other alone, though one array flowed to both."""
    x, y = torch.ones(2, requires_grad=True), torch.ones(2, requires_grad=True)
    (x + y).backward(torch.ones(2))
    x.grad.zero_()
    assert y.grad.tolist() == [1.0, 1.0]


def test_the_gradient_that_was_passed_in_is_never_written_to():
    """The caller's tensor stays as it was, however often gradients are added."""
    x, seed = torch.ones(2, requires_grad=True), torch.ones(2)
    for _ in range(3):
        x.backward(seed)
    assert (seed.tolist(), x.grad.tolist()) == ([1.0, 1.0], [3.0, 3.0])


@pytest.mark.parametrize("keep", [False, True])
def test_gradients_that_meet_are_added_in_memory_that_the_pass_alone_holds(keep):
    """What a hook kept stays as it was."""
    x = torch.ones(3, requires_grad=True)
    meeting = x * 2
    kept, places = [], []

    def note(grad_inputs, grad_outputs):
        places.append(grad_inputs[0].data_ptr())
        if keep:
            kept.append(grad_inputs[0])

    second, first = meeting * 5, meeting * 7  # the last one is visited first
    first.grad_fn.register_hook(note)
    meeting.grad_fn.register_prehook(lambda grads: places.append(grads[0].data_ptr()))
    (first + second).sum().backward()
    assert (places[0] == places[1]) is not keep
    assert [grad.tolist() for grad in kept] == [[7.0] * 3] * keep
    assert x.grad.tolist() == [24.0] * 3


@pytest.mark.parametrize(
    "use",
    [
        lambda x: x + x + x,
        lambda x: x + x.clone() + x.detach() * x,
        lambda x: x.view(2, 3).sum() + (x * 2).sum() + x.expand(4, 6).sum(),
        lambda x: x[:3].sum() + (x * x)[::2] + x.flip(0).sum(),
        lambda x: torch.stack([x, x * 2, x]) * torch.cat([x, x]).view(2, 6)[:1],
        lambda x: (x.double() * 2).sum() + (x * 3).sum() + x.sum(),
        lambda x: (y := x * 2) * y.detach() + y.t() + y.exp() * y,
    ],
)
def test_what_meets_adds_up_whoever_made_it(use):
    """Sums come out alike in place, once more on a retained graph, and under `create_graph`."""
    x = torch.arange(6.0, requires_grad=True)
    out = use(x)
    seed = torch.ones_like(out)
    numbers = x.detach().clone()
    once = torch.autograd.grad(out, x, seed, retain_graph=True)[0].tolist()
    again = torch.autograd.grad(out, x, seed, retain_graph=True)[0].tolist()
    recorded = torch.autograd.grad(out, x, seed, create_graph=True)[0].tolist()  # never in place
    assert once == again == recorded
    assert seed.tolist() == torch.ones_like(out).tolist() and x.equal(numbers)


def test_a_graph_is_freed_without_the_garbage_collector():
    """Reference counts alone free nodes, saved results and tensors."""
    gc.disable()
    try:
        x = torch.ones(3, requires_grad=True)
        h = x.exp()
        y = (h * x).tanh()  # the node of the product keeps h
        gone = [weakref.ref(y), weakref.ref(h)]
        del h
        assert [reference() is None for reference in gone] == [False, False]
        del y
        assert [reference() is None for reference in gone] == [True, True]
    finally:
        gc.enable()


def test_a_chain_of_a_million_operations():
    """Depth is no limit: forward, backward, printing, copying and freeing."""
    x = torch.tensor(1.0, requires_grad=True)
    y = x
    for _ in range(1_000_000):
        y = y + 1
    assert repr(y) == "tensor(1000001., grad_fn=<AddBackward0>)"
    copy.copy(y)
    y.backward()
    assert x.grad.item() == 1.0
    del y


def test_a_deep_diamond():
    """Ten thousand times two paths: each node is visited once."""
    x = torch.tensor(1.0, dtype=torch.float64, requires_grad=True)
    y = x
    for _ in range(10_000):
        y = y * 0.5 + y * 0.5
    y.backward()
    assert x.grad.item() == 1.0


def test_no_warning_of_numpy_escapes(recwarn):
    """Overflow, division by zero and invalid values are silent, forward and backward."""
    x = torch.tensor([0.0, 1e30, -1.0], requires_grad=True)
    ((1 / x) + x * x * x + x.log()).sum().backward()
    big = torch.tensor(1e38, requires_grad=True)
    (big * big).backward()
    assert not recwarn.list


def test_two_threads_compute_at_once(recwarn):
    """An operation is right and silent though another thread is in the middle of one."""
    x = torch.tensor([1e30, 2.0], requires_grad=True)

    def square() -> list[float]:
        return (x * x + x.exp()).tolist()

    with ThreadPoolExecutor() as another:
        assert quietly(lambda: another.submit(square).result())[0] == float("inf")
    assert not recwarn.list


def test_the_users_numpy_settings_stay_and_do_not_reach_the_engine():
    """With `np.seterr(all="raise")` the engine still returns inf."""
    with np.errstate(all="raise"):
        before = np.geterr()
        assert (torch.tensor(1.0) / 0).item() == float("inf")
        assert np.geterr() == before
