"""Public functions as torch spells them: `input`, `axis` and `keepdims` are understood, too."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from ..register import SPELLINGS, check, expose_made, functions
from ..tensor import Tensor


def public(
    name: str, *aliases: str, as_method: bool = True
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Make what is decorated a public function, and a method unless told, called `name`.

    `input`, `axis` and `keepdims` are understood, too; the first argument must be a tensor.
    """

    def decorate(function: Callable[..., Any]) -> Callable[..., Any]:
        def made(name: str, bound: bool) -> Callable[..., Any]:
            @functools.wraps(function)
            def spelled(*args: Any, **kwargs: Any) -> Any:
                try:
                    if kwargs:
                        named = {SPELLINGS.get(key, key): value for key, value in kwargs.items()}
                        if not isinstance(args[0] if args else named["self"], Tensor):
                            raise TypeError(f"{name}() needs a tensor")
                        return function(*args, **named)
                    if not isinstance(args[0], Tensor):
                        raise TypeError(f"{name}() needs a tensor")
                    return function(*args)
                except Exception:
                    __tracebackhide__ = True
                    check(name, bound, args, kwargs)
                    raise

            return spelled

        for each in (name, *aliases):
            if as_method:
                expose_made(each, made)
            else:
                functions[each] = made(each, False)
        return function

    return decorate
