"""Every operation against PyTorch: value, dtype, node, gradients, second derivatives, errors."""

from __future__ import annotations

import math
import warnings
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from tests.engine.samples import Sample, by_code, evaluate, leaves

SAMPLES = by_code()
TOLERANCE = {"float32": 2e-5, "float64": 1e-9}


def numbers(tensor: Any) -> Any:
    """Return a tensor's (or tuple's) numbers as nested lists, None for None."""
    if tensor is None:
        return None
    if isinstance(tensor, tuple):
        return [numbers(t) for t in tensor]
    if not hasattr(tensor, "detach"):
        return []
    return (tensor.detach() + 0).tolist()  # a zero that torch did not even allocate has no list


def described(value: Any) -> Any:
    """Return what must be equal to the letter: dtype, shape, flags, node names."""
    if isinstance(value, tuple):
        return [described(v) for v in value]
    if not hasattr(value, "grad_fn"):
        return repr(value)
    node = value.grad_fn
    edges = [None if n is None else n.name() for n, _ in node.next_functions] if node else []
    name = node.name() if node else None
    return str(value.dtype), tuple(value.shape), value.requires_grad, name, edges


def outcome(sample: Sample, variant: str, dtype: str, torch: ModuleType) -> dict[str, Any]:
    """Run the sample and return everything the two libraries must agree on."""
    space = leaves(sample, variant, torch, dtype)
    try:
        value = evaluate(sample, space, torch)
    except Exception as error:
        return {"error": f"{type(error).__name__}: {error}"}
    result = {"described": described(value), "values": numbers(value)}
    parts = value if isinstance(value, tuple) else (value,)
    tracked = [v for v in parts if getattr(v, "requires_grad", False)]
    if not tracked:
        return result
    weighted = (
        torch.stack([(v.double() * weights(v, torch)).sum() for v in tracked]).sum()
        if (len(tracked) > 1)
        else (tracked[0].double() * weights(tracked[0], torch)).sum()
    )
    try:
        result |= derivatives(weighted, list(space.values()), torch)
    except (RuntimeError, NotImplementedError) as error:
        result["error"] = f"backward: {type(error).__name__}: {error}"
    return result


def derivatives(weighted: Any, inputs: list[Any], torch: ModuleType) -> dict[str, Any]:
    """Return the gradients of a scalar for `inputs`, and those of a weighted sum of these."""
    first = torch.autograd.grad(weighted, inputs, create_graph=True, allow_unused=True)
    again = [g for g in first if g is not None and g.requires_grad]
    if not again:
        return {"first": numbers(first)}
    total = again[0].double().sum() * 0
    for g in again:
        total = total + (g.double() * weights(g, torch)).sum()
    second = torch.autograd.grad(total, inputs, allow_unused=True)
    return {"first": numbers(first), "second": numbers(second)}


def weights(value: Any, torch: ModuleType) -> Any:
    """Return fixed numbers in the shape of `value`, so that no two outputs count alike."""
    count = math.prod(value.shape)
    made = torch.tensor([math.sin(1 + i) for i in range(count)], dtype=torch.float64)
    return made.reshape(tuple(value.shape))


def flat(value: Any) -> list[float]:
    """Return all numbers of nested lists; None counts as a marker of its own."""
    if isinstance(value, list):
        return [n for v in value for n in flat(v)]
    return [-12345.0 if value is None else float(value)]


@pytest.mark.needs_torch
@pytest.mark.parametrize("code", SAMPLES)
def test_agrees_with_pytorch(code: str) -> None:
    """Both libraries give the same result, gradients and second derivatives, or the same error.

    The nodes keep the same. One test for all of an expression: a test costs as much as a comparison.
    """
    torch = pytest.importorskip("torch")
    import autograd_lab

    different = {}
    for sample, variant in SAMPLES[code]:
        for dtype, tolerance in TOLERANCE.items():
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # samples of what both libraries warn about
                ours = outcome(sample, variant, dtype, autograd_lab)
                theirs = outcome(sample, variant, dtype, torch)
            try:
                compare(ours, theirs, tolerance)
            except AssertionError as error:
                different[sample.variants()[variant], variant, dtype] = str(error)
    assert different == {}
    compare_kept(*SAMPLES[code][0], torch, autograd_lab)


def compare(ours: dict[str, Any], theirs: dict[str, Any], tolerance: float) -> None:
    """Check that two outcomes agree, numbers up to a tolerance and all else to the letter."""
    assert ours.keys() == theirs.keys(), (ours, theirs)
    assert ours.get("error") == theirs.get("error")
    assert ours.get("described") == theirs.get("described")
    for part in ours.keys() & {"values", "first", "second"}:
        np.testing.assert_allclose(
            flat(ours[part]), flat(theirs[part]), rtol=tolerance, atol=tolerance, err_msg=part
        )


def saved(node: Any, names: list[str]) -> dict[str, Any]:
    """Return what a node shows as saved under these names, tensors by their shape."""
    return {name: shown(getattr(node, name)) for name in names}


def shown(value: Any) -> Any:
    """Return a saved value, tensors by their shape."""
    if isinstance(value, (tuple, list)):
        return tuple(shown(each) for each in value)
    return ("tensor", tuple(value.shape)) if hasattr(value, "grad_fn") else repr(value)


def compare_kept(sample: Sample, variant: str, torch: ModuleType, autograd_lab: ModuleType) -> None:
    """See that every `_saved_…` of a node is there, the same number or a tensor of the same shape."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            value = evaluate(sample, leaves(sample, variant, torch, "float32"), torch)
        except Exception:
            return  # a sample of an error
        ours = evaluate(sample, leaves(sample, variant, autograd_lab, "float32"), autograd_lab)
    for theirs, own in zip(
        *(v if isinstance(v, tuple) else (v,) for v in (value, ours)), strict=True
    ):
        node = getattr(theirs, "grad_fn", None)
        if node is None:
            continue
        names = [name for name in dir(node) if name.startswith("_saved_")]
        try:
            expected = saved(node, names)
        except RuntimeError:
            continue  # overwritten since
        assert saved(own.grad_fn, names) == expected
