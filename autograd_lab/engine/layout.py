"""Names for how numbers lie in memory, which programs pass around; here all tensors are strided."""

from __future__ import annotations


class layout:
    """How a tensor is stored; there is only `torch.strided`."""

    __slots__ = ("name",)

    def __init__(self, name: str) -> None:
        self.name = name

    def __repr__(self) -> str:
        return f"torch.{self.name}"


class memory_format(layout):
    """In which order a copy stores its elements."""

    __slots__ = ()


strided = layout("strided")
contiguous_format = memory_format("contiguous_format")
preserve_format = memory_format("preserve_format")
