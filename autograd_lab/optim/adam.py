"""Adam: steps scaled by running means of the gradient and of its square (Kingma and Ba, 2015)."""

from __future__ import annotations

import math
from typing import Any

from ..engine.creation import tensor
from ..engine.filled import zeros_like
from ..engine.register import functions
from .optimizer import Optimizer, check_not_negative, inert


class Adam(Optimizer):
    """Adam; with `weight_decay`, the decay is added to the gradient."""

    decoupled = False

    def __init__(
        self,
        params: Any,
        lr: float = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0,
        amsgrad: bool = False,
        *,
        maximize: bool = False,
        **kernel: Any,
    ) -> None:
        """Raise ValueError for settings out of range."""
        check_not_negative(lr=("learning rate", lr), eps=("epsilon value", eps))
        for i, beta in enumerate(betas):
            if not 0.0 <= beta < 1.0:
                raise ValueError(f"Invalid beta parameter at index {i}: {beta}")
        check_not_negative(weight_decay=("weight_decay value", weight_decay))
        super().__init__(
            params,
            dict(
                lr=lr,
                betas=betas,
                eps=eps,
                weight_decay=weight_decay,
                amsgrad=amsgrad,
                maximize=maximize,
                **inert("foreach", "capturable", "differentiable", "fused", **kernel),
                decoupled_weight_decay=self.decoupled,
            ),
        )

    def update(self, param: Any, grad: Any, state: dict[str, Any], group: dict[str, Any]) -> None:
        if not state:
            state["step"] = tensor(0.0)
            state["exp_avg"], state["exp_avg_sq"] = zeros_like(param), zeros_like(param)
            if group["amsgrad"]:
                state["max_exp_avg_sq"] = zeros_like(param)
        state["step"] += 1
        step, lr, decay = state["step"].item(), group["lr"], group["weight_decay"]
        if decay and group["decoupled_weight_decay"]:
            param.mul_(1 - lr * decay)
        elif decay:
            grad = grad.add(param, alpha=decay)
        first, second = group["betas"]
        mean, square = state["exp_avg"], state["exp_avg_sq"]
        mean.lerp_(grad, 1 - first)
        square.mul_(second).addcmul_(grad, grad, value=1 - second)
        if group["amsgrad"]:
            square = state["max_exp_avg_sq"].copy_(
                functions["maximum"](state["max_exp_avg_sq"], square)
            )
        spread = (square.sqrt() / math.sqrt(1 - second**step)).add_(group["eps"])
        param.addcdiv_(mean, spread, value=-lr / (1 - first**step))


class AdamW(Adam):
    """Adam with the weight decay taken off the parameter itself (Loshchilov and Hutter, 2019)."""

    decoupled = True

    def __init__(
        self,
        params: Any,
        lr: float = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 1e-2,
        amsgrad: bool = False,
        **rest: Any,
    ) -> None:
        """Take the settings of `Adam`, with a weight decay of 0.01 by default."""
        super().__init__(params, lr, betas, eps, weight_decay, amsgrad, **rest)
