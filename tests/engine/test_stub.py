"""The stub tells type checkers what tensors can do."""

from autograd_lab.engine.stub import STUB, stub


def test_stub_is_up_to_date() -> None:
    """`_methods.pyi` names the methods that are bound, with their parameters."""
    assert STUB.read_text(encoding="utf-8") == stub()
