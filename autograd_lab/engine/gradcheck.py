"""`gradcheck`: compare gradients with central differences."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

import numpy as np

from .backward import grad
from .grad_mode import enable_grad
from .observe import observers, tell, unobserved
from .tensor import Tensor, wrap

Fn = Callable[..., Any]
Array = np.ndarray[Any, Any]


class GradcheckError(RuntimeError):
    """Analytical and numerical gradients differ."""


SINGLE = (
    "Input #{i} requires gradient and is not a double precision floating point or complex. This check "
    "will likely fail if all the inputs are not of double precision floating point or complex. "
)
STRIDE_0 = (
    "The {i}th input has a dimension with stride 0. gradcheck only supports inputs that are "
    "non-overlapping to be able to compute the numerical gradients correctly. You should call "
    ".contiguous on the input before passing it to gradcheck."
)


def gradcheck(
    func: Fn,
    inputs: Any,
    *,
    eps: float = 1e-6,
    atol: float = 1e-5,
    rtol: float = 1e-3,
    raise_exception: bool = True,
    nondet_tol: float = 0.0,
    check_undefined_grad: bool = True,
    check_grad_dtypes: bool = False,
    check_batched_grad: bool = False,
    check_batched_forward_grad: bool = False,
    check_forward_ad: bool = False,
    check_backward_ad: bool = True,
    fast_mode: bool = False,
    masked: bool | None = None,
) -> bool:
    """Return True if the gradients of `func` at `inputs` agree with central differences of step `eps`.

    Use float64 inputs: in float32 the differences themselves are too coarse. `check_forward_ad` checks
    forward mode too. What speeds torch up or tests its batching makes no difference here. Raises
    GradcheckError (or returns False, without `raise_exception`) where they disagree.
    """
    given = (inputs,) if isinstance(inputs, Tensor) else tuple(inputs)
    failed = True
    try:
        _check_inputs(given)
        with unobserved():
            outputs = _outputs(func(*given))
            if not any(o._requires_grad for o in outputs):
                _expect_zero(func, given, eps, atol)
            elif check_backward_ad:
                _compare(func, given, outputs, _analytical, "analytical", (eps, atol, rtol))
            if check_forward_ad:
                _compare(func, given, outputs, _forward, "analytical", (eps, atol, rtol))
        failed = False
    except GradcheckError:
        if raise_exception:
            raise
    finally:
        if observers:
            tell("gradcheck", given, name="gradcheck", failed=failed)
    return not failed


def _check_inputs(inputs: tuple[Any, ...]) -> None:
    checked = [(i, x) for i, x in enumerate(inputs) if isinstance(x, Tensor) and x._requires_grad]
    if not checked:
        raise ValueError(
            "gradcheck expects at least one input tensor to require gradient, but none of them have "
            "requires_grad=True."
        )
    for i, x in checked:
        if x._data.dtype != np.float64:
            warnings.warn(SINGLE.format(i=i), UserWarning, stacklevel=4)
        strides = getattr(x._data, "strides", ())
        if any(s == 0 and n > 1 for s, n in zip(strides, x._data.shape, strict=True)):
            raise RuntimeError(STRIDE_0.format(i=i))


def _outputs(returned: Any) -> list[Tensor]:
    values = returned if isinstance(returned, (tuple, list)) else (returned,)
    return [v for v in values if v.requires_grad or v.is_floating_point()]


def _numerical(func: Fn, inputs: tuple[Any, ...], i: int, j: int, eps: float) -> Array:
    """Return the Jacobian of output `j` by input `i`, of shape (input elements, output elements)."""
    x = inputs[i]
    rows = []
    for position in range(x._data.size):
        ends = []
        for step in (eps, -eps):
            moved = np.array(x._data)
            moved.reshape(-1)[position] += step
            changed = wrap(moved)
            changed._requires_grad = True
            returned = _outputs(func(*inputs[:i], changed, *inputs[i + 1 :]))
            ends.append(np.array(returned[j]._data).reshape(-1))
        rows.append((ends[0] - ends[1]) / (2 * eps))
    return np.array(rows).astype(x._data.dtype)


def _analytical(func: Fn, inputs: tuple[Any, ...], outputs: list[Tensor], i: int, j: int) -> Array:
    """Return the same Jacobian from one backward pass per output element."""
    out, x = outputs[j], inputs[i]
    columns = np.zeros((x._data.size, out._data.size), x._data.dtype)
    for k in range(out._data.size) if out._requires_grad else ():
        unit = np.zeros(out._data.shape, out._data.dtype)
        unit.reshape(-1)[k] = 1
        (g,) = grad(out, x, wrap(unit), retain_graph=True, allow_unused=True)
        if g is not None:
            columns[:, k] = np.reshape(g._data, -1)
    return columns


def _forward(func: Fn, inputs: tuple[Any, ...], outputs: list[Tensor], i: int, j: int) -> Array:
    """Return the same Jacobian from one forward-mode pass per input element."""
    from .forward import jvp_once

    x = inputs[i]
    rows = np.zeros((x._data.size, outputs[j]._data.size), x._data.dtype)
    for k in range(x._data.size):
        unit = np.zeros(x._data.shape, x._data.dtype)
        unit.reshape(-1)[k] = 1
        tangents = jvp_once(lambda *a: tuple(_outputs(func(*a))), inputs, i, wrap(unit))
        tangent = tangents[j]
        if tangent is not None:
            rows[k] = np.reshape(tangent._data, -1)
    return rows


def _compare(
    func: Fn,
    inputs: tuple[Any, ...],
    outputs: list[Tensor],
    method: Callable[..., Array],
    name: str,
    tolerances: tuple[float, float, float],
) -> None:
    eps, atol, rtol = tolerances
    for j in range(len(outputs)):
        for i, x in enumerate(inputs):
            if not isinstance(x, Tensor) or not x._requires_grad:
                continue
            numerical = _numerical(func, inputs, i, j, eps)
            found = method(func, inputs, outputs, i, j)
            if not np.allclose(found, numerical, rtol, atol, equal_nan=True):
                raise GradcheckError(
                    f"Jacobian mismatch for output {j} with respect to input {i},\n"
                    f"numerical:{wrap(numerical)}\n{name}:{wrap(found)}\n"
                )


def _expect_zero(func: Fn, inputs: tuple[Any, ...], eps: float, atol: float) -> None:
    """Without a differentiable output, nothing may change with the inputs."""
    for i, x in enumerate(inputs):
        if isinstance(x, Tensor) and x._requires_grad:
            for j in range(len(_outputs(func(*inputs)))):
                if not np.allclose(_numerical(func, inputs, i, j, eps), 0, atol=atol):
                    raise GradcheckError("Numerical gradient for function expected to be zero")


def gradgradcheck(
    func: Fn, inputs: Any, grad_outputs: Any = None, *, atol: float = 1e-5, **options: Any
) -> bool:
    """Return True if the second derivatives of `func` agree with differences of the first.

    `grad_outputs` are the gradients to start from; by default fixed pseudo-random ones.
    """
    given = (inputs,) if isinstance(inputs, Tensor) else tuple(inputs)
    outputs = [o for o in _outputs(func(*given)) if o._requires_grad]
    seeds = _seeds(outputs, grad_outputs)

    def first(*args: Any) -> tuple[Tensor, ...]:
        xs, weights = args[: len(given)], args[len(given) :]
        with enable_grad():
            outs = [o for o in _outputs(func(*xs)) if o._requires_grad]
            wanted = [x for x in xs if isinstance(x, Tensor) and x._requires_grad]
            found = grad(outs, wanted, weights, create_graph=True, allow_unused=True)
        return tuple(g for g in found if g is not None)

    return gradcheck(first, (*given, *seeds), atol=atol, **options)


def _seeds(outputs: list[Tensor], grad_outputs: Any) -> list[Tensor]:
    if grad_outputs is not None:
        return [grad_outputs] if isinstance(grad_outputs, Tensor) else list(grad_outputs)
    seeds = []
    for out in outputs:
        count = np.arange(out._data.size, dtype=out._data.dtype)
        seed = wrap(np.sin(1 + count).reshape(out._data.shape))
        seed._requires_grad = True
        seeds.append(seed)
    return seeds
