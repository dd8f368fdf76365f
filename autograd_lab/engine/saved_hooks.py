"""Hooks on what is saved for backward: pack when it is kept, unpack when it is needed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .switches import Switch
from .tensor import Tensor

Pair = tuple[Callable[[Tensor], Any], Callable[[Any], Tensor]]
active: Switch[Pair] = Switch("hooks on what is saved")
"""The pairs of hooks in force, the innermost last."""


class Packed:
    """What a pack hook made of a saved tensor; the unpack hook brings it back."""

    __slots__ = ("_packed", "_unpack")
    _counter = None
    """Versions are not checked: what was packed is the hooks' business."""

    def __init__(self, tensor: Tensor) -> None:
        pack, self._unpack = active[-1]
        self._packed = pack(tensor)

    def unpacked(self) -> Tensor:
        """Return the tensor again."""
        tensor = self._unpack(self._packed)
        if not isinstance(tensor, Tensor):
            raise TypeError(
                f"Output of saved tensor unpack_hook expected to be a Tensor but got result of type "
                f"{type(tensor).__name__}"
            )
        return tensor

    @property
    def _data(self) -> Any:
        return self.unpacked()._data


class saved_tensors_hooks:
    """Inside, `pack(tensor)` is kept in place of each saved tensor, and `unpack` of that used."""

    def __init__(
        self, pack_hook: Callable[[Tensor], Any], unpack_hook: Callable[[Any], Tensor]
    ) -> None:
        self._pair = (pack_hook, unpack_hook)

    def __enter__(self) -> None:
        active.append(self._pair)

    def __exit__(self, *error: object) -> None:
        active.pop()
