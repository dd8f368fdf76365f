"""`autograd_lab.func`: derivatives as functions of functions.

Each takes a function of tensors and returns another. They nest: `grad(grad(f))` is the second derivative.
"""

from __future__ import annotations

import functools
import itertools
from collections.abc import Callable
from typing import Any

from .autograd.forward_ad import dual
from .engine.backward import grad as _grad
from .engine.filled import ones_like, zeros, zeros_like
from .engine.forward import levels, set_tangent, tangent_of
from .engine.grad_mode import enable_grad
from .engine.node import AccumulateGrad
from .engine.ops.shape import view
from .engine.register import functions
from .engine.tensor import Tensor

Fn = Callable[..., Any]
Argnums = int | tuple[int, ...]
_levels = itertools.count(1_000_000)


def _entered(value: Any) -> Tensor:
    """Return `value` as something to differentiate by, still connected with what is around it."""
    if not isinstance(value, Tensor):
        raise ValueError(f"Thing passed to transform API must be Tensor, got {type(value)}")
    if not value.is_floating_point():
        raise RuntimeError("only Tensors of floating point dtype can require gradients")
    if value.requires_grad:
        same: Tensor = view.apply(value, tuple(value.shape))
        return same
    leaf: Tensor = _cut(value, ()).requires_grad_()
    return leaf


def _cut(value: Tensor, inside: tuple[Tensor, ...]) -> Tensor:
    """Return `value` without its history, but with the tangents it carries."""
    plain: Tensor = value.detach()
    for level in levels:
        tangent = tangent_of(value, level)
        if tangent is not None:
            set_tangent(plain, level, _left(tangent, inside))
    return plain


def _left(value: Any, inside: tuple[Tensor, ...]) -> Any:
    """Return results without the graph of this transform, unless they depend on things outside it."""
    if isinstance(value, tuple):
        return tuple(_left(v, inside) for v in value)
    if not isinstance(value, Tensor) or not value.requires_grad:
        return value
    return value if _depends_on_others(value, inside) else _cut(value, inside)


def _depends_on_others(value: Tensor, inside: tuple[Tensor, ...]) -> bool:
    """Return whether a leaf other than `inside` can be reached from `value`."""
    stack = [value.grad_fn]
    seen = set(stack)
    while stack:
        node = stack.pop()
        if isinstance(node, AccumulateGrad) and not any(node.variable is t for t in inside):
            return True
        for target, _ in node.next_functions if node else ():
            if target is not None and target not in seen:
                seen.add(target)
                stack.append(target)
    return False


def _chosen(args: tuple[Any, ...], argnums: Argnums) -> tuple[Any, ...]:
    return tuple(args[i] for i in (argnums if isinstance(argnums, tuple) else (argnums,)))


def _replaced(args: tuple[Any, ...], argnums: Argnums, new: tuple[Tensor, ...]) -> list[Any]:
    replaced = list(args)
    for i, tensor in zip(argnums if isinstance(argnums, tuple) else (argnums,), new, strict=True):
        replaced[i] = tensor
    return replaced


def grad_and_value(func: Fn, argnums: Argnums = 0, has_aux: bool = False) -> Fn:
    """Return a function that gives `(gradient, value)` of `func`, which must return one number."""

    @functools.wraps(func)
    def wrapper(*args: Any, **kwargs: Any) -> Any:
        with enable_grad():
            inside = tuple(_entered(a) for a in _chosen(args, argnums))
            returned = func(*_replaced(args, argnums, inside), **kwargs)
            value, aux = returned if has_aux else (returned, None)
            if not isinstance(value, Tensor):
                raise RuntimeError(
                    "grad_and_value(f)(*args): Expected f(*args) to return a tensor, got "
                    f"{type(value)}"
                )
            if value.ndim:
                raise RuntimeError(
                    "grad_and_value(f)(*args): Expected f(*args) to return a scalar Tensor, got "
                    f"tensor with {value.ndim} dims. Maybe you wanted to use the vjp or jacrev APIs "
                    "instead?"
                )
            grads = _left(_pulled((value,), inside, (ones_like(value),)), inside)
        gradient = grads if isinstance(argnums, tuple) else grads[0]
        value = _left(value, inside)
        return (gradient, (value, _left(aux, inside))) if has_aux else (gradient, value)

    return wrapper


def grad(func: Fn, argnums: Argnums = 0, has_aux: bool = False) -> Fn:
    """Return the gradient of `func` (which must return one number) as a function.

    >>> import autograd_lab as torch
    >>> torch.func.grad(lambda x: x**3)(torch.tensor(2.0))
    tensor(12.)
    """
    both = grad_and_value(func, argnums, has_aux)

    @functools.wraps(func)
    def wrapper(*args: Any, **kwargs: Any) -> Any:
        gradient, value = both(*args, **kwargs)
        return (gradient, value[1]) if has_aux else gradient

    return wrapper


