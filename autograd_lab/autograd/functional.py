"""`autograd_lab.autograd.functional`: Jacobians, Hessians and products with them, of functions.

Each takes a function and its inputs (a tensor or a tuple) and returns plain tensors, or with
`create_graph` ones that can be differentiated again.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from ..engine.backward import grad
from ..engine.filled import ones_like, zeros, zeros_like
from ..engine.grad_mode import enable_grad
from ..engine.ops.shape import view
from ..engine.register import functions
from ..engine.tensor import Tensor

Fn = Callable[..., Any]


def _tuple(value: Any, what: str, name: str) -> tuple[Tensor, ...]:
    values = value if isinstance(value, tuple) else (value,)
    for i, each in enumerate(values):
        if not isinstance(each, Tensor):
            if isinstance(value, tuple):
                given = f"the value at index {i} in the given {what}"
                raise TypeError(
                    f"The {what} given to {name} must be either a Tensor or a tuple of Tensors but "
                    f"{given} has type {type(each)}."
                )
            raise TypeError(
                f"The {what} given to {name} must be either a Tensor or a tuple of Tensors but the "
                f"given {what} has type {type(each)}."
            )
    return values


def _leaves(inputs: tuple[Tensor, ...], create_graph: bool) -> tuple[Tensor, ...]:
    """Return inputs to differentiate by: connected to the caller's graph if a graph is wanted."""
    return tuple(
        view.apply(x, tuple(x.shape))
        if create_graph and x.requires_grad
        else x.detach().requires_grad_()
        for x in inputs
    )


def _run(func: Fn, inputs: tuple[Tensor, ...], name: str) -> tuple[Tensor, ...]:
    with enable_grad():
        return _tuple(func(*inputs), "outputs of the user-provided function", name)


def _done(value: Any, create_graph: bool) -> Any:
    """Cut results off from the work behind them unless a graph was asked for."""
    if isinstance(value, tuple):
        return tuple(_done(v, create_graph) for v in value)
    return value if create_graph else value.detach()


def _like(value: Any, given: Any) -> Any:
    """Return a tuple only where the caller gave a tuple."""
    return value if isinstance(given, tuple) else value[0]


def _grads(
    outputs: Sequence[Tensor], inputs: Sequence[Tensor], weights: Any, create_graph: bool
) -> tuple[Tensor, ...]:
    """Return the gradients, zeros where an input was not used."""
    used = [(o, w) for o, w in zip(outputs, weights, strict=True) if o.requires_grad]
    if not used:
        return tuple(zeros_like(x) for x in inputs)
    outs, grads = zip(*used, strict=True)
    with enable_grad():
        found = grad(outs, inputs, grads, True, create_graph, allow_unused=True)
    return tuple(zeros_like(x) if g is None else g for g, x in zip(found, inputs, strict=True))


def _vectors(v: Any, likes: tuple[Tensor, ...], scalar: bool, message: str) -> tuple[Tensor, ...]:
    """Check `v` against what it is to be multiplied with; None stands for 1 where that is clear."""
    if v is None:
        if not scalar:
            raise RuntimeError(message)
        return tuple(ones_like(x) for x in likes)
    vectors = v if isinstance(v, tuple) else (v,)
    for i, (each, like) in enumerate(zip(vectors, likes, strict=True)):
        if each.shape != like.shape:
            where = f"Entry {i} in v" if len(likes) > 1 else "v"
            raise RuntimeError(
                f"{where} has invalid size: should be {like.shape} but got {each.shape}."
            )
    return vectors


def vjp(
    func: Fn, inputs: Any, v: Any = None, create_graph: bool = False, strict: bool = False
) -> tuple[Any, Any]:
    """Return `func(*inputs)` and vᵀJ, the product of `v` (shaped like the output) and the Jacobian."""
    given = _tuple(inputs, "inputs", "vjp")
    leaves = _leaves(given, create_graph)
    returned = _run(func, leaves, "vjp")
    scalar = len(returned) == 1 and returned[0].numel() == 1
    vectors = _vectors(
        v,
        returned,
        scalar,
        "The vector v can only be None if the user-provided function returns a single Tensor with a "
        "single element.",
    )
    products = _grads(returned, leaves, vectors, create_graph)
    outputs = returned if len(returned) > 1 else returned[0]
    return _done(outputs, create_graph), _like(_done(products, create_graph), inputs)


