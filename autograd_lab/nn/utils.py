"""`autograd_lab.nn.utils`: keeping gradients within bounds."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ..engine.creation import tensor
from ..engine.grad_mode import no_grad
from ..engine.observe import observers, tell, unobserved
from ..engine.register import functions
from ..engine.tensor import Tensor


def clip_grad_norm_(
    parameters: Any,
    max_norm: float,
    norm_type: float = 2.0,
    error_if_nonfinite: bool = False,
) -> Any:
    """Scale all gradients, in place, so that their norm together is at most `max_norm`; return the norm.

    RuntimeError for a norm that is not finite, if `error_if_nonfinite`.
    """
    tensors = _listed(parameters, "clip_grad_norm_")
    with unobserved(), no_grad():
        grads = _grads(tensors)
        if not grads:
            return tensor(0.0)
        norms = [g.norm(float(norm_type)) for g in grads]
        total = functions["stack"](norms).norm(float(norm_type))
        if error_if_nonfinite and not bool(abs(total) < float("inf")):
            raise RuntimeError(
                f"The total norm of order {float(norm_type)} for gradients from `parameters` is "
                "non-finite, so it cannot be clipped. To disable this error and scale the gradients by "
                "the non-finite norm anyway, set `error_if_nonfinite=False`"
            )
        factor = (max_norm / (total + 1e-6)).clamp(max=1.0)
        for grad in grads:
            grad.mul_(factor)
    if observers:
        tell("clipped", tensors)
    return total


def clip_grad_value_(parameters: Any, clip_value: float) -> None:
    """Cut every element of the gradients, in place, to [−clip_value, clip_value]."""
    several = _listed(parameters, "clip_grad_value_")
    with unobserved(), no_grad():
        for grad in _grads(several):
            grad.clamp_(min=-clip_value, max=clip_value)
    if observers:
        tell("clipped", several)


def _listed(parameters: Tensor | Iterable[Tensor], name: str) -> list[Tensor]:
    """Return the parameters as a list, and tell who watches that their gradients are clipped."""
    several = [parameters] if isinstance(parameters, Tensor) else list(parameters)
    if observers:
        tell("clip", several, name=name)
    return several


def _grads(parameters: list[Tensor]) -> list[Any]:
    return [p.grad for p in parameters if p.grad is not None]
