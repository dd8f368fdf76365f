"""Public functions as torch spells them: several integers or one tuple, and parameters by name."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..register import SPELLINGS, check, dressed, expose_made, functions, guarded, method
from ..tensor import Tensor


def public(
    name: str, *aliases: str, as_method: bool = True
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Make what is decorated a public function, and a method unless told, called `name`.

    `input`, `axis` and `keepdims` are understood, too; the first argument must be a tensor.
    """

    def decorate(function: Callable[..., Any]) -> Callable[..., Any]:
        def made(name: str, bound: bool) -> Callable[..., Any]:
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

            return dressed(spelled, function)

        for each in (name, *aliases):
            if as_method:
                expose_made(each, made)
            else:
                functions[each] = made(each, False)
        return function

    return decorate


def sized(
    name: str, parameter: str, function: Callable[..., Any], as_function: bool = True
) -> None:
    """Make `function(self, *numbers)` a method called `name`, and a public function unless told.

    The method takes several integers or one tuple, the public function a tuple alone; both take it as
    the `parameter` of that name, too.
    """

    def made(name: str, bound: bool) -> Callable[..., Any]:
        def spelled(*args: Any, **kwargs: Any) -> Any:
            given = _in_place(args, kwargs, ("input", parameter)) if kwargs else args
            tensor, *numbers = given
            one = len(numbers) == 1 and isinstance(numbers[0], (tuple, list))
            if not isinstance(tensor, Tensor) or not (one or (bound and parameter not in kwargs)):
                raise TypeError(f"{name}() needs a tensor and a tuple")
            return function(tensor, *numbers)

        return guarded(name, dressed(spelled, function), bound)

    if as_function:
        functions[name] = made(name, False)
    method(name, made(name, True))


def _in_place(
    args: tuple[Any, ...], kwargs: dict[str, Any], names: tuple[str, str]
) -> tuple[Any, ...]:
    """Return a tensor and its numbers in order, what is missing taken by name; TypeError for the rest."""
    named = [kwargs[name] for name in names[len(args) :] if name in kwargs]
    if len(named) < len(kwargs) or len(args) + len(named) < len(names):
        raise TypeError(f"does not fit: {', '.join(kwargs)}")
    return (*args, *named)
