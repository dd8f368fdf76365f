"""Optimizers against PyTorch: their steps, their groups, their state, their errors."""

from __future__ import annotations

from types import ModuleType
from typing import Any

import pytest

import autograd_lab

STEPS = [
    ("SGD", {"lr": 0.1}),
    ("SGD", {"lr": 0.1, "momentum": 0.9}),
    ("SGD", {"lr": 0.1, "momentum": 0.9, "dampening": 0.5}),
    ("SGD", {"lr": 0.1, "momentum": 0.9, "nesterov": True}),
    ("SGD", {"lr": 0.1, "weight_decay": 0.2}),
    ("SGD", {"lr": 0.1, "momentum": 0.5, "weight_decay": 0.2, "maximize": True}),
    ("Adam", {}),
    ("Adam", {"lr": 0.1, "betas": (0.8, 0.9), "eps": 1e-3}),
    ("Adam", {"lr": 0.1, "weight_decay": 0.2}),
    ("Adam", {"lr": 0.1, "amsgrad": True}),
    ("AdamW", {"lr": 0.1}),
    ("AdamW", {"lr": 0.1, "weight_decay": 0.3}),
]


def run(torch: ModuleType, name: str, settings: dict[str, Any], dtype: str) -> Any:
    """Take five steps on a small problem; return the parameters after each, and the state."""
    w = torch.tensor([1.0, -2.0, 0.5], dtype=getattr(torch, dtype), requires_grad=True)
    b = torch.tensor(0.3, dtype=getattr(torch, dtype), requires_grad=True)
    optimizer = getattr(torch.optim, name)([{"params": [w]}, {"params": b, "lr": 0.05}], **settings)
    path = []
    for _ in range(5):
        optimizer.zero_grad()
        ((w * w).sum() * b - (w * 3).sum()).backward()
        optimizer.step()
        path.extend([*w.tolist(), b.item()])
    state = optimizer.state_dict()["state"]
    flat = {k: {n: v.flatten().tolist() for n, v in s.items()} for k, s in state.items()}
    return path, flat, w._version


@pytest.mark.needs_torch
@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize(("name", "settings"), STEPS)
def test_steps_as_pytorch_does(name: str, settings: dict[str, Any], dtype: str) -> None:
    """Five steps leave the same parameters and the same state."""
    torch = pytest.importorskip("torch")
    ours = run(autograd_lab, name, settings, dtype)
    theirs = run(torch, name, settings, dtype)
    tolerance = 1e-5 if dtype == "float32" else 1e-12
    assert ours[0] == pytest.approx(theirs[0], rel=tolerance)
    assert ours[1].keys() == theirs[1].keys()
    for number, values in theirs[1].items():
        assert ours[1][number].keys() == values.keys()
        for key, expected in values.items():
            assert ours[1][number][key] == pytest.approx(expected, rel=tolerance), key


SNIPPETS = """
optim.SGD([], lr=0.1)
optim.SGD([w])
optim.SGD([w], lr=0.1, momentum=0.9, nesterov=True)
optim.SGD([w], lr=-1)
optim.SGD([w], lr=0.1, momentum=-1)
optim.SGD([w], lr=0.1, weight_decay=-1)
optim.SGD([w], lr=0.1, nesterov=True)
optim.SGD(w, lr=0.1)
optim.SGD([w * 2], lr=0.1)
optim.SGD([1], lr=0.1)
optim.SGD({'a': w}, lr=0.1)
optim.SGD([{'params': [w]}, {'params': [w]}], lr=0.1)
optim.SGD([{'params': [w], 'lr': 1}], lr=0.1).param_groups
optim.SGD([('a', w)], lr=0.1).param_groups
optim.SGD((p for p in [w]), lr=0.1).param_groups
optim.Adam([w])
optim.Adam([w], lr=-1)
optim.Adam([w], eps=-1)
optim.Adam([w], betas=(1.0, 0.9))
optim.Adam([w], betas=(0.9, 1.9))
optim.Adam([w], weight_decay=-1)
optim.AdamW([w])
optim.AdamW([w], 0.1, (0.9, 0.99), 1e-8, 0.5).defaults['weight_decay']
optim.SGD([w], lr=0.1).state_dict()
optim.Adam([w], lr=0.1).state_dict()
optim.SGD([w], lr=0.1).step()
optim.SGD([w], lr=0.1).step(lambda: 3)
optim.SGD([w], lr=0.1).add_param_group({'params': w})
optim.SGD([w], lr=0.1).add_param_group(3)
optim.SGD([w], lr=0.1).load_state_dict({})
optim.SGD([w], lr=0.1).load_state_dict({'state': {}, 'param_groups': []})
optim.SGD([w], lr=0.1).load_state_dict({'state': {}, 'param_groups': [{'params': [0, 1]}]})
""".strip().splitlines()


def outcome(code: str, torch: ModuleType) -> str:
    """Return the repr of what a snippet gives, or its error."""
    space = {"optim": torch.optim, "w": torch.ones(2, requires_grad=True)}
    try:
        return repr(eval(code, space))
    except Exception as error:
        return f"{type(error).__name__}: {error}"


