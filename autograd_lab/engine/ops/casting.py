"""The same numbers as another type: `to`, `float`, `double`, `long`, …, and devices there are none of."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .. import dtypes
from ..device import check_cpu
from ..register import method
from ..tensor import Tensor
from .copying import cast
from .dims import flag

UNSUPPORTED = (
    "autograd_lab has real numbers in dense tensors on the CPU only, so there is no `{name}`."
)

UNSUPPORTED_NAMES = {
    *("bfloat16", "complex64", "complex128", "cfloat", "cdouble", "complex", "polar"),
    *("sparse_coo_tensor", "sparse_csr_tensor", "sparse_coo", "sparse"),
}
"""Names of torch that programs may ask for and that stand for what is not here."""


def to(self: Tensor, *args: Any, **kwargs: Any) -> Any:
    """Return the tensor in another dtype; the tensor itself if there is nothing to change.

    Takes a dtype, a device (only `"cpu"`), a device and a dtype, or a tensor to be like; with
    `copy=True`, always a copy.
    """
    if args and type(args[0]) in (bool, float):  # which torch takes for their types
        args = (type(args[0]), *args[1:])
    first = args[0] if args else kwargs.get("tensor")
    form: Callable[..., Any] = to_like if isinstance(first, Tensor) else to_device
    form = to_dtype if isinstance(first, (dtypes.dtype, type)) else form
    kind, *flags = form(*args, **kwargs)
    _blocking, copied = map(flag, flags)
    if not copied and (kind is None or kind.numpy == self._data.dtype):
        return self
    return cast.apply(self, (kind or self.dtype).numpy)


def to_dtype(
    dtype: Any, non_blocking: bool = False, copy: bool = False, *, memory_format: Any = None
) -> tuple[Any, bool, bool]:
    """Return dtype and flags of `x.to(torch.float64)`."""
    return dtypes.given(dtype, "to"), non_blocking, copy


def to_like(
    tensor: Tensor, non_blocking: bool = False, copy: bool = False, *, memory_format: Any = None
) -> tuple[Any, bool, bool]:
    """Return dtype and flags of `x.to(y)`."""
    return tensor.dtype, non_blocking, copy


def to_device(
    device: Any = None,
    dtype: Any = None,
    non_blocking: bool = False,
    copy: bool = False,
    *,
    memory_format: Any = None,
) -> tuple[Any, bool, bool]:
    """Return dtype and flags of `x.to("cpu")`, `x.to(dtype=torch.float64)`."""
    check_cpu(device)
    return dtypes.given(dtype, "to"), non_blocking, copy


def type_(self: Tensor, dtype: Any = None) -> Any:
    """Return the name of the tensor's type, or the tensor as another type."""
    if dtype is None:
        return f"torch.{self.dtype.class_name}Tensor"
    if isinstance(dtype, str):
        for kind in dtypes.BY_NUMPY.values():
            if dtype == f"torch.{kind.class_name}Tensor":
                return to(self, kind)
        raise ValueError(f"invalid type: '{dtype}'")
    return to(self, dtype)


def type_as(self: Tensor, other: Tensor) -> Any:
    """Return the tensor in the dtype of `other`."""
    return to(self, other.dtype)


def cpu(self: Tensor) -> Tensor:
    """Return the tensor itself: it is on the CPU."""
    return self


def cuda(self: Tensor, device: Any = None) -> Tensor:
    """Raise: there are no CUDA devices here."""
    check_cpu("cuda")
    return self


def _caster(kind: dtypes.dtype) -> Callable[[Tensor], Any]:
    def convert(self: Tensor) -> Any:
        return self if self._data.dtype == kind.numpy else cast.apply(self, kind.numpy)

    convert.__doc__ = f"Return the tensor as {kind}."
    return convert


def _refusal(name: str) -> Callable[..., Any]:
    def refuse(self: Tensor, *args: Any, **kwargs: Any) -> Any:
        raise NotImplementedError(UNSUPPORTED.format(name=name))

    refuse.__doc__ = f"Raise NotImplementedError: `{name}` is not supported."
    return refuse


METHODS: dict[str, Callable[..., Any]] = dict(
    to=to, type=type_, type_as=type_as, cpu=cpu, cuda=cuda
)
for _name, _method in METHODS.items():
    method(_name, _method)
for _name, _kind in dict(
    float=dtypes.float32,
    double=dtypes.float64,
    half=dtypes.float16,
    long=dtypes.int64,
    int=dtypes.int32,
    short=dtypes.int16,
    char=dtypes.int8,
    byte=dtypes.uint8,
    bool=dtypes.bool_,
).items():
    method(_name, _caster(_kind))
for _name in ("bfloat16", "cfloat", "cdouble", "chalf", "to_sparse", "to_mkldnn"):
    method(_name, _refusal(_name))