def jvp(
    func: Fn, inputs: Any, v: Any = None, create_graph: bool = False, strict: bool = False
) -> tuple[Any, Any]:
    """Return `func(*inputs)` and Jv; by two passes back, as `vᵀJ` is linear in v."""
    given = _tuple(inputs, "inputs", "jvp")
    leaves = _leaves(given, create_graph)
    vectors = _vectors(
        v,
        leaves,
        len(leaves) == 1 and leaves[0].numel() == 1,
        "The vector v can only be None if the input to the user-provided function is a single Tensor "
        "with a single element.",
    )
    returned = _run(func, leaves, "jvp")
    dummies = tuple(zeros_like(o).requires_grad_() for o in returned)
    pulled = _grads(returned, leaves, dummies, True)
    products = _grads(pulled, dummies, vectors, create_graph)
    single = len(returned) == 1
    outputs = returned[0] if single else returned
    pushed = products[0] if single else products
    return _done(outputs, create_graph), _done(pushed, create_graph)


def jacobian(
    func: Fn,
    inputs: Any,
    create_graph: bool = False,
    strict: bool = False,
    vectorize: bool = False,
    strategy: str = "reverse-mode",
) -> Any:
    """Return the Jacobian, of shape (output's shape, input's shape): a backward pass per output element.

    For several outputs or inputs, a tuple (of tuples). `vectorize` and `strategy` do not change the
    result.
    """
    given = _tuple(inputs, "inputs", "jacobian")
    leaves = _leaves(given, create_graph)
    returned = _run(func, leaves, "jacobian")
    blocks = tuple(_jacobian_of(out, leaves, create_graph) for out in returned)
    rows = tuple(_like(row, inputs) for row in blocks)
    return _done(rows if len(returned) > 1 else rows[0], create_graph)


def _jacobian_of(out: Tensor, leaves: tuple[Tensor, ...], create_graph: bool) -> tuple[Tensor, ...]:
    columns: list[list[Tensor]] = [[] for _ in leaves]
    flat = out.reshape(-1)
    for i in range(out.numel()):
        unit = zeros(out.numel(), dtype=out.dtype)
        unit[i] = 1
        for column, g in zip(columns, _grads([flat], leaves, [unit], create_graph), strict=True):
            column.append(g)
    return tuple(
        functions["stack"](column).reshape(*out.shape, *x.shape)
        if column
        else zeros(*out.shape, *x.shape, dtype=x.dtype)
        for column, x in zip(columns, leaves, strict=True)
    )


def hessian(
    func: Fn,
    inputs: Any,
    create_graph: bool = False,
    strict: bool = False,
    vectorize: bool = False,
    outer_jacobian_strategy: str = "reverse-mode",
) -> Any:
    """Return the second derivatives of a function that returns one number."""
    given = _tuple(inputs, "inputs", "hessian")

    def gradient(*xs: Tensor) -> Any:
        # Inside the outer Jacobian the inputs require grad: the gradient must stay differentiable.
        value = _scalar(func(*xs), "hessian")
        return _grads([value], xs, [ones_like(value)], True)

    blocks = jacobian(gradient, given, create_graph)
    rows = blocks if isinstance(blocks[0], tuple) else (blocks,)
    return tuple(rows) if isinstance(inputs, tuple) else rows[0][0]


def _scalar(value: Any, name: str) -> Tensor:
    (out,) = _tuple(value, "outputs of the user-provided function", name)
    if out.numel() != 1:
        raise RuntimeError(
            f"The Tensor returned by the function given to {name} should contain a single element"
        )
    return out


def hvp(
    func: Fn, inputs: Any, v: Any = None, create_graph: bool = False, strict: bool = False
) -> tuple[Any, Any]:
    """Return `func(*inputs)` and Hv, the product of the Hessian and `v`, without building the Hessian."""
    return _hessian_product("hvp", func, inputs, v, create_graph)


def vhp(
    func: Fn, inputs: Any, v: Any = None, create_graph: bool = False, strict: bool = False
) -> tuple[Any, Any]:
    """Return `func(*inputs)` and vᵀH, which is (Hv)ᵀ where the Hessian is symmetric."""
    return _hessian_product("vhp", func, inputs, v, create_graph)


def _hessian_product(
    name: str, func: Fn, inputs: Any, v: Any, create_graph: bool
) -> tuple[Any, Any]:
    given = _tuple(inputs, "inputs", name)
    leaves = _leaves(given, create_graph)
    vectors = _vectors(
        v,
        leaves,
        len(leaves) == 1 and leaves[0].numel() == 1,
        "The vector v can only be None if the input to the user-provided function is a single Tensor "
        "with a single element.",
    )
    (value,) = _run(func, leaves, name)
    _scalar(value, name)
    first = _grads([value], leaves, [ones_like(value)], True)
    products = _grads(first, leaves, vectors, create_graph)
    return _done(value, create_graph), _like(_done(products, create_graph), inputs)
