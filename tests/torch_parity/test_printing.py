"""Random tensors print as PyTorch prints them, character for character."""

from __future__ import annotations

import os
from typing import Any

import numpy as np
import pytest

COUNT = int(os.environ.get("AUTOGRAD_LAB_PRINTED", "500"))
"""How many tensors to print; the soak run prints 20,000."""
DTYPES = ("float32", "float64", "float16", "int64", "int32", "int8", "uint8", "bool")
ODD = np.array([0.0, -0.0, np.nan, np.inf, -np.inf, 1e-5, 1e8, 1e-30, 1.0, -3.0])


def shape_of(random: np.random.Generator) -> tuple[int, ...]:
    """Return a shape of up to four dimensions, sometimes empty, sometimes large enough to summarise."""
    kind = random.integers(10)
    if kind == 0:
        return ()
    if kind == 1:
        return tuple(int(n) for n in random.integers(0, 3, random.integers(1, 4)))
    if kind == 2:
        return (int(random.integers(900, 1200)),)
    if kind == 3:
        return (int(random.integers(5, 40)), int(random.integers(20, 60)))
    if kind == 4:
        return (
            int(random.integers(1, 9)),
            int(random.integers(1, 9)),
            int(random.integers(20, 30)),
        )
    return tuple(int(n) for n in random.integers(1, 7, random.integers(1, 5)))


def numbers(random: np.random.Generator, shape: tuple[int, ...], dtype: str) -> Any:
    """Return numbers of many magnitudes, some of them odd."""
    if dtype == "bool":
        return random.integers(0, 2, shape).astype(bool)
    if not dtype.startswith("float"):
        bits = int(random.integers(1, np.dtype(dtype).itemsize * 8 - 1))
        low = 0 if dtype == "uint8" else -(2**bits)
        return random.integers(low, 2**bits, shape).astype(dtype)
    exponent = random.integers(-9, 10)
    values = random.normal(size=shape) * 10.0**exponent
    style = random.integers(4)
    if style == 0:
        values = np.round(values)
    if style == 1:
        values = values * 10.0 ** random.integers(-5, 6, shape)
    if random.integers(3) == 0 and values.size:
        values = np.where(random.random(shape) < 0.2, random.choice(ODD, shape), values)
    with np.errstate(over="ignore"):
        return np.asarray(values).astype(dtype)


def options_of(random: np.random.Generator) -> dict[str, Any]:
    """Return print options, the usual ones most of the time."""
    if random.integers(4):
        return {}
    choices: dict[str, Any] = {
        "precision": int(random.integers(0, 9)),
        "threshold": int(random.integers(0, 50)),
        "edgeitems": int(random.integers(1, 5)),
        "linewidth": int(random.integers(20, 200)),
        "sci_mode": bool(random.integers(2)),
    }
    return {k: v for k, v in choices.items() if random.integers(2)}


def show(torch: Any, values: Any, options: dict[str, Any], form: int) -> str:
    """Return the repr of `values` as a tensor: plain, a leaf, a result, with the options set."""
    tensor = torch.from_numpy(values) if values.ndim else torch.tensor(values)
    torch.set_printoptions(profile="default")
    torch.set_printoptions(**options)
    try:
        if form and tensor.is_floating_point():
            tensor.requires_grad_()
        return repr(tensor * 1 if form == 2 else tensor)
    finally:
        torch.set_printoptions(profile="default")


@pytest.mark.needs_torch
def test_prints_the_same() -> None:
    """Shapes, dtypes, magnitudes, NaN, summaries, suffixes and options, at random."""
    torch = pytest.importorskip("torch")
    import autograd_lab

    random = np.random.default_rng(20)
    for _ in range(COUNT):
        dtype = str(random.choice(DTYPES))
        values = numbers(random, shape_of(random), dtype)
        options, form = options_of(random), int(random.integers(3))
        ours = show(autograd_lab, values, options, form)
        assert ours == show(torch, values, options, form), (values.shape, dtype, options)


@pytest.mark.needs_torch
def test_a_method_without_its_parentheses_says_whose_it_is() -> None:
    """What 003 prints by mistake: the method, and the tensor it belongs to."""
    torch = pytest.importorskip("torch")
    import autograd_lab

    assert str(autograd_lab.ones(3).norm) == str(torch.ones(3).norm)
