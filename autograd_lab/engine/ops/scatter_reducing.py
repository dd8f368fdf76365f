"""Numbers combined with what is at the positions that a tensor of indices names: `scatter_reduce`."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..operation import Operation
from ..register import register
from ..tensor import Tensor, raw, wrap
from .elementwise_select import where
from .gathering import check_source, checked, gather, gathered, places, scatter_add, zeros_for
from .inplace import in_place
from .scattering import scatter_number

WAYS: dict[str, tuple[Any, float]] = {
    "sum": (np.add, 0),
    "mean": (np.add, 0),
    "prod": (np.multiply, 1),
    "amax": (np.maximum, -np.inf),
    "amin": (np.minimum, np.inf),
}
"""Per way to combine: what does it, and the number that changes nothing."""


def counts(self: Any, dim: int, index: Any, src: Any, include_self: bool) -> Any:
    """Return how many numbers were combined into each element, at least 1."""
    start = np.full(self.shape, int(include_self), self.dtype)
    found = scatter_add.forward(start, dim, index, np.ones(src.shape, self.dtype))
    return np.maximum(found, 1)


class ScatterReduce(Operation):
    """Return `self` with `src` combined into the positions `index` along dimension `dim`.

    `reduce` is `"sum"`, `"mean"`, `"prod"`, `"amax"` or `"amin"`; without `include_self`, what was at
    these positions does not count.
    """

    named_only = 1
    node = "ScatterReduceBackward0"
    derivative = dict(
        self=(
            "grad · what the others contribute, 0 where self does not count",
            lambda grad, self, dim, index, src, reduce, include_self, result: of_self(
                grad, self, dim, index, src, reduce, include_self, result
            ),
        ),
        src=(
            "grad at those positions · what the others contribute",
            lambda grad, self, dim, index, src, reduce, include_self, result: of_src(
                grad, self, dim, index, src, reduce, include_self, result
            ),
        ),
    )

    def _tensor_arguments(self) -> set[str]:
        return {"index"}

    @staticmethod
    def forward(
        self: Any, dim: int, index: Any, src: Any, reduce: str, include_self: bool = True
    ) -> Any:
        dim = checked("scatter", self, dim, index, src)
        check_source("scatter", self, dim, index, src)
        if reduce not in WAYS:
            raise RuntimeError(
                f"reduce argument must be either sum, prod, mean, amax or amin, got {reduce}"
            )
        out = np.array(self).reshape(self.shape or (1,))
        if not index.size:
            return out.reshape(self.shape)
        combine, neutral = WAYS[reduce]
        flat_index, part = (np.reshape(a, a.shape or (1,)) for a in (index, src))
        where_to = places(flat_index, dim)
        if not include_self:
            out[where_to] = neutral
        combine.at(out, where_to, part[tuple(slice(n) for n in flat_index.shape)])
        out = out.reshape(self.shape)
        return out / counts(self, dim, index, src, include_self) if reduce == "mean" else out


scatter_reduce: Operation = register(ScatterReduce)
in_place("scatter_reduce")


def shared(grad: Any, self: Any, dim: int, index: Any, src: Any, result: Any) -> Any:
    """Return `grad` divided among the elements that are the extreme."""
    own = np.asarray(raw(self) == raw(result), raw(self).dtype)
    there = gather.forward(raw(result), dim, raw(index))
    equal = np.asarray(raw(src)[tuple(map(slice, there.shape))] == there, raw(self).dtype)
    number = scatter_add.forward(own, dim, raw(index), equal)
    return grad / _like(grad, np.maximum(number, 1))


def _like(grad: Any, array: Any) -> Any:
    return wrap(array) if isinstance(grad, Tensor) else array


def of_self(
    grad: Any, self: Any, dim: int, index: Any, src: Any, reduce: str, include: bool, result: Any
) -> Any:
    """Return the gradient of `self`."""
    if reduce == "mean":
        grad = grad / _like(grad, counts(raw(self), dim, raw(index), raw(src), include))
    elif reduce == "prod":
        grad = grad * product_of_others(self, dim, index, src)
    elif reduce in ("amax", "amin"):
        grad = where(self == result, shared(grad, self, dim, index, src, result), 0)
    return grad if include else scatter_number(grad, dim, index, 0)


def product_of_others(self: Any, dim: int, index: Any, src: Any) -> Any:
    """Return what the elements of `self` are multiplied by."""
    ones = zeros_for(self, tuple(self.shape)) + 1
    return scatter_reduce(ones, dim, index, src, "prod", True)


def of_src(
    grad: Any, self: Any, dim: int, index: Any, src: Any, reduce: str, include: bool, result: Any
) -> Any:
    """Return the gradient of `src`."""
    if reduce == "mean":
        grad = grad / _like(grad, counts(raw(self), dim, raw(index), raw(src), include))
    elif reduce == "prod":
        return gather(grad * result, dim, index, False) / src
    elif reduce in ("amax", "amin"):
        grad = shared(grad, self, dim, index, src, result)
    if reduce in ("amax", "amin"):
        equal = src == gather(result, dim, index, False)
        return where(equal, gather(grad, dim, index, False), 0)
    return gathered("ScatterReduceBackward0", grad, dim, index, tuple(src.shape))
