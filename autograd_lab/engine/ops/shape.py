"""Other shapes of the same elements: `reshape`, `view`, `expand`, `t`."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ..operation import Operation
from ..register import expose, method, register
from ..tensor import Tensor
from ..views import ViewOperation, check_histories
from .copying import CONTIGUOUS, clone
from .dims import ints
from .spelling import sized


class View(ViewOperation):
    """Return the same elements in another shape, without copying."""

    public = False
    node = "ViewBackward0"
    derivative = dict(
        self=(
            "grad in the input's shape",
            lambda grad, self_sym_sizes: reshape(grad, self_sym_sizes),
        )
    )

    @staticmethod
    def forward(self: Any, size: tuple[int, ...]) -> Any:
        return np.reshape(self, size)


view = register(View)


class UnsafeView(Operation):
    """Return the same elements in another shape, where nobody else holds them."""

    public = False
    node = "UnsafeViewBackward0"
    derivative = View.derivative

    @staticmethod
    def forward(self: Any, size: tuple[int, ...]) -> Any:
        return np.reshape(self, size)


unsafe_view = register(UnsafeView)


class ReshapeAlias(ViewOperation):
    """Return the same elements in another shape as a view, where they are not in row order."""

    public = False
    node = "ReshapeAliasBackward0"
    derivative = View.derivative

    @staticmethod
    def forward(self: Any, size: tuple[int, ...]) -> Any:
        return np.reshape(self, size)


reshape_alias = register(ReshapeAlias)


class Alias(ViewOperation):
    """Return the whole tensor as a view of itself."""

    public = False
    node = "AliasBackward0"
    derivative = dict(self=("grad", lambda grad: grad))

    @staticmethod
    def forward(self: Any) -> Any:
        return self.view()


alias = register(Alias)


class Expand(ViewOperation):
    """Return a larger shape in which dimensions of size 1 repeat, without copying."""

    public = False
    node = "ExpandBackward0"
    derivative = dict(
        self=(
            "grad, summed over the repeats",
            lambda grad, self_sym_sizes: _summed(grad, self_sym_sizes),
        )
    )

    @staticmethod
    def forward(self: Any, size: tuple[int, ...]) -> Any:
        if not self.ndim:  # the same as below, in a tenth of the time
            return np.ndarray(size, self.dtype, np.asarray(self), 0, (0,) * len(size))
        wide = np.broadcast_to(self, size)
        if 1 not in size:
            if self.flags.writeable:
                wide.flags.writeable = True
            return wide
        steps = list(wide.strides)  # NumPy has 0 also for what does not repeat
        extra = wide.ndim - self.ndim
        for axis in reversed(range(wide.ndim)):
            if size[axis] == 1 and axis >= extra:
                steps[axis] = self.strides[axis - extra]
            elif size[axis] == 1:
                steps[axis] = size[axis + 1] * steps[axis + 1]
        return np.lib.stride_tricks.as_strided(self, size, steps)


expand = register(Expand)


def _summed(grad: Any, sizes: tuple[int, ...]) -> Any:
    from .reduce import sum_to_size

    return sum_to_size(grad, sizes)


class T(ViewOperation):
    """Transpose a matrix; vectors and numbers stay as they are."""

    node = "TBackward0"
    derivative = dict(self=("gradᵀ", lambda grad: t(grad)))

    @staticmethod
    def forward(self: Any) -> Any:
        return transposed(self, "t")


t: Operation = register(T)


def transposed(array: Any, name: str) -> Any:
    """Return the transpose of at most a matrix; RuntimeError in the name of the function `name`."""
    if array.ndim > 2:
        raise RuntimeError(
            f"{name}() expects a tensor with <= 2 dimensions, but self is {array.ndim}D"
        )
    return array.T


def reshape(self: Any, *shape: Any) -> Any:
    """Return the elements in another shape, as a view where strides allow; one size may be −1."""
    if not isinstance(self, Tensor):
        return np.reshape(self, *shape)
    size = filled_in(ints(shape), self._data.size)
    if self._data.flags.c_contiguous:
        return view.apply(self, size)
    if viewable(self._data, size):
        return reshape_alias.apply(self, size)
    return unsafe_view.apply(clone.apply(self, CONTIGUOUS), size)


def viewed(self: Tensor, *shape: Any) -> Any:
    """Return a view of the elements in another shape; one size may be −1.

    RuntimeError if the strides do not allow it.
    """
    try:
        size = filled_in(ints(shape), self._data.size)
    except RuntimeError:
        check_histories([self])
        raise
    if not viewable(self._data, size):
        check_histories([self])
        raise RuntimeError(
            "view size is not compatible with input tensor's size and stride (at least one dimension "
            "spans across two contiguous subspaces). Use .reshape(...) instead."
        )
    return view.apply(self, size)


def viewable(array: Any, size: tuple[int, ...]) -> bool:
    """Return whether `array` takes the shape `size` without a copy."""
    if array.flags.c_contiguous or not array.size:
        return True
    return bool(np.may_share_memory(array, np.reshape(array, size)))


def filled_in(size: tuple[int, ...], numel: int) -> tuple[int, ...]:
    """Replace the one −1 in `size` by what is left; RuntimeError if nothing fits."""
    if size.count(-1) > 1:
        raise RuntimeError("only one dimension can be inferred")
    for i, n in enumerate(size):
        if n < -1:
            raise RuntimeError(f"invalid shape dimension {n} at index {i} of shape {list(size)}")
    known = math.prod(n for n in size if n != -1)
    if -1 in size and numel == known == 0:
        raise RuntimeError(
            f"cannot reshape tensor of 0 elements into shape {list(size)} because the unspecified "
            "dimension size -1 can be any value and is ambiguous"
        )
    if known != numel if -1 not in size else not known or numel % known:
        raise RuntimeError(f"shape '{list(size)}' is invalid for input of size {numel}")
    return tuple([numel // known if n == -1 else n for n in size])


def expanded(self: Tensor, *sizes: Any) -> Any:
    """Return a view in which dimensions of size 1 repeat; −1 keeps a size."""
    wanted = ints(sizes, "expand", "size")
    try:
        size = expanded_size(self, wanted)
    except RuntimeError:
        check_histories([self])
        raise
    return expand.apply(self, size)


def expanded_size(self: Tensor, wanted: tuple[int, ...]) -> tuple[int, ...]:
    """Return `wanted` with every −1 filled in; RuntimeError where a size does not fit."""
    have = tuple(self._data.shape)
    extra = len(wanted) - len(have)
    if extra < 0:
        raise RuntimeError(
            f"expand({self.dtype.type_name}{{{list(have)}}}, size={list(wanted)}): "
            f"the number of sizes provided ({len(wanted)}) must be greater or equal to the number of "
            f"dimensions in the tensor ({len(have)})"
        )
    if not have and any(n < 0 for n in wanted):
        raise RuntimeError("numel: integer multiplication overflow")
    size = list(wanted)
    for i in reversed(range(len(wanted))):
        if i < extra:
            if wanted[i] < 0:
                raise RuntimeError(
                    f"The expanded size of the tensor ({wanted[i]}) isn't allowed in a leading, "
                    f"non-existing dimension {i}"
                )
        elif wanted[i] == -1:
            size[i] = have[i - extra]
        elif wanted[i] != have[i - extra] != 1 or wanted[i] < -1:
            raise RuntimeError(
                f"The expanded size of the tensor ({wanted[i]}) must match the existing size "
                f"({have[i - extra]}) at non-singleton dimension {i}.  Target sizes: {list(wanted)}.  "
                f"Tensor sizes: {list(have)}"
            )
    return tuple(size)


sized("reshape", "shape", reshape)
sized("view", "size", viewed, as_function=False)
sized("expand", "size", expanded, as_function=False)
method("view_as", lambda self, other: viewed(self, other.shape))
method("reshape_as", lambda self, other: reshape(self, other.shape))
method("expand_as", lambda self, other: expanded(self, other.shape))
expose("broadcast_to", lambda self, size: expanded(self, size))
