"""What a traceback in IPython shows of the engine: as little as its folding mark allows."""

from __future__ import annotations

from collections.abc import Callable
from types import TracebackType

import pytest

import autograd_lab as torch


def shown(call: Callable[[], object]) -> list[str]:
    """Return the functions below this one that IPython would not fold away when `call` fails."""
    with pytest.raises(Exception) as caught:
        call()
    names: list[str] = []
    entry: TracebackType | None = caught.tb
    while entry is not None:
        if not entry.tb_frame.f_locals.get("__tracebackhide__"):
            names.append(entry.tb_frame.f_code.co_name)
        entry = entry.tb_next
    return [name for name in names if name not in ("shown", "<lambda>")]


def test_a_failed_backward_shows_the_node_alone() -> None:
    """Nothing between the user's line and the node that raised."""
    x = torch.ones(3, requires_grad=True)
    y = x.exp()
    y.add_(1)
    assert shown(lambda: y.sum().backward()) == ["gradients", "_check_saved", "check_unwritten"]
    z = (x * x).sum()
    z.backward()
    assert shown(lambda: z.backward()) == ["gradients"]
    assert shown(lambda: torch.autograd.grad(z, x)) == ["gradients"]
    divided = torch.floor_divide(x, 2.0).sum()
    assert shown(divided.backward) == ["rule"]


def test_wrong_arguments_show_nothing_of_the_engine() -> None:
    """The traceback ends with the user's line; the text says the rest."""
    x = torch.ones(3)
    for call in (
        lambda: x.sum("a"),
        lambda: torch.mm(x, 1),
        lambda: torch.div(x),
        lambda: x.view("a"),
    ):
        assert shown(call) == []
