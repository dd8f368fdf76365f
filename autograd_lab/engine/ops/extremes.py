"""Largest and smallest: `max`, `min`, `amax`, `amin`, `argmax`, `argmin`, `aminmax`."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..named import Named
from ..observe import told
from ..operation import Operation
from ..register import functions, register
from ..tensor import Tensor, raw, wrap
from .dims import flag, in_rows, wrap_dim
from .reduce import axis_of, dims_of, largest, like, smallest, stretch
from .spelling import public
from .strided import put_flat


def matching(self: Any, value: Any) -> Any:
    """Return where the elements of an array equal `value`; NaN counts as equal to NaN."""
    return (self == value) | ((self != self) & (value != value))


def share(grad: Any, self: Any, value: Any, dim: Any = None, keepdim: bool = False) -> Any:
    """Give the elements equal to `value`, which a reduction chose among them, equal parts of grad."""
    sizes = tuple(self.shape)
    numbers = raw(self)
    same = matching(numbers, stretch(raw(value), sizes, dim, keepdim))
    return _divided(grad, numbers, same, dim, keepdim)


def share_strictly(grad: Any, self: Any, value: Any, dim: Any, keepdim: bool) -> Any:
    """Do what `share` does, except that a NaN equals nothing: all get NaN."""
    numbers = raw(self)
    same = numbers == stretch(raw(value), tuple(self.shape), dim, keepdim)
    return _divided(grad, numbers, same, dim, keepdim)


def _divided(grad: Any, numbers: Any, same: Any, dim: Any, keepdim: bool) -> Any:
    count = np.add.reduce(same, axis_of(dim, numbers.ndim), dtype=numbers.dtype, keepdims=True)
    return stretch(grad, tuple(numbers.shape), dim, keepdim) * like(grad, same / count)


def at_indices(grad: Any, indices: Any, sizes: tuple[int, ...], dim: int, keepdim: bool) -> Any:
    """Return zeros with `grad` at the `indices` along `dim` where a reduction found its values."""
    grad, indices = (stretch(v, sizes, (dim,), keepdim) for v in (grad, raw(indices)))
    return put_flat(grad, places(indices, sizes, dim), sizes)


def places(indices: Any, sizes: tuple[int, ...], dim: int) -> Any:
    """Return which elements, counted in row order, `indices` along `dim` mean in such an array."""
    if not sizes:
        return np.zeros((), np.int64)
    grid = np.arange(int(np.prod(sizes))).reshape(sizes)
    return np.take_along_axis(grid, indices, dim)


def check_not_empty(name: str, array: Any, dim: Any, error: type[Exception] = RuntimeError) -> None:
    """Raise what torch raises where there is nothing to choose from."""
    if array.size:
        return
    if dim is None or dim == ():
        hint = " Specify the reduction dim with the 'dim' argument."
        raise error(
            f"{name}(): Expected reduction dim to be specified for input.numel() == 0."
            + (hint if error is RuntimeError else "")
        )
    for d in (wrap_dim(dim, array.ndim),) if isinstance(dim, int) else dim:
        if array.ndim and not array.shape[d]:
            raise IndexError(f"{name}(): Expected reduction dim {d} to have non-zero size.")


def chosen(self: Any, index: Any, dim: int, keepdim: bool) -> tuple[Any, Any]:
    """Return the values at `index` along `dim`, and `index` itself, both without `dim` unless kept."""
    if not self.ndim:
        return np.array(self), np.zeros((), np.int64)
    values = np.take_along_axis(self, index, dim)
    if keepdim:
        return values, index
    return np.squeeze(values, dim), np.squeeze(index, dim)


def _extreme(name: str, reduce: Any, arg: Any) -> tuple[Operation, Operation, Operation]:
    """Make the operations behind `max` (or `min`): of all elements, over a dimension, over several."""
    title = name.title()
    word = {"max": "largest", "min": "smallest"}[name]

    class All(Operation):
        public = False
        node = f"{title}Backward1"
        derivative = dict(
            self=(
                "grad, shared by the elements equal to the result",
                lambda grad, self, result: share(grad, self, result),
            )
        )

        @staticmethod
        def forward(self: Any) -> Any:
            check_not_empty(name, self, None)
            return reduce(self, axis=None)

    class AlongDim(Named):
        public = False
        returns = name
        node = f"{title}Backward0"
        derivative = dict(
            self=(
                "grad at the index that was found, 0 elsewhere",
                lambda grad, self_sym_sizes, indices, dim, keepdim: at_indices(
                    grad, indices, self_sym_sizes, dim, keepdim
                ),
            )
        )

        @staticmethod
        def forward(self: Any, dim: int, keepdim: bool) -> Any:
            wrap_dim(dim, self.ndim)
            check_not_empty(name, self, dim)
            return chosen(self, arg(self, dim, keepdims=True) if self.ndim else 0, dim, keepdim)

    class OverDims(Operation):
        node = f"A{name}Backward0"
        derivative = dict(
            self=(
                "grad, shared by the elements equal to the result",
                lambda grad, self, result, dim, keepdim: share_strictly(
                    grad, self, result, dim, keepdim
                ),
            )
        )

        @staticmethod
        def forward(self: Any, dim: Any, keepdim: bool) -> Any:
            check_not_empty(f"a{name}", self, dim)
            return in_rows(reduce(self, axis=axis_of(dim, self.ndim), keepdims=keepdim))

    made = []
    for cls, suffix in ((All, "all"), (AlongDim, "along_dim"), (OverDims, "over_dims")):
        cls.__doc__ = f"Return the {word} element, over all or some dimensions."
        cls.name, cls.public = f"{name}_{suffix}", False
        made.append(register(cls))
    return made[0], made[1], made[2]


max_all, max_along_dim, amax_over = _extreme("max", largest, np.argmax)
min_all, min_along_dim, amin_over = _extreme("min", smallest, np.argmin)


def _choose(name: str, self: Tensor, dim: Any, keepdim: bool, other: Any) -> Any:
    if isinstance(dim, Tensor):
        dim, other = None, dim
    if other is not None:
        if keepdim is not False:
            raise TypeError(f"{name}() of two tensors has no keepdim")
        return functions[f"{name}imum"](self, other)
    if dim is None:
        return (max_all if name == "max" else min_all).apply(self)
    return (max_along_dim if name == "max" else min_along_dim).apply(self, dim, flag(keepdim))


@public("max")
def max(self: Any, dim: Any = None, keepdim: bool = False, *, other: Any = None) -> Any:
    """Return the largest element; with `dim`, values and indices; with a tensor, the larger of two."""
    return _choose("max", self, dim, keepdim, other)


@public("min")
def min(self: Any, dim: Any = None, keepdim: bool = False, *, other: Any = None) -> Any:
    """Return the smallest element; with `dim`, values and indices; with a tensor, the smaller of two."""
    return _choose("min", self, dim, keepdim, other)


@public("amax")
def amax(self: Any, dim: Any = (), keepdim: bool = False) -> Any:
    """Return the largest elements over `dim`, an int or several; equal ones share the gradient."""
    return amax_over.apply(self, dims_of(dim, self.ndim), flag(keepdim))


@public("amin")
def amin(self: Any, dim: Any = (), keepdim: bool = False) -> Any:
    """Return the smallest elements over `dim`, an int or several; equal ones share the gradient."""
    return amin_over.apply(self, dims_of(dim, self.ndim), flag(keepdim))


class Aminmax(Named):
    """Return the smallest and the largest elements, over `dim` if given."""

    public = False
    node = "AminmaxBackward0"
    fields = ("min", "max")
    outputs = 2
    derivative = dict(
        self=(
            "each grad, shared by the elements equal to that result",
            lambda grads, self, min, max, dim, keepdim: _both(
                grads, self, (min, max), dim, keepdim
            ),
        )
    )

    @staticmethod
    def forward(self: Any, dim: Any, keepdim: bool) -> Any:
        axis = axis_of(dim, self.ndim)
        return tuple([f(self, axis=axis, keepdims=keepdim) for f in (smallest, largest)])


def _both(grads: Any, self: Any, results: Any, dim: Any, keepdim: bool) -> Any:
    parts = [
        share_strictly(grad, self, result, dim, keepdim)
        for grad, result in zip(grads, results, strict=True)
        if grad is not None
    ]
    return parts[0] if len(parts) == 1 else parts[0] + parts[1]


aminmax_over = register(Aminmax)


@public("aminmax")
def aminmax(self: Any, *, dim: int | None = None, keepdim: bool = False) -> Any:
    """Return the smallest and the largest element, or those over `dim`."""
    if dim is not None:
        wrap_dim(dim, self.ndim)
        if self.ndim and not self.shape[dim]:
            raise IndexError(
                f"aminmax: Expected reduction dim {dim % self.ndim} to have non-zero size."
            )
    elif not self.numel():
        raise RuntimeError(
            "aminmax(): cannot compute aminmax over an empty dimension as the operation has no identity."
        )
    return aminmax_over.apply(self, dim, flag(keepdim))


def _index(name: str, find: Any, self: Tensor, dim: int | None, keepdim: bool) -> Tensor:
    array = self._data
    if dim is not None:
        wrap_dim(dim, array.ndim)
    if array.dtype.kind == "b":
        raise RuntimeError(f"{name}(): does not support bool input")
    check_not_empty(name, array, dim, IndexError)
    found = find(array, axis=dim, keepdims=flag(keepdim)) if array.ndim else np.int64(0)
    return told(name, (self,), wrap(found))


@public("argmax")
def argmax(self: Any, dim: int | None = None, keepdim: bool = False) -> Any:
    """Return where the largest element is, counted in row order; with `dim`, the indices along it."""
    return _index("argmax", np.argmax, self, dim, keepdim)


@public("argmin")
def argmin(self: Any, dim: int | None = None, keepdim: bool = False) -> Any:
    """Return where the smallest element is, counted in row order; with `dim`, the indices along it."""
    return _index("argmin", np.argmin, self, dim, keepdim)
