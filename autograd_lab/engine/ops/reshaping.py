"""New shapes in place: `t_`, `squeeze_`, `unsqueeze_`, `transpose_`."""

from __future__ import annotations

from typing import Any

from ..forward import levels, push
from ..grad_mode import state
from ..hooks import hand_on
from ..observe import observers
from ..operation import Operation
from ..register import method, register
from ..tensor import Tensor, wrap
from ..views import check_writable
from .shape import T
from .squeezing import Squeeze, SqueezeAll, SqueezeDims, Unsqueeze
from .transposing import Transpose


def _shaped(base: type[Operation], node: str) -> Operation:
    """Return the operation of `base` as torch records it when done in place."""
    return register(
        type(f"{base.__name__}InPlace", (base,), {"node": node, "public": False, "apply": _record})
    )


def _record(self: Operation, target: Tensor, *args: Any) -> Tensor:
    """Give `target` another shape and enter that into its history."""
    tracked = state.enabled and target._requires_grad
    check_writable(target, tracked)
    before = wrap(target._buffer())
    before._comes_from(target.grad_fn, target._output_nr)
    before._requires_grad = target._requires_grad
    if levels and target._meta is not None:
        before._own_meta().tangents = target._meta.tangents
    target._data = self.compute((before._data, *args))
    target._wrote()
    if tracked:
        self.record(target, (before, *args))
        target._output_nr = 0
    if target._meta is not None:
        target._meta.version = target._now()
    hand_on(target, before._grad_fn, before._output_nr)
    if levels:
        push(self, (before, *args), (target,))
    for observer in observers:
        observer.on_op(f"{self.name}_", (target, *args), target, target._grad_fn)
    return target


t_in_place = _shaped(T, "TBackward1")
unsqueeze_in_place = _shaped(Unsqueeze, "UnsqueezeBackward1")
transpose_in_place = _shaped(Transpose, "TransposeBackward1")
squeeze_all_in_place = _shaped(SqueezeAll, "SqueezeBackward3")
squeeze_in_place = _shaped(Squeeze, "SqueezeBackward4")
squeeze_dims_in_place = _shaped(SqueezeDims, "SqueezeBackward5")


def squeeze_(self: Tensor, dim: Any = None) -> Tensor:
    """Remove dimensions of size 1 in place: all of them, or those in `dim`."""
    if dim is None:
        result = squeeze_all_in_place.apply(self)
    elif isinstance(dim, (tuple, list)):
        result = squeeze_dims_in_place.apply(self, tuple(dim))
    else:
        result = squeeze_in_place.apply(self, dim)
    assert isinstance(result, Tensor)
    return result


def t_(self: Tensor) -> Tensor:
    """Transpose a matrix in place."""
    result: Tensor = t_in_place.apply(self)
    return result


def unsqueeze_(self: Tensor, dim: int) -> Tensor:
    """Insert a dimension of size 1 in place."""
    result: Tensor = unsqueeze_in_place.apply(self, dim)
    return result


def transpose_(self: Tensor, dim0: int, dim1: int) -> Tensor:
    """Swap two dimensions in place."""
    result: Tensor = transpose_in_place.apply(self, dim0, dim1)
    return result


method("squeeze_", squeeze_)
method("t_", t_)
method("unsqueeze_", unsqueeze_)
method("transpose_", transpose_)
method("swapaxes_", transpose_)
