"""Numbers written from plain Python numbers are those that PyTorch writes."""

import re
from typing import Any

import pytest

from autograd_lab.numerals import nested, written

torch: Any = pytest.importorskip("torch")

CASES = {
    "whole": "torch.arange(12.0).reshape(3, 4) - 5",
    "fractions": "torch.arange(12.0).reshape(3, 2, 2) / 7",
    "wide": "torch.tensor([1e-6, 1.0, 3e7])",
    "not finite": "torch.tensor([float('nan'), float('inf'), -float('inf'), 0.0, 2.5])",
    "nothing finite": "torch.tensor([float('nan')])",
    "ints": "torch.tensor([[1, -20], [300, 4]])",
    "bools": "torch.tensor([True, False])",
    "scalar": "torch.tensor(2.5)",
    "half": "torch.tensor([0.1, 1000.0], dtype=torch.float16)",
    "long": "torch.arange(40.0) / 3",
    "empty": "torch.zeros(0, 3)",
    "large": "torch.arange(3000.0).reshape(50, 60)",
    "large vector": "torch.arange(100)",
    "large block": "torch.arange(1000.0).reshape(10, 2, 50) / 3",
}


@pytest.fixture
def _edges() -> Any:
    """Let PyTorch show the first and last two numbers of each dimension of anything large."""
    torch.set_printoptions(threshold=64, edgeitems=2)
    yield
    torch.set_printoptions(profile="default")


def ends(numbers: Any) -> Any:
    """Return the first and last two entries of each dimension of nested lists."""
    if not isinstance(numbers, list):
        return numbers
    chosen = numbers if len(numbers) <= 4 else [*numbers[:2], *numbers[-2:]]
    return [ends(part) for part in chosen]


@pytest.mark.parametrize("name", CASES)
@pytest.mark.usefixtures("_edges")
def test_as_pytorch_writes(name: str) -> None:
    """Brackets, width, precision, style and dots are PyTorch's; only its `tensor(…)` is left out."""
    tensor = eval(CASES[name], {"torch": torch})
    numbers = tensor.tolist()
    content = ends(numbers) if tensor.numel() > 64 else numbers
    text = written(content, tuple(tensor.shape), indent=len("tensor("))
    printed = re.fullmatch(r"tensor\((.*?)(, (size|dtype)=.*)?\)", repr(tensor), re.DOTALL)
    assert printed is not None
    assert text == printed[1]


def test_nested() -> None:
    """Numbers in row order come to lie in rows."""
    assert nested((1, 2, 3, 4, 5, 6), (3, 2)) == [[1, 2], [3, 4], [5, 6]]
    assert nested((7,), ()) == 7
    assert nested((), (2, 0)) == [[], []]
