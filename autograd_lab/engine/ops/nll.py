"""The loss for classes: `nll_loss`."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..named import Named
from ..operation import Operation
from ..register import register
from ..tensor import Tensor, raw, wrap
from .elementwise import zeros
from .extremes import places
from .reduce import like, sum_all, total
from .squeezing import unsqueeze
from .strided import take_flat


def class_dim(array: Any) -> int:
    """Return which dimension counts the classes: the second, the only one of a vector."""
    return 0 if array.ndim == 1 else 1


def weights_of(target: Any, weight: Any, ignore_index: int, dtype: Any) -> tuple[Any, Any]:
    """Return the class of each target, and its weight: 0 where it is ignored, with class 0."""
    ignored = target == ignore_index
    classes = np.where(ignored, 0, target)
    weights = np.ones(classes.shape, dtype) if weight is None else weight[classes]
    return classes, np.where(ignored, dtype.type(0), weights)


class NllLoss(Named):
    """Return minus the log-probability of each target's class, or their weighted mean or sum."""

    public = False
    node = "NllLossBackward0"
    fields = ("output", "total_weight")
    derivative = dict(
        self=(
            "−grad · weight at the target's class, over the sum of weights for a mean",
            lambda grad, self, target, weight, reduction, ignore_index, total_weight: of_nll(
                grad, self, target, weight, reduction, ignore_index, total_weight
            ),
        )
    )

    def _tensor_arguments(self) -> set[str]:
        return {"target"}

    @staticmethod
    def forward(self: Any, target: Any, weight: Any, reduction: int, ignore_index: int) -> Any:
        classes, weights = weights_of(target, weight, ignore_index, self.dtype)
        dim = class_dim(self)
        outside = (target != ignore_index) & ((classes < 0) | (classes >= self.shape[dim]))
        if outside.any():
            raise IndexError(f"Target {target[outside].flat[0]} is out of bounds.")
        if self.ndim == target.ndim:
            classes, weights = classes[0], weights[0]
        taken = np.take_along_axis(self, np.expand_dims(classes, dim).astype(np.int64), dim)
        loss = -np.squeeze(taken, dim) * weights
        if reduction == 0:
            return loss, np.zeros((), self.dtype)
        counted = total(weights, axis=None)
        sums = total(loss, axis=None)
        return (sums / counted if reduction == 1 else sums), counted


def of_nll(
    grad: Any,
    self: Any,
    target: Any,
    weight: Any,
    reduction: int,
    ignore_index: int,
    total_weight: Any,
) -> Any:
    """Return the gradient of `nll_loss`: something only at the class of each target."""
    dim, sizes = class_dim(self), tuple(self.shape)
    classes, weights = weights_of(raw(target), raw(weight), ignore_index, raw(self).dtype)
    if reduction == 1:
        weights = np.where(weights == 0, weights, weights / raw(total_weight))
    if self.ndim == target.ndim:
        raise RuntimeError(
            f"size mismatch (got input: {list(sizes)}, target: {list(target.shape)})"
        )
    if reduction == 0:
        grad = unsqueeze(grad, dim)
    index = np.expand_dims(classes, dim).astype(np.int64)
    return nll_loss_backward(grad, self, -np.expand_dims(weights, dim), places(index, sizes, dim))


class NllLossBackward(Operation):
    """Return zeros in the shape of `self` with `incoming · weights` at `positions`."""

    public = False
    node = "NllLossBackwardBackward0"
    derivative = dict(
        incoming=(
            "grad · weights at these positions",
            lambda grad, weights, positions, incoming_sym_sizes: _gathered(
                take_flat(grad, positions) * like(grad, weights), incoming_sym_sizes
            ),
        ),
        self=("0", lambda grad: zeros(grad)),
    )

    @staticmethod
    def forward(incoming: Any, self: Any, weights: Any, positions: Any) -> Any:
        out = np.zeros(self.shape, self.dtype)
        out.reshape(-1)[positions] = incoming * weights
        return out


nll_loss_backward = register(NllLossBackward)


def _gathered(parts: Any, sizes: tuple[int, ...]) -> Any:
    return parts if sizes else sum_all(parts)


class NllLoss2d(NllLoss):
    """Return the same for images: a class for each point."""

    name = "nll_loss2d"
    node = "NllLoss2DBackward0"


nll_loss_of, nll_loss2d_of = register(NllLoss), register(NllLoss2d)


def check_classes(target: Tensor) -> None:
    """Raise unless `target` holds class numbers."""
    if target.dtype.name not in ("int64", "uint8"):
        raise RuntimeError(
            f"expected target dtype to be Long or Byte, but got {target.dtype.class_name}"
        )


def nll(input: Any, target: Any, weight: Any, reduction: int, ignore_index: int) -> Any:
    """Return `nll_loss` for vectors and matrices, or for images of classes."""
    if not input.ndim:
        raise ValueError("Expected 1 or more dimensions (got 0)")
    check_batch(input, target)
    if input.ndim <= 2:
        return _of_rows(input, target, weight, reduction, ignore_index)
    if input.ndim == 3:
        wanted = [input.shape[0], *input.shape[2:]]
        if list(target.shape) != wanted:
            raise RuntimeError(f"Expected target size {wanted}, got {list(target.shape)}")
        image = input.reshape(input.shape[0], input.shape[1], 1, -1)
        loss = nll(image, target.reshape(target.shape[0], 1, -1), weight, reduction, ignore_index)
        return loss.reshape(target.shape) if reduction == 0 else loss
    if target.ndim != 3:
        raise RuntimeError(
            "only batches of spatial targets supported (3D tensors) but got targets of dimension: "
            f"{target.ndim}"
        )
    if tuple(target.shape[1:]) != tuple(input.shape[2:]):
        raise RuntimeError(
            f"size mismatch (got input: {list(input.shape)} , target: {list(target.shape)}"
        )
    check_classes(target)
    return nll_loss2d_of.apply(input, target, weight, reduction, ignore_index)[0]


def check_batch(input: Tensor, target: Tensor) -> None:
    """Raise unless a batch of inputs has as many targets."""
    if input.ndim == 1:
        return
    size = target.shape[0] if target.ndim else 0
    if input.shape[0] != size:
        raise ValueError(
            f"Expected input batch_size ({input.shape[0]}) to match target batch_size ({size})."
        )
    if not target.ndim:
        raise IndexError("Dimension specified as 0 but tensor has no dimensions")


def _of_rows(input: Tensor, target: Tensor, weight: Any, reduction: int, ignored: int) -> Any:
    if target.ndim > 1:
        raise RuntimeError("0D or 1D target tensor expected, multi-target not supported")
    check_classes(target)
    classes = input.shape[-1]
    if input.ndim == 1 == target.ndim and target.numel() != 1:
        raise ValueError(
            f"For 1D input, 1D target must have size 1, but got target size: {target.numel()}"
        )
    if weight is not None and (weight.ndim != 1 or weight.numel() != classes):
        raise RuntimeError(
            f"weight tensor should be defined either for all {classes} classes or no classes but got "
            f"weight tensor of shape: {list(weight.shape)}"
        )
    return nll_loss_of.apply(input, target, weight, reduction, ignored)[0]


def counted(target: Tensor, weight: Any, ignore_index: int) -> Any:
    """Return how many targets count, or the sum of their weights."""
    kept = target._data != ignore_index
    if weight is None:
        return wrap(total(kept, axis=None, dtype=np.int64))
    if target.dtype.name == "uint8":
        raise RuntimeError("gather(): Expected dtype int32/int64 for index")
    return wrap(total(weight._data[target._data[kept]], axis=None))
