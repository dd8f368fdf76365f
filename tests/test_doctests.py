"""The examples in docstrings show what really comes out."""

import doctest
import pkgutil
from importlib import import_module

import autograd_lab


def test_examples() -> None:
    """Every example in the package's docstrings, module by module."""
    attempted, failed = 0, []
    for found in pkgutil.walk_packages(autograd_lab.__path__, "autograd_lab."):
        result = doctest.testmod(import_module(found.name))
        attempted += result.attempted
        if result.failed:
            failed.append(found.name)
    assert failed == []
    assert attempted > 20
