"""Modules, their state and their printing, against PyTorch: each snippet gives the same on both."""

from __future__ import annotations

import collections
import copy
import pickle
from types import ModuleType
from typing import Any

import pytest

import autograd_lab
from autograd_lab import nn

SNIPPETS = """
net
nn.Linear(2, 3)
nn.Linear(2, 3, bias=False)
nn.Sequential()
nn.Sequential(collections.OrderedDict(a=nn.Linear(1, 1), b=nn.ReLU()))
nn.Sequential(nn.Linear(1, 1))[0]
nn.Sequential(nn.Linear(1, 1), nn.ReLU())[:1]
nn.Sequential(nn.Linear(1, 1), nn.ReLU())[-1]
nn.Sequential(nn.Linear(1, 1))[3]
len(nn.Sequential(nn.Linear(1, 1)))
nn.Sequential(1)
nn.Sequential(nn.Tanh()).append(nn.ReLU())
Empty()
Empty()(1)
BadLinear()
BadParameter()
nn.ReLU()
nn.ReLU(inplace=True)
nn.Sigmoid()
nn.Tanh()
nn.GELU()
nn.GELU(approximate='tanh')
nn.SiLU()
nn.LeakyReLU()
nn.LeakyReLU(0.2)
nn.ELU(0.5)
nn.Softplus()
nn.Softmax(dim=1)
nn.LogSoftmax(dim=1)
nn.Flatten()
nn.Dropout()
nn.Dropout(0.2)
nn.Dropout(1.2)
nn.Identity()
nn.ReLU6()
nn.SELU()
nn.CELU()
nn.Hardtanh()
nn.Hardsigmoid()
nn.Hardswish()
nn.Mish()
nn.Softsign()
nn.Tanhshrink()
nn.LogSigmoid()
nn.Hardshrink()
nn.Softshrink(0.3)
nn.Softmin(dim=0)
nn.PReLU(3)
nn.PReLU()(torch.ones(2, 3) * -1)
nn.CosineSimilarity()
nn.SmoothL1Loss()
nn.HuberLoss()(torch.ones(2), torch.zeros(2))
nn.KLDivLoss(reduction='batchmean')(torch.zeros(2, 2), torch.ones(2, 2))
nn.Hardshrink()(torch.ones(2))
nn.Embedding(4, 3)
nn.Embedding(4, 3, padding_idx=-1)
nn.Embedding(4, 3, padding_idx=4)
nn.Embedding(4, 3, max_norm=1.0)
nn.Embedding(4, 3, padding_idx=1)(torch.tensor([1, 2])).tolist()
nn.LayerNorm(3)
nn.LayerNorm((2, 3), elementwise_affine=False)
nn.LayerNorm(3, bias=False)
nn.LayerNorm(3)(torch.ones(2, 3)).grad_fn.name()
list(nn.LayerNorm(3).state_dict())
nn.LayerNorm(2)(torch.ones(2, 3))
nn.MSELoss()
nn.CrossEntropyLoss()
nn.BCEWithLogitsLoss()
nn.ModuleList([nn.Linear(1, 1), nn.Linear(1, 1), nn.ReLU()])
nn.ModuleList([nn.ReLU()])(1)
nn.ModuleDict({'a': nn.ReLU()})
[n for n, _ in net.named_parameters()]
[n for n, _ in net.named_modules()]
[n for n, _ in net.named_children()]
[n for n, _ in net.named_buffers()]
[n for n, _ in net.named_parameters(recurse=False)]
list(net.state_dict())
[v.requires_grad for v in net.state_dict().values()]
net.load_state_dict(net.state_dict())
net.load_state_dict({})
net.load_state_dict({'w': torch.ones(2)}, strict=False)
net.load_state_dict({**net.state_dict(), 'q': torch.ones(1)})
net.load_state_dict({**net.state_dict(), 'w': torch.ones(3)})
net.load_state_dict({'w': torch.ones(3), 'q': torch.ones(1)})
net.load_state_dict(3)
net.training
net.eval().a.training
net.train() is net
net.train(1)
net.requires_grad_(False).w.requires_grad
net.missing
[type(m).__name__ for m in applied(net)]
net.double().w.dtype
net.to(torch.float64).a.weight.dtype
net.to('cpu') is net
net.to('cuda')
net.to(torch.int64)
net.half().a.weight.is_leaf
net.register_parameter('p', torch.ones(2))
net.register_parameter('', None)
net.register_parameter('a.b', None)
net.register_parameter('a', None)
net.register_buffer('a', None)
net.register_buffer('c', 3)
net.add_module('a', 'b')
setattr(net, 'w', torch.ones(2))
setattr(net, 'w', None)
setattr(net, 'buf', 3)
setattr(net, 'a', 3)
(setattr(net, 'a', nn.ReLU()), net)
(setattr(net, 'b', nn.Parameter(torch.ones(1))), net, list(net.state_dict()))
(setattr(net, 'w', nn.Parameter(torch.ones(1))), list(net.state_dict()))
(delattr(net, 'w'), list(net.state_dict()))
net.get_parameter('b.1.weight').shape
net.get_submodule('b.1')
net.get_submodule('b.7')
sum(p.numel() for p in net.parameters())
net(torch.ones(4, 2)).shape
net(torch.ones(2), 3)
nn.Linear(2, 1)(torch.ones(1, 3))
nn.Linear(2, 1)([1, 2])
nn.Linear(2, 1)(torch.ones(2)).grad_fn.name()
nn.Linear(2, 1)(torch.ones(3, 4, 2)).shape
nn.Flatten()(torch.ones(2, 3, 4)).shape
nn.Parameter(torch.ones(2))
nn.Parameter(torch.ones(2), requires_grad=False)
nn.Parameter(torch.ones(2, dtype=torch.int64))
nn.Parameter()
nn.Parameter(nn.Parameter(torch.ones(2)) * 2)
nn.Parameter([1.0])
nn.Parameter(torch.ones(2)) * 2
copy.deepcopy(nn.Parameter(torch.ones(2)))
pickle.loads(pickle.dumps(nn.Parameter(torch.ones(2))))
pickle.loads(pickle.dumps(nn.Linear(1, 1)))
copy.deepcopy(net).w is net.w
nn.init.constant_(torch.zeros(2), 3)
nn.init.eye_(torch.zeros(2, 3))
nn.init.eye_(torch.zeros(2))
nn.init.xavier_uniform_(torch.zeros(2))
nn.init.kaiming_uniform_(torch.zeros(2, 2), mode='fan')
[nn.init.calculate_gain(n) for n in ('linear', 'sigmoid', 'tanh', 'relu', 'leaky_relu', 'selu')]
nn.init.calculate_gain('leaky_relu', 0.2)
nn.init.calculate_gain('other')
nn.utils.clip_grad_norm_([], 1.0)
F.one_hot(torch.tensor([0, 2]))
F.one_hot(torch.tensor([0, 2]), 4)
F.one_hot(torch.tensor([[1], [0]]))
F.one_hot(torch.tensor([0, 2]), 2)
F.one_hot(torch.tensor([0.0, 2.0]))
F.one_hot(torch.tensor([-1]))
F.one_hot(torch.tensor([], dtype=torch.int64))
F.one_hot(torch.tensor(1), 3)
F.dropout(torch.ones(3), 1.5)
F.dropout(torch.ones(3), 1.0)
F.dropout(torch.ones(3), 0.5, False)
F.dropout(torch.ones(2, requires_grad=True)).grad_fn.name()
F.normalize(torch.tensor([[3.0, 4.0], [0.0, 0.0]]))
F.linear(torch.ones(2, 2), torch.ones(2, 3))
""".strip().splitlines()


