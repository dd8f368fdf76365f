"""A tensor that a module counts among its parameters."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..engine.creation import tensor
from ..engine.observe import observers, tell, unobserved
from ..engine.tensor import Tensor, wrap


class Parameter(Tensor):
    """A leaf that requires grad and registers itself when it becomes an attribute of a `Module`."""

    def __new__(cls, data: Any = None, requires_grad: bool = True) -> Parameter:
        """Share the numbers of `data`; RuntimeError if they are not floats and require grad."""
        with unobserved():
            source: Any = tensor([]) if data is None else data.detach()
        made = object.__new__(cls)
        made._data = source._buffer()
        made._grad_fn = made._grad = made._counter = made._meta = None
        made._output_nr = 0
        made._requires_grad = False
        if requires_grad:
            made._set_requires_grad(True, "Only")
        if observers:
            tell("create", made, name="Parameter", source=data)
        return made

    def __repr__(self) -> str:
        return "Parameter containing:\n" + super().__repr__()

    def __deepcopy__(self, memo: dict[int, Any]) -> Parameter:
        if id(self) not in memo:
            data: Any = self.data
            memo[id(self)] = type(self)(data.clone(), self._requires_grad)
        return memo[id(self)]  # type: ignore[no-any-return]

    def __reduce_ex__(self, protocol: Any) -> tuple[Any, ...]:
        return _rebuilt, (type(self), self._buffer(), self._requires_grad)


def _rebuilt(kind: type[Parameter], data: np.ndarray[Any, Any], requires_grad: bool) -> Parameter:
    return kind(wrap(data), requires_grad)
