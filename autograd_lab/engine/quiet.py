"""Silence for NumPy's floating-point warnings, without touching what the user chose.

PyTorch returns `inf` and `nan` without a word. `np.errstate` would do, at 860 ns each time; setting
NumPy's error context by hand costs 110 ns, and an operation on three floats should not cost more than
that. Where a NumPy release hides the context elsewhere, `np.errstate` serves. One function can be called
silently for 15 ns, by `quietly`: in a context of its own, which says nothing and is made once.
"""

from __future__ import annotations

from collections.abc import Callable
from contextvars import Context
from typing import Any

import numpy as np

hush: Callable[[], Any]
"""Begin silence; returns a token for `unhush`."""
unhush: Callable[[Any], object]
"""End the silence that gave this token."""

try:
    from functools import partial

    from numpy._core.umath import _extobj_contextvar, _make_extobj

    hush = partial(_extobj_contextvar.set, _make_extobj(all="ignore"))
    unhush = _extobj_contextvar.reset
except ImportError:  # pragma: no cover - a NumPy that keeps it elsewhere

    def hush() -> np.errstate:
        """Enter an `np.errstate` that ignores everything."""
        state = np.errstate(all="ignore")
        state.__enter__()
        return state

    def unhush(state: np.errstate) -> None:
        """Leave it."""
        state.__exit__(None, None, None)


_silence = Context()
_silence.run(np.seterr, all="ignore")  # NumPy keeps the choice in the context: the user's stays
quietly: Callable[..., Any] = _silence.run
"""Call `function(*args)` in silence; RuntimeError if another thread is doing so at this very moment."""
