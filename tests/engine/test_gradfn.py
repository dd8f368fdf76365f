"""Nodes have PyTorch's names, edges and saved values, as measured for a sample of expressions."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import autograd_lab as torch

ROWS = json.loads(
    (Path(__file__).parents[1] / "data" / "torch_gradfn.json").read_text(encoding="utf-8")
)
NOT_HERE = {"conv1d", "max_pool1d", "embedding", "layer_norm", "cosine_similarity", "pad"}
"""Functions that the engine does not offer."""


def space() -> dict[str, Any]:
    """Return the tensors that the expressions use."""
    torch.manual_seed(0)
    leaves = {"x": (2, 3), "y": (2, 3), "W": (3, 4), "v": (3,), "B": (5, 2, 3)}
    made = {name: torch.rand(*shape).requires_grad_() for name, shape in leaves.items()}
    constants = {"c": torch.rand(2, 3), "idx": torch.tensor([0, 1]), "m": torch.rand(2, 3) > 0.5}
    return {"torch": torch, "F": torch.nn.functional, **made, **constants}


def shown(value: Any) -> str:
    """Return a saved value as the table has it: tensors by their shape."""
    if isinstance(value, torch.Tensor):
        return f"'Tensor{list(value.shape)}'"
    return repr(value)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["code"])
def test_node(row: dict[str, Any]) -> None:
    """Name, next functions and everything saved agree."""
    if any(name in row["code"] for name in NOT_HERE):
        assert not any(hasattr(torch.nn.functional, n) for n in NOT_HERE if n in row["code"])
        return
    node = eval(row["code"], space()).grad_fn
    assert (node and type(node).__name__) == row["grad_fn"]
    if node is not None:
        names = [n and type(n).__name__ for n, _ in node.next_functions]
        assert ["None" if n is None else n for n in names] == row["next_functions"]
        assert {k: shown(getattr(node, k)) for k in row["saved"]} == row["saved"]
