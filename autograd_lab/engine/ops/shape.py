"""Other shapes of the same numbers, copies, casts."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from .. import messages
from ..grad_mode import state
from ..node import next_order
from ..observe import observers
from ..operation import Operation
from ..register import expose, method, register
from ..tensor import Tensor, let_views_follow, wrap
from ..views import ViewOperation, check_histories
from .dims import filled_like, ints, wrap_dim, wrap_distinct


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
            elif size[axis] == 1 and self.ndim:
                steps[axis] = size[axis + 1] * steps[axis + 1]
        return np.lib.stride_tricks.as_strided(self, size, steps)


expand = register(Expand)


def _summed(grad: Any, sizes: tuple[int, ...]) -> Any:
    from .reduce import sum_to_size

    return sum_to_size(grad, sizes)


class Unsqueeze(ViewOperation):
    """Insert a dimension of size 1 at `dim`."""

    node = "UnsqueezeBackward0"
    derivative = dict(self=("grad without that dimension", lambda grad, dim: squeeze(grad, dim)))

    @staticmethod
    def forward(self: Any, dim: int) -> Any:
        dim = wrap_dim(dim, self.ndim + 1)
        if not self.ndim or (self.flags.c_contiguous and 1 not in self.shape):
            return np.expand_dims(self, dim)
        steps = list(self.strides)  # NumPy would change those of other dimensions of size 1
        steps.insert(dim, self.shape[dim] * steps[dim] if dim < self.ndim else self.itemsize)
        shape = (*self.shape[:dim], 1, *self.shape[dim:])
        return np.lib.stride_tricks.as_strided(self, shape, steps)


unsqueeze = register(Unsqueeze)


class Squeeze(ViewOperation):
    """Remove the dimension `dim` if its size is 1."""

    public = False
    node = "SqueezeBackward1"
    derivative = dict(
        self=(
            "grad with that dimension",
            lambda grad, self_sym_sizes, dim: (
                unsqueeze(grad, dim) if self_sym_sizes and self_sym_sizes[dim] == 1 else grad
            ),
        )
    )

    @staticmethod
    def forward(self: Any, dim: int) -> Any:
        dim = wrap_dim(dim, self.ndim)
        if self.ndim and self.shape[dim] == 1:
            return np.squeeze(self, dim)
        return self.view()


squeeze: Operation = register(Squeeze)


class SqueezeAll(ViewOperation):
    """Remove every dimension of size 1."""

    public = False
    node = "SqueezeBackward0"
    derivative = dict(
        self=(
            "grad in the input's shape",
            lambda grad, self_sym_sizes: reshape(grad, self_sym_sizes),
        )
    )

    @staticmethod
    def forward(self: Any) -> Any:
        return np.squeeze(self)


squeeze_all = register(SqueezeAll)


class SqueezeDims(ViewOperation):
    """Remove those of several dimensions that have size 1."""

    public = False
    node = "SqueezeBackward2"
    derivative = dict(
        self=(
            "grad in the input's shape",
            lambda grad, self_sym_sizes, dim: reshape(grad, self_sym_sizes),
        )
    )

    @staticmethod
    def forward(self: Any, dim: tuple[int, ...]) -> Any:
        dims = wrap_distinct(dim, self.ndim)
        return np.squeeze(self, tuple(d for d in dims if self.ndim and self.shape[d] == 1))


squeeze_dims = register(SqueezeDims)


def squeeze_some(self: Tensor, dim: Any = None) -> Any:
    """Return a view without the dimensions of size 1: all of them, or those in `dim`."""
    if dim is None:
        return squeeze_all.apply(self)
    if isinstance(dim, (tuple, list)):
        return squeeze_dims.apply(self, ints(dim))
    return squeeze.apply(self, dim)


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


class Clone(Operation):
    """Return a copy that keeps its history; the strides too, unless `memory_format` asks for rows."""

    node = "CloneBackward0"
    derivative = dict(self=("grad", lambda grad: grad))

    @staticmethod
    def forward(self: Any, memory_format: Any = None) -> Any:
        if str(memory_format) == CONTIGUOUS:
            return np.array(self, order="C")
        return filled_like(self, self) if 0 in self.strides else np.array(self)


CONTIGUOUS = "torch.contiguous_format"
clone = register(Clone)


class Cast(Operation):
    """Return the same numbers in another dtype."""

    public = False
    node = "ToCopyBackward0"
    derivative = dict(
        self=("grad in the input's dtype", lambda grad, self_dtype: cast(grad, self_dtype))
    )

    @staticmethod
    def forward(self: Any, kind: np.dtype[Any]) -> Any:
        return filled_like(self, self, kind) if 0 in self.strides else self.astype(kind)

    def record(self, output: Tensor, *rest: Any) -> None:
        """Record casts between floats only: integers carry no gradient."""
        if output.is_floating_point():
            super().record(output, *rest)


cast: Operation = register(Cast)


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


def contiguous(self: Tensor, memory_format: Any = None) -> Any:
    """Return the tensor itself if its rows lie one after the other, else a copy for which that holds."""
    return self if self._data.flags.c_contiguous else clone.apply(self, CONTIGUOUS)


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


def detach(self: Tensor) -> Tensor:
    """Return the same numbers, sharing memory, cut off from their history."""
    output = wrap(self._buffer())
    output._counter = self._inference_counter() or self._shared_counter()
    if observers:
        for observer in observers:
            observer.on_op("detach", (self,), output, None)
    return output


expose("reshape", reshape)
expose("squeeze", squeeze_some)


def detach_(self: Tensor) -> Tensor:
    """Cut this tensor off from its history, in place; RuntimeError for a view.

    In inference mode, and to what was made there, nothing happens, as in torch.
    """
    if state.inference or self.is_inference():
        return self
    if self._base is not None:
        raise RuntimeError(messages.DETACH_VIEW)
    if self._grad_fn is not None:
        self._shared_counter()  # so that a node that saved this tensor looks closer
        self._own_meta().detached = next_order()
    self._grad_fn = None
    self._output_nr = 0
    self._requires_grad = False
    let_views_follow(self)
    for observer in observers:
        observer.on_op("detach_", (self,), self, None)
    return self


expose("detach", detach)
expose("detach_", detach_)
method("view", viewed)
method("contiguous", contiguous)
method("expand", expanded)
method("view_as", lambda self, other: viewed(self, other.shape))
method("reshape_as", lambda self, other: reshape(self, other.shape))
method("expand_as", lambda self, other: expanded(self, other.shape))
expose("broadcast_to", lambda self, size: expanded(self, size))
