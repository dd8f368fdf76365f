"""Registering an operation: its function, its method, its operators, its in-place form."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

from ._methods import Methods
from .operation import OPERATIONS, Operation
from .out import into
from .tensor import Tensor

functions: dict[str, Callable[..., Any]] = {}
"""The public functions: `functions["sin"]` is `autograd_lab.sin`."""


def register(cls: type[Operation]) -> Operation:
    """Make the operation, and give it its function and its method, their aliases and operators."""
    op = cls()
    OPERATIONS[op.name] = op
    if not op.public:
        return op
    defaults = defaults_of(op)
    function = _function(op, defaults)
    for name in (op.name, *op.aliases):
        if name.startswith("__"):
            method(name, _operator(op, defaults[2:]))
        else:
            expose(name, function)
    return op


def defaults_of(op: Operation) -> tuple[Any, ...]:
    """Return the default of each of `forward`'s parameters, `inspect.Parameter.empty` for none."""
    given: Any = op.forward
    without = len(op.parameters) - len(given.__defaults__ or ()) - len(given.__kwdefaults__ or ())
    return (
        (inspect.Parameter.empty,) * without
        + (given.__defaults__ or ())
        + tuple((given.__kwdefaults__ or {}).values())
    )


def _function(op: Operation, defaults: tuple[Any, ...]) -> Callable[..., Any]:
    """Return the plain function users call: keywords and defaults are those of `forward`."""
    total = len(defaults)
    apply = op.apply

    def function(*args: Any, **kwargs: Any) -> Any:
        if kwargs:
            if "out" in kwargs:
                return into(kwargs.pop("out"), op.name, function, *args, **kwargs)
            if "input" in kwargs:
                kwargs["self"] = kwargs.pop("input")
            bound = inspect.signature(op.forward).bind(*args, **kwargs)
            bound.apply_defaults()
            args = tuple(bound.arguments.values())
        elif len(args) != total:
            if len(args) > total or inspect.Parameter.empty in defaults[len(args) :]:
                inspect.signature(op.forward).bind(*args)  # raises what Python says of it
            args = (*args, *defaults[len(args) :])
        if not isinstance(args[0], Tensor) and not (
            op.number_first and isinstance(args[1], Tensor)
        ):
            raise TypeError(
                f"{op.name}(): argument 'input' (position 1) must be Tensor, "
                f"not {type(args[0]).__name__}"
            )
        return apply(*args)

    function.__name__ = function.__qualname__ = op.name
    function.__doc__ = op.__doc__
    function.__wrapped__ = op.forward  # type: ignore[attr-defined]  # for who asks for the signature
    return function


def _operator(op: Operation, rest: tuple[Any, ...]) -> Callable[..., Any]:
    """Return what stands behind `a * b`; other types get the chance to answer for themselves."""
    apply = op.apply
    if len(op.parameters) == 1:
        return lambda self: apply(self)

    def operator(self: Tensor, other: Any) -> Any:
        if type(other) is Tensor or isinstance(other, OPERANDS):
            return apply(self, other, *rest)
        return NotImplemented

    operator.__doc__ = op.__doc__
    return operator


OPERANDS = (Tensor, int, float)


def reflected(name: str, function: Callable[[Tensor, Any], Any]) -> None:
    """Make `function` the method behind `1 - x`; what is no number may answer for itself."""
    method(
        name,
        lambda self, other: (
            function(self, other) if isinstance(other, OPERANDS) else NotImplemented
        ),
    )


def expose(name: str, function: Callable[..., Any]) -> None:
    """Make `function` a public function and a method called `name`."""
    functions[name] = function
    method(name, function)


def method(name: str, function: Callable[..., Any]) -> None:
    """Make `function` a method of `Tensor` only."""
    setattr(Methods, name, function)
