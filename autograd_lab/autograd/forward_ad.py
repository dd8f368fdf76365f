"""`autograd_lab.autograd.forward_ad`: dual tensors, forward mode by hand."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

from ..engine.forward import levels, only, set_tangent, tangent_of
from ..engine.ops.shape import view
from ..engine.tensor import Tensor

_numbers = itertools.count(1)


class UnpackedDualTensor(NamedTuple):
    """What `unpack_dual` returns."""

    primal: Tensor
    tangent: Tensor | None


def enter_dual_level() -> int:
    """Open a level; dual tensors exist inside it only."""
    if levels:
        raise RuntimeError(
            "Nested forward mode AD is not supported at the moment. Please use functorch instead."
        )
    levels.append(next(_numbers))
    return 0


def exit_dual_level(*, level: int | None = None) -> None:
    """Close the level; every tensor loses its tangent."""
    if not levels:
        raise RuntimeError("Trying to exit a forward AD level but no level is active.")
    levels.pop()


@contextmanager
def dual_level() -> Iterator[int]:
    """Open a level for a `with` block.

    >>> import autograd_lab as torch
    >>> import autograd_lab.autograd.forward_ad as fwAD
    >>> with fwAD.dual_level():
    ...     x = fwAD.make_dual(torch.tensor(3.0), torch.tensor(1.0))
    ...     fwAD.unpack_dual(x * x).tangent
    tensor(6.)
    """
    level = enter_dual_level()
    try:
        yield level
    finally:
        exit_dual_level()


def make_dual(tensor: Tensor, tangent: Tensor, *, level: int | None = None) -> Tensor:
    """Return `tensor` with `tangent` (of its shape and dtype) beside it."""
    if not levels:
        raise RuntimeError(
            "Trying to create a dual Tensor for forward AD but no level exists, make sure to "
            "enter_dual_level() first."
        )
    for name, each in (("primal", tensor), ("tangent", tangent)):
        if not each.is_floating_point():
            raise ValueError(
                f"Expected {name} to be floating point or complex, but got: {each.dtype}"
            )
    if tensor.shape != tangent.shape:
        raise RuntimeError(
            f"Expected tangent to have size {list(tensor.shape)}, but got {list(tangent.shape)}"
        )
    return dual(tensor, tangent)


def dual(tensor: Tensor, tangent: Tensor) -> Tensor:
    """Return a view of `tensor` that carries `tangent` at the innermost level."""
    with only(levels[:-1]):
        made: Tensor = view.apply(tensor, tuple(tensor.shape))
    set_tangent(made, levels[-1], tangent)
    return made


def unpack_dual(tensor: Tensor, *, level: int | None = None) -> UnpackedDualTensor:
    """Return the value and the tangent of a dual tensor; the tangent of another is None."""
    tangent = tangent_of(tensor, levels[-1]) if levels else None
    if tangent is None:
        return UnpackedDualTensor(tensor, None)
    with only(levels[:-1]):
        return UnpackedDualTensor(view.apply(tensor, tuple(tensor.shape)), tangent)