def _pulled(
    outputs: tuple[Tensor, ...], inside: tuple[Tensor, ...], vectors: tuple[Tensor, ...]
) -> tuple[Tensor, ...]:
    used = [(o, v) for o, v in zip(outputs, vectors, strict=True) if o.requires_grad]
    if not used:
        return tuple(zeros_like(x) for x in inside)
    outs, weights = zip(*used, strict=True)
    found = _grad(outs, inside, weights, True, True, allow_unused=True)
    return tuple(zeros_like(x) if g is None else g for g, x in zip(found, inside, strict=True))


def vjp(func: Fn, *primals: Any, has_aux: bool = False) -> Any:
    """Return `func(*primals)` and a function from v (shaped like the output) to vᵀJ, a tuple."""
    with enable_grad():
        inside = tuple(_entered(p) for p in primals)
        returned = func(*inside)
    output, aux = returned if has_aux else (returned, None)
    outputs = output if isinstance(output, tuple) else (output,)

    def pull(*vectors: Any) -> tuple[Tensor, ...]:
        given = vectors[0] if len(vectors) == 1 and isinstance(vectors[0], tuple) else vectors
        with enable_grad():
            answer: tuple[Tensor, ...] = _left(_pulled(outputs, inside, given), inside)
        return answer

    result = _left(output, inside)
    return (result, pull, _left(aux, inside)) if has_aux else (result, pull)


def jvp(func: Fn, primals: Any, tangents: Any, *, has_aux: bool = False) -> Any:
    """Return `func(*primals)` and its directional derivative along `tangents`, in one pass forward."""
    for name, given in (("primals", primals), ("tangents", tangents)):
        if not isinstance(given, tuple):
            raise RuntimeError(
                f"jvp(f, primals, tangents): Expected {name} to be a tuple. "
                "E.g. it should be valid to call f(*primals)."
            )
    levels.append(next(_levels))
    try:
        duals = [dual(p, t) for p, t in zip(primals, tangents, strict=True)]
        returned = func(*duals)
        output, aux = returned if has_aux else (returned, None)
        level = levels[-1]
    finally:
        levels.pop()
    tangent = _each(output, lambda o: _tangent_or_zeros(o, level))
    return (output, tangent, aux) if has_aux else (output, tangent)


def _tangent_or_zeros(output: Tensor, level: int) -> Tensor:
    tangent = tangent_of(output, level)
    return zeros_like(output) if tangent is None else tangent


def _each(value: Any, apply: Callable[[Tensor], Any]) -> Any:
    return tuple(apply(v) for v in value) if isinstance(value, tuple) else apply(value)


def jacrev(func: Fn, argnums: Argnums = 0, *, has_aux: bool = False) -> Fn:
    """Return the Jacobian of `func` as a function: one pass back per element of the output."""

    @functools.wraps(func)
    def wrapper(*args: Any) -> Any:
        def of_chosen(*chosen: Tensor) -> Any:
            return func(*_replaced(args, argnums, chosen))

        output, pull, *aux = vjp(of_chosen, *_chosen(args, argnums), has_aux=has_aux)
        rows = [pull(unit.reshape(output.shape)) for unit in _units(output)]
        blocks = tuple(
            functions["stack"]([row[i] for row in rows]).reshape(*output.shape, *x.shape)
            for i, x in enumerate(_chosen(args, argnums))
        )
        answer = blocks if isinstance(argnums, tuple) else blocks[0]
        return (answer, *aux) if has_aux else answer

    return wrapper


def jacfwd(func: Fn, argnums: Argnums = 0, *, has_aux: bool = False) -> Fn:
    """Return the Jacobian of `func` as a function: one pass forward per element of the input."""

    @functools.wraps(func)
    def wrapper(*args: Any) -> Any:
        blocks = []
        aux: tuple[Any, ...] = ()
        chosen = _chosen(args, argnums)
        for i, x in enumerate(chosen):
            columns = []
            for unit in _units(x):
                tangents = tuple(
                    unit.reshape(x.shape) if j == i else zeros_like(y) for j, y in enumerate(chosen)
                )
                output, column, *aux_now = jvp(
                    lambda *c: func(*_replaced(args, argnums, c)), chosen, tangents, has_aux=has_aux
                )
                columns.append(column)
                aux = tuple(aux_now)
            stacked = functions["stack"](columns, -1)
            blocks.append(stacked.reshape(*output.shape, *x.shape))
        answer = tuple(blocks) if isinstance(argnums, tuple) else blocks[0]
        return (answer, *aux) if has_aux else answer

    return wrapper


def _units(like: Tensor) -> list[Tensor]:
    """Return the unit vectors for `like`, flattened."""
    units = []
    for i in range(like.numel()):
        unit = zeros(like.numel(), dtype=like.dtype)
        unit[i] = 1
        units.append(unit)
    return units


def hessian(func: Fn, argnums: Argnums = 0) -> Fn:
    """Return the Hessian of `func` as a function: forward over reverse.

    >>> import autograd_lab as torch
    >>> torch.func.hessian(lambda x: (x**3).sum())(torch.tensor([1.0, 2.0]))
    tensor([[ 6.,  0.],
            [ 0., 12.]])
    """
    return jacfwd(jacrev(func, argnums), argnums)
