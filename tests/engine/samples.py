"""Sample calls for every operation: expressions over `x`, `y`, `z`, run on many kinds of input.

An expression runs on all the variants of its input shapes; where it is wrong for one (a matrix product
of numbers, say), it must be wrong in the same words as PyTorch's.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

Shapes = tuple[tuple[int, ...], ...]

ELEMENTWISE: dict[str, Shapes] = {
    "plain": ((2, 3), (2, 3), (2, 3)),
    "broadcast": ((2, 3), (3,), (2, 1)),
    "0-d": ((), (), ()),
    "0-d with dims": ((2, 3), (), (1,)),
    "empty": ((0, 3), (0, 3), (3,)),
    "non-contiguous": ((2, 3), (2, 3), (2, 3)),
    "mismatched": ((2, 3), (4,), (2,)),
}
"""Shapes of x, y, z per variant; the inputs of "non-contiguous" are transposed."""


@dataclass(frozen=True)
class Sample:
    """One expression, the shapes to try it on, and where its inputs lie."""

    code: str
    shapes: Any = None
    """Variant → shapes of x, y, z; the elementwise ones by default."""
    low: float = -2.0
    high: float = 2.0
    smooth: bool = True
    """Whether finite differences apply at these inputs."""

    def variants(self) -> dict[str, Shapes]:
        """Return the shapes to try."""
        return self.shapes or ELEMENTWISE


def leaves(sample: Sample, variant: str, torch: ModuleType, dtype: str) -> dict[str, Any]:
    """Return `x`, `y`, `z` as leaves that require grad, the same numbers on every call."""
    random = np.random.default_rng(7)
    made = {}
    for name, shape in zip("xyz", sample.variants()[variant], strict=False):
        values = random.uniform(sample.low, sample.high, shape)
        kind = getattr(torch, dtype)
        if not values.size:
            leaf = torch.zeros(*shape, dtype=kind)
        elif variant == "non-contiguous" and values.ndim == 2:
            leaf = torch.tensor(values.T.tolist(), dtype=kind).t()
        else:
            leaf = torch.tensor(values.tolist(), dtype=kind)
        made[name] = leaf.detach().requires_grad_()
    return made


def evaluate(sample: Sample, space: dict[str, Any], torch: ModuleType) -> Any:
    """Return the expression's value with `x`, `y`, `z` from `space`, computed with `torch`.

    Statements may come before it, parted by `"; "`.
    """
    names = {"torch": torch, "F": torch.nn.functional, **space}
    *statements, expression = sample.code.split("; ")
    for statement in statements:
        exec(statement, names)
    return eval(expression, names)


SAMPLES: list[Sample] = []
"""Filled by the modules `samples_*.py` beside this one; `all_samples` imports them."""


def samples(*codes: str, **options: Any) -> None:
    """Add samples that share their options."""
    SAMPLES.extend(Sample(code, **options) for code in codes)


def all_samples() -> Iterator[tuple[Sample, str]]:
    """Yield every sample with every variant of it."""
    for file in sorted(Path(__file__).parent.glob("samples_*.py")):
        import_module(f"tests.engine.{file.stem}")
    for sample in SAMPLES:
        for variant in sample.variants():
            yield sample, variant


def by_code() -> dict[str, list[tuple[Sample, str]]]:
    """Return the samples of each expression, with every variant of them."""
    found: dict[str, list[tuple[Sample, str]]] = {}
    for sample, variant in all_samples():
        found.setdefault(sample.code, []).append((sample, variant))
    return found
