"""The examples in docstrings show what really comes out."""

import builtins
import doctest
import pkgutil
from importlib import import_module

import pytest

import autograd_lab


def test_examples(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every example in the package's docstrings, module by module."""
    # doctest leaves its last result there, where IPython's `_` would not be set any more.
    monkeypatch.setattr(builtins, "_", None, raising=False)
    attempted, failed = 0, []
    for found in pkgutil.walk_packages(autograd_lab.__path__, "autograd_lab."):
        result = doctest.testmod(import_module(found.name))
        attempted += result.attempted
        if result.failed:
            failed.append(found.name)
    assert failed == []
    assert attempted > 20
