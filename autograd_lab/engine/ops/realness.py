"""What programs ask of numbers that may be complex: these are real, and stand for themselves."""

from __future__ import annotations

from typing import Any

from ..register import expose, method
from ..tensor import Tensor


def itself(self: Tensor) -> Tensor:
    """Return the tensor itself: it is real."""
    return self


def imag(self: Tensor) -> Any:
    """Raise RuntimeError: real tensors have no imaginary part."""
    raise RuntimeError("imag is not implemented for tensors with non-complex dtypes.")


def positive(self: Tensor) -> Tensor:
    """Return the tensor itself; RuntimeError for bools."""
    if self._data.dtype == bool:
        raise RuntimeError("The `+` operator, on a bool tensor is not supported.")
    return self


def is_signed(self: Tensor) -> bool:
    """Return whether the dtype has negative numbers."""
    return bool(self._data.dtype.kind in "fi")


def never(self: Tensor) -> bool:
    """Return False: no tensor here is that."""
    return False


for _name in ("conj", "resolve_conj", "resolve_neg", "conj_physical"):
    expose(_name, itself)
for _name in ("is_complex", "is_conj", "is_neg"):
    expose(_name, never)
for _name in ("is_shared", "is_pinned"):
    method(_name, never)
for _name in ("cuda", "sparse", "meta", "quantized", "mps", "mkldnn", "nested"):
    method(f"is_{_name}", property(never))  # type: ignore[arg-type]
expose("is_signed", is_signed)
expose("imag", imag)
expose("real", itself)
method("real", property(itself))  # type: ignore[arg-type]
method("imag", property(imag))  # type: ignore[arg-type]
method("is_cpu", property(lambda self: True))  # type: ignore[arg-type]
method("get_device", lambda self: -1)
expose("positive", positive)
method("__pos__", positive)
