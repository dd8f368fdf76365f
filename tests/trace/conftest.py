"""No test of this folder may leave an observer behind."""

from collections.abc import Iterator

import pytest

from autograd_lab.engine.observe import observers


@pytest.fixture(autouse=True)
def _nobody_listens_afterwards() -> Iterator[None]:
    """Fail a test after which someone still watches the engine."""
    yield
    assert observers == []
