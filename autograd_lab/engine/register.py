"""Registering an operation: its function, its method, its operators, its in-place form."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

from ._methods import Methods
from .operation import OPERATIONS, Operation
from .out import into
from .short import OPERANDS
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
    make = _maker(op, defaults)
    for name in (op.name, *op.aliases):
        if name.startswith("__"):
            method(name, _operator(op, defaults[2:]))
        else:
            expose_made(name, make)
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


def _maker(op: Operation, defaults: tuple[Any, ...]) -> Callable[[str, bool], Callable[..., Any]]:
    """Return what makes the plain functions users call: keywords and defaults are those of `forward`."""
    positional = len(defaults) - op.named_only
    apply = op.of_one() if len(op.parameters) == 1 else op.apply

    def make(name: str, bound: bool) -> Callable[..., Any]:
        def function(*args: Any, **kwargs: Any) -> Any:
            all_args = args
            try:
                if kwargs:
                    if "out" in kwargs and not bound:
                        return into(name, function, args, kwargs)
                    all_args = arranged(op, defaults, args, kwargs)
                elif len(args) != positional or op.named_only:
                    if len(args) > positional:
                        raise TypeError(f"{name}() takes {positional} arguments by position")
                    all_args = (*args, *defaults[len(args) :])
                if not isinstance(all_args[0], Tensor) and not (
                    op.number_first and isinstance(all_args[1], Tensor)
                ):
                    raise TypeError(f"{name}() needs a tensor")
                return apply(*all_args)
            except Exception:
                __tracebackhide__ = True
                check(name, bound, args, kwargs)
                raise

        function.__name__ = function.__qualname__ = name
        function.__doc__ = op.__doc__
        # For who asks for the signature.
        function.__wrapped__ = op.forward  # type: ignore[attr-defined]
        return function

    return make


def arranged(
    op: Operation, defaults: tuple[Any, ...], args: tuple[Any, ...], kwargs: dict[str, Any]
) -> tuple[Any, ...]:
    """Return all arguments in the order of `forward`; TypeError for a keyword that it has not."""
    values = [*args, *defaults[len(args) :]]
    for key, value in kwargs.items():
        key = SPELLINGS.get(key, key)
        if key not in op.parameters:
            raise TypeError(f"{op.name}() got an unexpected keyword argument '{key}'")
        values[op.parameters.index(key)] = value
    return tuple(values)


SPELLINGS = {"input": "self", "axis": "dim", "keepdims": "keepdim"}
"""What parameters are called here, by further names that users may use."""


def _operator(op: Operation, rest: tuple[Any, ...]) -> Callable[..., Any]:
    """Return what stands behind `a * b` or `-a`."""
    if len(op.parameters) == 1:
        apply = op.of_one()
        return lambda self: apply(self)
    operator = op.operator(rest)
    operator.__doc__ = op.__doc__
    return operator


def expose(name: str, function: Callable[..., Any]) -> None:
    """Make `function` a public function and a method called `name`."""
    functions[name] = function
    method(name, function)


def expose_made(name: str, make: Callable[[str, bool], Callable[..., Any]]) -> None:
    """Make a public function and a method: what `make` returns for the name, and whether it is bound."""
    functions[name] = make(name, False)
    method(name, make(name, True))


def method(name: str, function: Callable[..., Any]) -> None:
    """Make `function` a method of `Tensor` only."""
    setattr(Methods, name, function)


def check(name: str, bound: bool, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
    """Raise what torch raises if a call that failed has arguments that fit no form of `name`."""
    from .signatures import objection

    text = objection(name, bound, args, kwargs)
    if text is not None:
        __tracebackhide__ = True
        raise TypeError(text) from None


def dressed(call: Callable[..., Any], function: Callable[..., Any]) -> Callable[..., Any]:
    """Let `call` look like `function`: `functools.wraps` in a fifth of the time."""
    call.__name__, call.__qualname__ = function.__name__, function.__qualname__
    call.__doc__ = function.__doc__
    call.__wrapped__ = function  # type: ignore[attr-defined]
    return call


def guarded(name: str, function: Callable[..., Any], bound: bool) -> Callable[..., Any]:
    """Return `function`, but refusing arguments that do not fit in torch's words.

    A public function takes its first tensor as `input`, too, which a method has before the dot; methods
    have no `out`.
    """

    def call(*args: Any, **kwargs: Any) -> Any:
        try:
            if bound and "out" in kwargs:
                raise TypeError(f"{name}() got an unexpected keyword argument 'out'")
            if "input" in kwargs and not (args or bound) and _starts_with_self(function):
                return function(kwargs["input"], **{k: kwargs[k] for k in kwargs if k != "input"})
            return function(*args, **kwargs)
        except Exception:
            __tracebackhide__ = True
            check(name, bound, args, kwargs)
            raise

    return dressed(call, function)


def _starts_with_self(function: Callable[..., Any]) -> bool:
    plain = getattr(function, "__wrapped__", function)
    return plain.__code__.co_varnames[:1] == ("self",)


def guard(name: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Decorate a function of a façade: arguments that do not fit `name` are refused in torch's words."""
    return lambda function: guarded(name, function, False)


def guard_all() -> None:
    """Guard every function and method that does not already know how it was called, and name it.

    Printed without its parentheses, as in `print(x.split)`, it says whose it is.
    """
    for name, function in functions.items():
        if hasattr(function, "__code__"):
            functions[name] = guarded_once(name, function, False)
    for owner in (Methods, Tensor):
        for name, function in list(vars(owner).items()):
            if hasattr(function, "__code__") and name[0] != "_":
                setattr(owner, name, guarded_once(name, function, True))
            elif "<" in getattr(function, "__qualname__", ""):  # one made for it, as behind `x + y`
                function.__name__, function.__qualname__ = name, f"Tensor.{name}"


def guarded_once(name: str, function: Callable[..., Any], bound: bool) -> Callable[..., Any]:
    """Return a function that is guarded, and called `name`, or `Tensor.name` where it is `bound`."""
    if "bound" not in function.__code__.co_freevars:
        function = guarded(name, function, bound)
    function.__name__, function.__qualname__ = name, f"Tensor.{name}" if bound else name
    return function


def reflected(name: str, function: Callable[[Tensor, Any], Any]) -> None:
    """Make `function` the method behind `1 - x`; what is no number may answer for itself."""
    method(
        name,
        lambda self, other: (
            function(self, other) if isinstance(other, OPERANDS) else NotImplemented
        ),
    )