@pytest.mark.needs_torch
@pytest.mark.parametrize("code", SNIPPETS)
def test_agrees_with_pytorch(code: str) -> None:
    """A snippet gives the same text, or the same error, with both libraries."""
    torch = pytest.importorskip("torch")
    assert outcome(code, autograd_lab) == outcome(code, torch)


def test_state_can_be_saved_and_taken_up_again() -> None:
    """An optimizer that loads another's state goes on where that one stopped."""
    paths = []
    for interrupted in (False, True):
        w = autograd_lab.tensor([1.0, 2.0], requires_grad=True)
        optimizer = autograd_lab.optim.Adam([w], lr=0.1)
        for i in range(4):
            if interrupted and i == 2:
                saved = optimizer.state_dict()
                optimizer = autograd_lab.optim.Adam([w], lr=5.0)
                optimizer.load_state_dict(saved)
            optimizer.zero_grad()
            (w * w).sum().backward()
            optimizer.step()
        paths.append(w.tolist())
    assert paths[0] == paths[1]


def test_zero_grad_drops_or_fills_with_zeros() -> None:
    """By default gradients become None; with `set_to_none=False` they stay, as zeros, without history."""
    w = autograd_lab.ones(2, requires_grad=True)
    optimizer = autograd_lab.optim.SGD([w], lr=0.1)
    (w * 3).sum().backward()
    held = w.grad
    optimizer.zero_grad(set_to_none=False)
    assert w.grad is held and held.tolist() == [0.0, 0.0]
    optimizer.zero_grad()
    assert w.grad is None


def test_parameters_without_gradient_stay() -> None:
    """A step leaves alone what has no gradient, and keeps no state for it."""
    w = autograd_lab.ones(2, requires_grad=True)
    optimizer = autograd_lab.optim.Adam([w])
    optimizer.step()
    assert w.tolist() == [1.0, 1.0] and w._version == 0
    assert optimizer.state_dict()["state"] == {}


RATES = [
    ("StepLR", (3,), {"gamma": 0.5}),
    ("StepLR", (1,), {}),
    ("MultiStepLR", ([2, 5, 5],), {}),
    ("ExponentialLR", (0.9,), {}),
    ("LambdaLR", (lambda epoch: 1 / (1 + epoch),), {}),
    ("LambdaLR", ([lambda epoch: 0.5**epoch, lambda epoch: 2.0],), {}),
    ("CosineAnnealingLR", (4,), {"eta_min": 0.01}),
    ("CosineAnnealingLR", (10,), {}),
]


def rates(torch: ModuleType, name: str, args: tuple[Any, ...], settings: dict[str, Any]) -> Any:
    """Return the rates of both groups over ten epochs, those of a second scheduler that resumes."""
    w, b = (torch.tensor(v, requires_grad=True) for v in (1.0, 2.0))
    optimizer = torch.optim.SGD([{"params": [w]}, {"params": b, "lr": 0.05}], lr=0.1)
    make = getattr(torch.optim.lr_scheduler, name)
    scheduler = make(optimizer, *args, **settings)
    path = [scheduler.get_last_lr()]
    for _ in range(10):
        optimizer.step()
        scheduler.step()
        path.append(scheduler.get_last_lr())
    resumed = make(optimizer, *args, **settings, last_epoch=6)
    resumed.load_state_dict(scheduler.state_dict())
    path.append([group["lr"] for group in optimizer.param_groups])
    return [*path, resumed.last_epoch, resumed.get_last_lr()]


@pytest.mark.needs_torch
@pytest.mark.parametrize(("name", "args", "settings"), RATES)
def test_learning_rates_are_those_of_pytorch(
    name: str, args: tuple[Any, ...], settings: dict[str, Any]
) -> None:
    """Every group has the same rate in every epoch, to the last bit."""
    torch = pytest.importorskip("torch")
    assert rates(autograd_lab, name, args, settings) == rates(torch, name, args, settings)


def scheduling_errors(torch: ModuleType) -> list[str]:
    """Return what is said about schedulers made or called wrongly."""
    parameter = torch.tensor(1.0, requires_grad=True)
    optimizer = torch.optim.SGD([parameter], lr=0.1)
    schedulers = torch.optim.lr_scheduler
    said = []
    for make in (
        lambda: schedulers.StepLR(parameter, 1),
        lambda: schedulers.StepLR(optimizer, 1, last_epoch=3),
        lambda: schedulers.LambdaLR(optimizer, [abs, abs]),
    ):
        with pytest.raises(Exception) as caught:
            make()
        said.append(f"{caught.type.__name__}: {caught.value}")
    with pytest.warns(UserWarning) as warned:
        schedulers.StepLR(optimizer, 1).step()
    return [*said, *(str(w.message) for w in warned)]


@pytest.mark.needs_torch
def test_wrong_scheduling_is_told_in_the_same_words() -> None:
    """Errors, and the warning of a scheduler that runs ahead of its optimizer."""
    torch = pytest.importorskip("torch")
    assert scheduling_errors(autograd_lab) == scheduling_errors(torch)