def names(torch: ModuleType) -> dict[str, Any]:
    """Return what the snippets use, made with `torch`: a small network and three odd modules."""
    nn = torch.nn

    class Net(nn.Module):  # type: ignore[name-defined, misc]
        def __init__(self) -> None:
            super().__init__()
            self.a = nn.Linear(2, 3)
            self.b = nn.Sequential(nn.ReLU(), nn.Linear(3, 1, bias=False))
            self.w = nn.Parameter(torch.ones(2))
            self.register_buffer("buf", torch.zeros(1))

        def forward(self, x: Any) -> Any:
            return self.b(self.a(x))

    class Empty(nn.Module):  # type: ignore[name-defined, misc]
        pass

    class BadLinear(nn.Module):  # type: ignore[name-defined, misc]
        def __init__(self) -> None:
            self.x = nn.Linear(1, 1)

    class BadParameter(nn.Module):  # type: ignore[name-defined, misc]
        def __init__(self) -> None:
            self.x = nn.Parameter(torch.ones(1))

    def applied(net: Any) -> list[Any]:
        seen: list[Any] = []
        net.apply(seen.append)
        return seen

    torch.manual_seed(0)
    shared = dict(torch=torch, nn=nn, F=nn.functional, net=Net(), applied=applied)
    odd = dict(Empty=Empty, BadLinear=BadLinear, BadParameter=BadParameter)
    return {**shared, **odd, **dict(collections=collections, copy=copy, pickle=pickle)}


