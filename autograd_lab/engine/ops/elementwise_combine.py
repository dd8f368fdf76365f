"""Three operands at once: `addcmul`, `addcdiv`, `lerp`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from .. import dtypes
from ..broadcasting import Broadcasting
from ..choice import Chosen, choice
from ..register import register
from ..tensor import Tensor
from ..unary import only_for
from .elementwise import scaled

INTEGER_ADDCDIV = (
    "Integer division with addcdiv is no longer supported, and in a future  release addcdiv will "
    "perform a true division of tensor1 and tensor2. The historic addcdiv behavior can be "
    "implemented as (input + value * torch.trunc(tensor1 / tensor2)).to(input.dtype) for integer "
    "inputs and as (input + value * tensor1 / tensor2) for float inputs. The future addcdiv "
    "behavior is just the latter implementation: (input + value * tensor1 / tensor2), for all "
    "dtypes."
)


class Addcmul(Broadcasting):
    """Return `self + value · tensor1 · tensor2`."""

    named_only = 1
    node = "AddcmulBackward0"
    derivative = dict(
        self=("grad", lambda grad: grad),
        tensor1=(
            "grad · tensor2 · value",
            lambda grad, tensor2, value: grad * scaled(tensor2, value),
        ),
        tensor2=(
            "grad · tensor1 · value",
            lambda grad, tensor1, value: grad * scaled(tensor1, value),
        ),
    )

    @staticmethod
    def forward(self: Any, tensor1: Any, tensor2: Any, value: Any = 1) -> Any:
        return self + scaled(tensor1, self.dtype.type(value)) * tensor2


addcmul = register(Addcmul)


class Addcdiv(Broadcasting):
    """Return `self + value · tensor1 / tensor2`."""

    named_only = 1
    node = "AddcdivBackward0"
    derivative = dict(
        self=("grad", lambda grad: grad),
        tensor1=("grad · value / tensor2", lambda grad, tensor2, value: grad * (value / tensor2)),
        tensor2=(
            "−grad · value · tensor1 / tensor2²",
            lambda grad, tensor1, tensor2, value: (
                -grad * (scaled(tensor1, value) / (tensor2 * tensor2))
            ),
        ),
    )

    @staticmethod
    def forward(self: Any, tensor1: Any, tensor2: Any, value: Any = 1) -> Any:
        if tensor1.dtype.kind != "f":
            raise RuntimeError(INTEGER_ADDCDIV)
        return self + scaled(tensor1, value) / tensor2


addcdiv = register(Addcdiv)


def between(self: Any, end: Any, weight: Any) -> Any:
    """Return `self + weight · (end − self)`, reckoned from the nearer end."""
    way = end - self
    return np.where(np.less(weight, 0.5), self + weight * way, end - way * (1 - weight))


class Lerp(Broadcasting):
    """Operands of one dtype, and nothing else."""

    def compute(self, arrays: Sequence[Any]) -> Any:
        """Refuse what would have to be promoted, then run forward."""
        start, end, weight = arrays
        for name, value in (("end", end), ("weight", weight)):
            kind = getattr(value, "dtype", start.dtype)
            if kind != start.dtype and not (name == "weight" and not weight.ndim):
                wanted, got = (dtypes.BY_NUMPY[k].c_name for k in (start.dtype, kind))
                raise RuntimeError(f"expected dtype {wanted} for `{name}` but got dtype {got}")
        return super().compute(arrays)


class LerpScalar(Lerp):
    """Return `self + weight · (end − self)` for a plain number `weight`."""

    public = False
    node = "LerpBackward0"
    derivative = dict(
        self=("grad · (1 − weight)", lambda grad, weight: grad * (1 - weight)),
        end=("grad · weight", lambda grad, weight: grad * weight),
    )

    @staticmethod
    def forward(self: Any, end: Any, weight: Any) -> Any:
        only_for("f", "lerp_kernel_scalar", self)
        return between(self, end, weight)

    def _tensor_arguments(self) -> set[str]:
        return set()


lerp_scalar = register(LerpScalar)


class LerpTensor(Lerp):
    """Return `self + weight · (end − self)` for three tensors."""

    public = False
    node = "LerpBackward1"
    derivative = dict(
        self=("grad · (1 − weight)", lambda grad, weight: grad * (1 - weight)),
        end=("grad · weight", lambda grad, weight: grad * weight),
        weight=("grad · (end − self)", lambda grad, self, end: grad * (end - self)),
    )

    @staticmethod
    def forward(self: Any, end: Any, weight: Any) -> Any:
        only_for("f", "lerp_kernel_tensor", self)
        return between(self, end, weight)


lerp_tensor = register(LerpTensor)


@choice
def lerp(self: Any, end: Any, weight: Any) -> Chosen:
    """Return `self + weight · (end − self)`."""
    return (lerp_tensor if isinstance(weight, Tensor) else lerp_scalar), (self, end, weight)
