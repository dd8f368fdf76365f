"""No test of this folder may leave an observer, a turned switch or a figure behind."""

import sys
import warnings
from collections.abc import Iterator

import pytest

from autograd_lab.engine.observe import observers


@pytest.fixture(autouse=True)
def _nobody_listens_afterwards() -> Iterator[None]:
    """Fail a test after which someone still watches the engine."""
    yield
    assert observers == []


@pytest.fixture(autouse=True)
def _switches_are_put_back() -> Iterator[None]:
    """Undo what a program sets for the whole process."""
    with warnings.catch_warnings():
        yield
    for name in {"autograd_lab", "torch"} & sys.modules.keys():
        engine = sys.modules[name]
        engine.set_grad_enabled(True)
        engine.set_default_dtype(engine.float32)
    if "matplotlib.pyplot" in sys.modules:
        sys.modules["matplotlib.pyplot"].close("all")
