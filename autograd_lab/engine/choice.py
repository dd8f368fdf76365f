"""Functions behind which one of several operations runs, depending on what they are given."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from .operation import Operation
from .out import into
from .register import expose, functions

Chosen = tuple[Operation, tuple[Any, ...]]
"""An operation and all its arguments, in order."""

CHOICES: dict[str, Callable[..., Chosen]] = {}
"""Per name of a function, what chooses its operation; in-place forms choose in the same way."""


def choice(choose: Callable[..., Chosen]) -> Callable[..., Any]:
    """Make `choose` a public function and a method: what it returns is run."""
    name = choose.__name__
    CHOICES[name] = choose

    @functools.wraps(choose)
    def function(*args: Any, **kwargs: Any) -> Any:
        if "input" in kwargs:
            kwargs["self"] = kwargs.pop("input")
        if "out" in kwargs:
            return into(kwargs.pop("out"), name, function, *args, **kwargs)
        op, arguments = choose(*args, **kwargs)
        return op(*arguments)

    expose(name, function)
    return function


def alias(name: str, *others: str) -> None:
    """Give a public function further names."""
    for other in others:
        if name in CHOICES:
            CHOICES[other] = CHOICES[name]
        expose(other, functions[name])
