"""Silence: nothing that runs inside reaches the notebook.

nbgrader gives 0 points for any text on stderr, so a warning in a right answer must not appear.
"""

from __future__ import annotations

import contextlib
import io
import logging
import os
import sys
from collections.abc import Iterator


class _Sink(io.TextIOBase):
    """A text stream that forgets what it is told."""

    def writable(self) -> bool:
        return True

    def write(self, text: str, /) -> int:
        return len(text)


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """Discard output while this lasts.

    What is printed, warned, logged, displayed, written to the file descriptors by C code.
    """
    with contextlib.ExitStack() as stack:
        stack.enter_context(contextlib.redirect_stdout(_Sink()))
        stack.enter_context(contextlib.redirect_stderr(_Sink()))
        stack.enter_context(_no_logging())
        stack.enter_context(_no_display())
        for descriptor in (1, 2):
            stack.enter_context(_to_null(descriptor))
        yield


@contextlib.contextmanager
def _no_logging() -> Iterator[None]:
    """Switch logging off: a handler made earlier holds the real stderr."""
    before = logging.root.manager.disable
    logging.disable(sys.maxsize)
    try:
        yield
    finally:
        logging.disable(before)


@contextlib.contextmanager
def _no_display() -> Iterator[None]:
    """Drop what `display()` and the display hook would show, where IPython runs."""
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython else None
    if shell is None:
        yield
        return
    from IPython.core.displayhook import CapturingDisplayHook
    from IPython.core.displaypub import CapturingDisplayPublisher

    publisher, hook = shell.display_pub, sys.displayhook
    shell.display_pub = CapturingDisplayPublisher()  # type: ignore[no-untyped-call]
    sys.displayhook = CapturingDisplayHook(shell=shell)  # type: ignore[no-untyped-call]
    try:
        yield
    finally:
        shell.display_pub, sys.displayhook = publisher, hook


@contextlib.contextmanager
def _to_null(descriptor: int) -> Iterator[None]:
    """Point a file descriptor to nowhere, if it is open."""
    try:
        saved = os.dup(descriptor)
    except OSError:
        yield
        return
    null = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(null, descriptor)
        yield
    finally:
        os.dup2(saved, descriptor)
        os.close(saved)
        os.close(null)


__all__ = ["quiet"]
