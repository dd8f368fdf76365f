"""The libraries that a lab's tensors may be of."""

import pytest

from autograd_lab.engine.creation import tensor


def _pytorchs(*arguments, **options):
    """Return a tensor of PyTorch's."""
    return pytest.importorskip("torch").tensor(*arguments, **options)


both = pytest.mark.parametrize(
    "tensor",
    [
        pytest.param(tensor, id="ours"),
        pytest.param(_pytorchs, id="torch", marks=pytest.mark.needs_torch),
    ],
)
"""Runs a test with `tensor` of this library and of PyTorch."""
