"""`autograd_lab.optim.lr_scheduler`: learning rates that change from epoch to epoch, as in torch."""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable
from typing import Any

from .optimizer import Optimizer

TOO_EARLY = (
    "Detected call of `lr_scheduler.step()` before `optimizer.step()`. In PyTorch 1.1.0 and later, you "
    "should call them in the opposite order: `optimizer.step()` before `lr_scheduler.step()`.  Failure "
    "to do this will result in PyTorch skipping the first value of the learning rate schedule. See more "
    "details at https://pytorch.org/docs/stable/optim.html#how-to-adjust-learning-rate"
)
NOT_RESUMED = (
    "param 'initial_lr' is not specified in param_groups[{i}] when resuming scheduler with last_epoch "
    ">= 0.\nThis typically happens when:\n1. You're trying to resume training from a checkpoint but "
    "haven't properly loaded the optimizer state\n2. You're using last_epoch >= 0 for a fresh training "
    "run (not recommended)"
)


class LRScheduler:
    """Sets the learning rates of an optimizer's groups, anew with each `step`; a subclass says to what."""

    def __init__(self, optimizer: Optimizer, last_epoch: int = -1) -> None:
        """Set the rates of the first epoch; `last_epoch` is the one to continue after."""
        if not isinstance(optimizer, Optimizer):
            raise TypeError(f"{type(optimizer).__name__} is not an Optimizer")
        self.optimizer = optimizer
        for i, group in enumerate(optimizer.param_groups):
            if last_epoch == -1:
                group.setdefault("initial_lr", group["lr"])
            elif "initial_lr" not in group:
                raise KeyError(NOT_RESUMED.format(i=i))
        self.base_lrs = [group["initial_lr"] for group in optimizer.param_groups]
        self.last_epoch = last_epoch
        self._step_count = 0
        self.step()

    def rate(self, now: float, base: float) -> float:
        """Return the rate of the epoch `last_epoch`, given the present one and that at the start."""
        raise NotImplementedError

    def get_lr(self) -> list[float]:
        """Return the rates that are about to be set, one per group."""
        groups = self.optimizer.param_groups
        return [
            self.rate(group["lr"], base) for group, base in zip(groups, self.base_lrs, strict=True)
        ]

    def get_last_lr(self) -> list[float]:
        """Return the rates that were set last, one per group."""
        return self._last_lr

    def step(self) -> None:
        """Begin the next epoch: to be called after the optimizer's `step`."""
        if self._step_count == 1 and not self.optimizer.has_stepped:
            warnings.warn(TOO_EARLY, UserWarning, stacklevel=2)
        self._step_count += 1
        self.last_epoch += 1
        rates = self.get_lr()
        for group, rate in zip(self.optimizer.param_groups, rates, strict=True):
            group["lr"] = rate
        self._last_lr = rates

    def state_dict(self) -> dict[str, Any]:
        """Return everything but the optimizer."""
        return {name: value for name, value in vars(self).items() if name != "optimizer"}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Take over what `state_dict` returned."""
        vars(self).update(state_dict)


class LambdaLR(LRScheduler):
    """The rate at the start, times what a function makes of the epoch."""

    def __init__(
        self,
        optimizer: Optimizer,
        lr_lambda: Callable[[int], float] | list[Callable[[int], float]],
        last_epoch: int = -1,
    ) -> None:
        """Take one function for all groups, or a list with one for each."""
        count = len(optimizer.param_groups)
        many = isinstance(lr_lambda, (list, tuple))
        self.lr_lambdas: list[Any] = list(lr_lambda) if many else [lr_lambda] * count  # type: ignore[arg-type]
        if len(self.lr_lambdas) != count:
            raise ValueError(f"Expected {count} lr_lambdas, but got {len(self.lr_lambdas)}")
        super().__init__(optimizer, last_epoch)

    def get_lr(self) -> list[float]:
        """Return the rates that are about to be set, one per group."""
        return [
            base * factor(self.last_epoch)
            for factor, base in zip(self.lr_lambdas, self.base_lrs, strict=True)
        ]


class StepLR(LRScheduler):
    """The rate times `gamma` after every `step_size` epochs."""

    def __init__(
        self, optimizer: Optimizer, step_size: int, gamma: float = 0.1, last_epoch: int = -1
    ) -> None:
        self.step_size, self.gamma = step_size, gamma
        super().__init__(optimizer, last_epoch)

    def rate(self, now: float, base: float) -> float:
        due = self.last_epoch != 0 and self.last_epoch % self.step_size == 0
        return now * self.gamma if due else now


class MultiStepLR(LRScheduler):
    """The rate times `gamma` at each of the epochs in `milestones`."""

    def __init__(
        self, optimizer: Optimizer, milestones: list[int], gamma: float = 0.1, last_epoch: int = -1
    ) -> None:
        self.milestones, self.gamma = list(milestones), gamma
        super().__init__(optimizer, last_epoch)

    def rate(self, now: float, base: float) -> float:
        return float(now * self.gamma ** self.milestones.count(self.last_epoch))


class ExponentialLR(LRScheduler):
    """The rate times `gamma` after every epoch."""

    def __init__(self, optimizer: Optimizer, gamma: float, last_epoch: int = -1) -> None:
        self.gamma = gamma
        super().__init__(optimizer, last_epoch)

    def rate(self, now: float, base: float) -> float:
        return now if self._step_count == 1 else now * self.gamma


class CosineAnnealingLR(LRScheduler):
    """The rate down to `eta_min` along half a cosine of `T_max` epochs, and up again."""

    def __init__(
        self, optimizer: Optimizer, T_max: float, eta_min: float = 0.0, last_epoch: int = -1
    ) -> None:
        self.T_max, self.eta_min = T_max, eta_min
        super().__init__(optimizer, last_epoch)

    def rate(self, now: float, base: float) -> float:
        epoch, low, period = self.last_epoch, self.eta_min, self.T_max
        if self._step_count == 1:
            return now
        if (epoch - 1 - period) % (2 * period) == 0:
            return now + (base - low) * (1 - math.cos(math.pi / period)) / 2
        above = 1 + math.cos(math.pi * (epoch - 1) / period)
        return (1 + math.cos(math.pi * epoch / period)) / above * (now - low) + low


__all__ = ["CosineAnnealingLR", "ExponentialLR", "LRScheduler", "LambdaLR", "MultiStepLR", "StepLR"]
