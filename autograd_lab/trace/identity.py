"""A dictionary whose keys are objects themselves, not what they compare equal to."""

from __future__ import annotations

from typing import Generic, TypeVar

V = TypeVar("V")


class IdentityMap(Generic[V]):
    """Maps objects to values by identity.

    Tensors compare element by element and arrays have no hash, so a `dict` cannot hold them. The
    objects are kept alive: a bare `id` may be given to another object once its owner is gone.
    """

    def __init__(self) -> None:
        """Start empty."""
        self._entries: dict[int, tuple[object, V]] = {}

    def __setitem__(self, key: object, value: V) -> None:
        """Set the value for this object."""
        self._entries[id(key)] = (key, value)

    def get(self, key: object) -> V | None:
        """Return the value for this very object, None if there is none."""
        entry = self._entries.get(id(key))
        return None if entry is None else entry[1]

    def setdefault(self, key: object, value: V) -> None:
        """Set the value for this object unless it has one."""
        self._entries.setdefault(id(key), (key, value))
