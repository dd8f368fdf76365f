"""Whether anything is switched on that an operation's short way knows nothing of: one look tells."""

from __future__ import annotations

from collections.abc import Iterable
from typing import SupportsIndex, TypeVar

T = TypeVar("T")

unusual: set[object] = set()
"""The threads in which nothing is recorded right now, and the switches that are on.

It is empty most of the time, and to see that costs a tenth of asking `grad_mode.state`, which is different
in every thread.
"""


class Switch(list[T]):
    """What is open of one kind, the innermost last, such as levels of forward mode; off when empty."""

    def __init__(self, name: str) -> None:
        """Start with nothing; `name` stands for the switch in `unusual`."""
        super().__init__()
        self._name = name

    def _tell(self) -> None:
        if self:
            unusual.add(self._name)
        else:
            unusual.discard(self._name)

    def append(self, item: T) -> None:
        """Open one more."""
        super().append(item)
        self._tell()

    def pop(self, index: SupportsIndex = -1) -> T:
        """Close the innermost, or another one."""
        item = super().pop(index)
        self._tell()
        return item

    def only(self, items: Iterable[T]) -> None:
        """Let these, and no others, be open."""
        self[:] = items
        self._tell()
