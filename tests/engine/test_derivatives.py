"""Every operation against differences: forwards, backwards, and one against the other."""

from __future__ import annotations

import re
import warnings
from contextlib import suppress
from typing import Any

import numpy as np
import pytest

import autograd_lab as torch
from autograd_lab.autograd import forward_ad
from autograd_lab.engine.observe import Observer, observers
from autograd_lab.engine.operation import OPERATIONS
from tests.engine.samples import Sample, all_samples, by_code, evaluate, leaves

FIRST = {code: cases[0] for code, cases in by_code().items()}
"""Each expression once, with the first of its input shapes."""
STEP = 1e-6
KINK = re.compile(r"\(x \* 0\)\.(norm|std)|dist\(x, 3|logical_")
"""Points where PyTorch's gradient is a choice, and writes that its gradient does not see."""
CUT = re.compile(r"detach|\.data|no_grad|torch\.tensor\(x|x\.double")
"""Code whose value moves along a path that its gradient does not see."""


class Names(Observer):
    """Notes which operations run."""

    def __init__(self) -> None:
        self.seen: set[str] = set()

    def on_op(self, name, inputs, output, node) -> None:
        """Note the operation's name; an in-place form counts for its operation."""
        self.seen |= {name, name.removesuffix("_")}


def outputs(sample: Sample, space: dict[str, Any]) -> list[Any]:
    """Return the differentiable tensors that the expression gives."""
    value = evaluate(sample, space, torch)
    values = value if isinstance(value, tuple) else (value,)
    return [v for v in values if isinstance(v, torch.Tensor) and v.requires_grad]


def weighted(tensors: list[Any]) -> float:
    """Return all numbers of some arrays, summed with fixed weights."""
    flat = np.concatenate([np.ravel(t) for t in tensors] or [np.zeros(0)])
    return float(flat @ np.sin(1 + np.arange(flat.size)))


def along(sample: Sample, variant: str, sign: int) -> float:
    """Return the weighted outputs a small step along fixed directions away."""
    space = leaves(sample, variant, torch, "float64")
    moved = {
        name: torch.tensor(
            np.asarray(leaf.tolist()) + sign * STEP * direction(leaf)
        ).requires_grad_()
        for name, leaf in space.items()
    }
    return weighted([o.tolist() for o in outputs(sample, moved)])


def direction(leaf: Any) -> Any:
    """Return a fixed direction in the shape of `leaf`."""
    return np.cos(np.arange(leaf.numel(), dtype=float)).reshape(tuple(leaf.shape))


def backwards(sample: Sample, variant: str) -> float:
    """Return the directional derivative by one pass back."""
    space = leaves(sample, variant, torch, "float64")
    made = outputs(sample, space)
    start, seeds = 0, []
    for out in made:
        ends = start + out.numel()
        weights = np.sin(1 + np.arange(start, ends, dtype=float))
        seeds.append(torch.tensor(weights.reshape(tuple(out.shape))).to(out.dtype))
        start = ends
    grads = torch.autograd.grad(made, list(space.values()), seeds, allow_unused=True)
    return sum(
        float(np.sum(np.asarray(g.tolist()) * direction(leaf)))
        for g, leaf in zip(grads, space.values(), strict=True)
        if g is not None
    )


def forwards(sample: Sample, variant: str) -> float:
    """Return the directional derivative by tangents."""
    space = leaves(sample, variant, torch, "float64")
    with forward_ad.dual_level():
        duals = {
            name: forward_ad.make_dual(leaf, torch.tensor(direction(leaf)))
            for name, leaf in space.items()
        }
        tangents = [forward_ad.unpack_dual(o) for o in outputs(sample, duals)]
        return weighted(
            [np.zeros(p.shape) if t is None else np.asarray(t.tolist()) for p, t in tangents]
        )


@pytest.mark.parametrize("code", FIRST)
def test_derivatives_agree(code: str) -> None:
    """Backward pass, forward mode and differences give the same directional derivative."""
    sample, variant = FIRST[code]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            back = backwards(sample, variant)
        except Exception:
            return  # a sample of an error, which the comparison with PyTorch looks at
        made = outputs(sample, leaves(sample, variant, torch, "float64"))
        if not np.isfinite(weighted([*(o.tolist() for o in made), back])) or KINK.search(code):
            return  # nothing to compare where a limit does not exist
        exact = all(o.dtype is torch.float64 for o in made)
        tolerance = 1e-8 if exact else 1e-2
        np.testing.assert_allclose(forwards(sample, variant), back, tolerance, tolerance)
        if sample.smooth and exact and not CUT.search(code):
            numeric = (along(sample, variant, 1) - along(sample, variant, -1)) / (2 * STEP)
            np.testing.assert_allclose(back, numeric, rtol=1e-4, atol=1e-5)


def test_most_samples_can_go_backwards() -> None:
    """The samples of errors, which are not compared above, stay the smaller part."""
    gone = 0
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for sample, variant in FIRST.values():
            with suppress(Exception):
                backwards(sample, variant)
                gone += 1
    assert gone > 0.74 * len(FIRST)


def test_every_operation_has_a_sample() -> None:
    """Running all samples runs every registered operation."""
    watcher = Names()
    observers.append(watcher)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            for sample, variant in all_samples():
                try:
                    space = leaves(sample, variant, torch, "float32")
                    made, inputs = outputs(sample, space), list(space.values())
                    seeds = [torch.ones_like(out, requires_grad=True) for out in made]
                    first = torch.autograd.grad(
                        made, inputs, seeds, create_graph=True, allow_unused=True
                    )
                    sum((g * g).sum() for g in first if g is not None).backward()
                except Exception:
                    continue
    finally:
        observers.remove(watcher)
    differentiable = {name for name, op in OPERATIONS.items() if op.node}
    assert differentiable - watcher.seen == set()
