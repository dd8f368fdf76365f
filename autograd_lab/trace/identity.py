"""Finding what belongs to an object itself, not to what it compares equal to."""

from __future__ import annotations

import weakref
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


class WeakNumbers:
    """Maps objects to numbers by identity, without keeping them alive.

    What has the `id` of an object that is gone is not taken for it.
    """

    def __init__(self) -> None:
        """Start empty."""
        self._entries: dict[int, tuple[weakref.ref[object], int]] = {}

    def __setitem__(self, key: object, number: int) -> None:
        """Set the number of this object."""
        self._entries[id(key)] = (weakref.ref(key), number)

    def get(self, key: object) -> int | None:
        """Return the number of this very object, None if it has none."""
        entry = self._entries.get(id(key))
        return entry[1] if entry is not None and entry[0]() is key else None


__all__ = ["IdentityMap", "WeakNumbers"]
