"""Functions behind which one of several operations runs, depending on what they are given."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .operation import Operation
from .out import into
from .register import SPELLINGS, check, dressed, expose_made, functions

Chosen = tuple[Operation, tuple[Any, ...]]
"""An operation and all its arguments, in order."""

CHOICES: dict[str, Callable[..., Chosen]] = {}
"""Per name of a function, what chooses its operation; in-place forms choose in the same way."""


def choice(choose: Callable[..., Chosen]) -> Callable[..., Any]:
    """Make `choose` a public function and a method: what it returns is run."""
    name = choose.__name__
    CHOICES[name] = choose

    def made(name: str, bound: bool) -> Callable[..., Any]:
        def function(*args: Any, **kwargs: Any) -> Any:
            try:
                if kwargs:
                    if "out" in kwargs and not bound:
                        return into(name, function, args, kwargs)
                    named = {SPELLINGS.get(key, key): value for key, value in kwargs.items()}
                    op, arguments = choose(*args, **named)
                else:
                    op, arguments = choose(*args)
                return op(*arguments)
            except Exception:
                __tracebackhide__ = True
                check(name, bound, args, kwargs)
                raise

        return dressed(function, choose)

    expose_made(name, made)
    MAKERS[name] = made
    return functions[name]


MAKERS: dict[str, Callable[[str, bool], Callable[..., Any]]] = {}
"""What makes the functions and methods again under further names."""


def alias(name: str, *others: str) -> None:
    """Give a function that chooses further names."""
    for other in others:
        CHOICES[other] = CHOICES[name]
        expose_made(other, MAKERS[name])
