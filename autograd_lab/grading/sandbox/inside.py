"""What answers a check inside a student's own kernel, where the names and the values are."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from IPython.core.getipython import get_ipython

from ..codec import dumps
from ..student import LocalStudent, described
from .messages import REPLY


class Reply:
    """A reply as a value that a kernel shows: no setting of how values are shown changes it."""

    def __init__(self, text: str) -> None:
        """Show `text`, the codec's."""
        self._text = text

    def _repr_mimebundle_(
        self, include: object = None, exclude: object = None
    ) -> Mapping[str, str]:
        return {REPLY: self._text}


def answer(source: str, inputs: str) -> Reply:
    """Run a check's source in a copy of the namespace; an interrupt ends it, and is the reply."""
    try:
        return Reply(_student().exchange(source, inputs))
    except KeyboardInterrupt as error:
        return Reply(dumps(described(error)))


@cache
def _student() -> LocalStudent:
    """Return the student of this kernel, who keeps what a Ref stands for."""
    shell = get_ipython()
    assert shell is not None
    return LocalStudent(shell.user_ns)


__all__ = ["Reply", "answer"]
