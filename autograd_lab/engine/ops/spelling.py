"""Public functions as torch spells them: `input`, `axis` and `keepdims` are understood, too."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from typing import Any

from ..register import functions, method
from ..tensor import Tensor

SPELLINGS = {"input": "self", "axis": "dim", "keepdims": "keepdim"}


def public(
    name: str, *aliases: str, as_method: bool = True
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Make what is decorated a public function, and a method unless told, called `name`.

    It refuses a first argument that is no tensor, and names what is missing, in torch's words.
    """

    def decorate(function: Callable[..., Any]) -> Callable[..., Any]:
        required = [
            p.name
            for p in inspect.signature(function).parameters.values()
            if p.default is p.empty and p.kind is p.POSITIONAL_OR_KEYWORD
        ]

        count = len(required)

        @functools.wraps(function)
        def spelled(*args: Any, **kwargs: Any) -> Any:
            if not kwargs and len(args) >= count and isinstance(args[0], Tensor):
                return function(*args)
            if kwargs:
                kwargs = {SPELLINGS.get(key, key): value for key, value in kwargs.items()}
            if len(args) < count:
                check_given(name, required[len(args) :], kwargs)
            first = args[0] if args else kwargs["self"]
            if not isinstance(first, Tensor):
                raise TypeError(
                    f"{name}(): argument 'input' (position 1) must be Tensor, "
                    f"not {type(first).__name__}"
                )
            return function(*args, **kwargs)

        for each in (name, *aliases):
            functions[each] = spelled
            if as_method:
                method(each, spelled)
        return function

    return decorate


def check_given(name: str, expected: list[str], given: dict[str, Any]) -> None:
    """Raise unless all of the `expected` arguments are among those `given` by name."""
    missing = ", ".join(f'"{"input" if n == "self" else n}"' for n in expected if n not in given)
    if missing:
        count = missing.count(",") + 1
        raise TypeError(f"{name}() missing {count} required positional arguments: {missing}")
