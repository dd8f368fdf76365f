"""The same numbers again: copies, casts, and `detach`."""

from __future__ import annotations

from typing import Any

import numpy as np

from .. import messages
from ..grad_mode import state
from ..node import sequence
from ..observe import observers
from ..operation import Operation
from ..register import expose, method, register
from ..tensor import Tensor, let_views_follow, wrap
from .dims import filled_like


class Clone(Operation):
    """Return a copy that keeps its history; the strides too, unless `memory_format` asks for rows."""

    named_only = 1
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


def contiguous(self: Tensor, memory_format: Any = None) -> Any:
    """Return the tensor itself if its rows lie one after the other, else a copy for which that holds."""
    return self if self._data.flags.c_contiguous else clone.apply(self, CONTIGUOUS)


def detach(self: Tensor) -> Tensor:
    """Return the same numbers, sharing memory, cut off from their history."""
    output = wrap(self._buffer())
    if self.is_inference():
        self._mark(output)
    else:
        output._counter = self._shared_counter()
    if observers:
        for observer in observers:
            observer.on_op("detach", (self,), output, None)
    return output


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
        self._own_meta().detached = next(sequence)
    self._grad_fn = None
    self._output_nr = 0
    self._requires_grad = False
    let_views_follow(self)
    for observer in observers:
        observer.on_op("detach_", (self,), self, None)
    return self


expose("detach", detach)
expose("detach_", detach_)
method("contiguous", contiguous)
