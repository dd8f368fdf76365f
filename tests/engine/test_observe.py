"""What the engine tells those who watch it."""

from typing import Any

import pytest

import autograd_lab as torch
import autograd_lab.nn.functional as F
from autograd_lab.engine.observe import Observer, observers


class Names(Observer):
    """Keeps the names of the operations and what they returned."""

    def __init__(self) -> None:
        self.heard: list[tuple[str, Any]] = []

    def on_op(self, name, inputs, output, node) -> None:
        self.heard.append((name, output))


@pytest.mark.parametrize(
    ("name", "run"),
    [
        ("argmax", lambda x: x.argmax()),
        ("argmin", lambda x: x.argmin(0)),
        ("argsort", lambda x: x.argsort()),
        ("nonzero", lambda x: x.nonzero()),
        ("nonzero", lambda x: x.nonzero(as_tuple=True)),
        ("one_hot", lambda x: F.one_hot(x)),
    ],
)
def test_positions_are_told(name: str, run) -> None:
    """Operations that return positions are never recorded, but who watches hears of them."""
    x = torch.tensor([2, 0, 1])
    watcher = Names()
    observers.append(watcher)
    try:
        result = run(x)
    finally:
        observers.remove(watcher)
    ((heard, output),) = watcher.heard
    assert heard == name
    assert output is result
