"""Calls as text, and the tensors they are made with."""

from __future__ import annotations

from types import ModuleType
from typing import Any

import numpy as np


def called(code: str, torch: ModuleType) -> Any:
    """Return what a call of a function (`sum(x)`) or a method (`x.sum()`) returns."""
    space: dict[str, Any] = {
        "x": torch.tensor([[1.0, 2.0], [3.0, 4.0]]),
        "b": torch.ones(1, 2, 2),
        "v": torch.tensor([1.0, 2.0]),
        "i": torch.tensor([[0, 1], [1, 0]]),
        "k": torch.tensor([0, 1]),
        "n": np.ones(2),
    }
    target = code if code.startswith("x.") else f"torch.{code}"
    return eval(target, {"torch": torch, "np": np, **space})


def outcome(code: str, torch: ModuleType) -> str:
    """Return what a call returned, as printed, or its error."""
    try:
        return repr(called(code, torch)).replace("autograd_lab", "torch")
    except Exception as error:
        return f"{type(error).__name__}: {error}"