def outcome(code: str, torch: ModuleType) -> str:
    """Return the repr of what a snippet gives, or its error."""
    try:
        return repr(eval(code, names(torch)))
    except Exception as error:
        return f"{type(error).__name__}: {error}"


@pytest.mark.needs_torch
@pytest.mark.parametrize("code", SNIPPETS)
def test_agrees_with_pytorch(code: str) -> None:
    """A snippet gives the same text, or the same error, with both libraries."""
    torch = pytest.importorskip("torch")
    assert outcome(code, autograd_lab) == outcome(code, torch)


@pytest.mark.needs_torch
def test_layers_begin_with_the_numbers_of_pytorch() -> None:
    """From one seed, a network begins with torch's weights and gives its outputs and gradients."""
    torch = pytest.importorskip("torch")
    results = []
    for library in (autograd_lab, torch):
        library.manual_seed(3)
        net = library.nn.Sequential(
            library.nn.Linear(5, 40), library.nn.Tanh(), library.nn.Linear(40, 2)
        )
        loss = net(library.ones(3, 5)).sum()
        loss.backward()
        parameters = [p.tolist() for p in net.parameters()]
        results.append((parameters, loss.item(), [p.grad.tolist() for p in net.parameters()]))
    ours, theirs = results
    assert ours[0] == theirs[0]
    assert ours[1] == pytest.approx(theirs[1], rel=1e-5)
    for a, b in zip(ours[2], theirs[2], strict=True):
        assert autograd_lab.tensor(a).flatten().tolist() == pytest.approx(
            autograd_lab.tensor(b).flatten().tolist(), rel=1e-4, abs=1e-6
        )


@pytest.mark.needs_torch
def test_init_draws_the_numbers_of_pytorch() -> None:
    """Every random initialisation gives torch's numbers for a seed."""
    torch = pytest.importorskip("torch")
    for name in ("xavier_uniform_", "xavier_normal_", "kaiming_uniform_", "kaiming_normal_"):
        drawn = []
        for library in (autograd_lab, torch):
            library.manual_seed(1)
            drawn.append(getattr(library.nn.init, name)(library.zeros(7, 4)).flatten().tolist())
        assert drawn[0] == pytest.approx(drawn[1], rel=1e-6), name


@pytest.mark.needs_torch
@pytest.mark.parametrize("norm_type", [2.0, 1.0, float("inf")])
def test_clips_gradients_as_pytorch_does(norm_type: float) -> None:
    """The norm returned and the gradients left are torch's."""
    torch = pytest.importorskip("torch")
    results = []
    for library in (autograd_lab, torch):
        weights = [library.tensor([1.0, 2.0], requires_grad=True) for _ in range(2)]
        (weights[0] ** 2 * weights[1]).sum().backward()
        norm = library.nn.utils.clip_grad_norm_(weights, 1.5, norm_type)
        results.append([norm.item(), *weights[0].grad.tolist(), *weights[1].grad.tolist()])
    assert results[0] == pytest.approx(results[1], rel=1e-5)


def test_hooks_see_and_change_what_passes() -> None:
    """A pre-hook may change the input, a forward hook the output; a removed hook is silent."""
    layer = nn.Identity()
    before = layer.register_forward_pre_hook(lambda module, args: (args[0] + 1,))
    after = layer.register_forward_hook(lambda module, args, output: output * 10)
    assert layer(2) == 30
    before.remove()
    after.remove()
    assert layer(2) == 2


def test_dropout_rests_outside_training() -> None:
    """In evaluation the input passes as it is; in training the rest is scaled up."""
    layer = nn.Dropout(0.5)
    x = autograd_lab.ones(1000)
    autograd_lab.manual_seed(0)
    kept = layer(x)
    assert set(kept.tolist()) == {0.0, 2.0}
    assert layer.eval()(x) is x


def test_a_shared_module_is_counted_once() -> None:
    """Parameters of a module that appears twice are listed once, and saved under both names."""
    layer = nn.Linear(1, 1)
    both = nn.Sequential(layer, layer)
    assert len(list(both.parameters())) == 2
    assert [name for name, _ in both.named_parameters()] == ["0.weight", "0.bias"]
