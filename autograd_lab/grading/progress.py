"""What a learner has tried so far, kept on this machine alone.

One small file in the home folder holds a random id, which the inputs of `check` are drawn from, and
per question the points of the last try and how often each misconception was met. Where it cannot be
written, the same is remembered as long as the kernel lives.
"""

from __future__ import annotations

import contextlib
import json
import os
import secrets
from pathlib import Path
from typing import Any

from .check import Verdict

FOLDER = "AUTOGRAD_LAB_PROGRESS"
"""The environment variable that names another folder than `~/.autograd_lab`."""

_remembered: dict[str, Any] = {}


def learner() -> str:
    """Return the random id of whoever works here; it is made at the first call."""
    state = _read()
    if not state["id"]:
        state["id"] = secrets.token_hex(16)
        _write(state)
    return str(state["id"])


def attempt(assignment: str, verdict: Verdict) -> int:
    """Note a try at a question; return how often its misconception was met by now, 1 at first."""
    state = _read()
    entry = state["questions"].setdefault(f"{assignment}/{verdict.question}", {"met": {}})
    entry["points"] = verdict.points
    count = 1
    if verdict.lead:
        count = entry["met"][verdict.lead.code] = entry["met"].get(verdict.lead.code, 0) + 1
    _write(state)
    return count


def attempts(assignment: str, verdict: Verdict) -> int:
    """Return how often the misconception of a verdict was met so far, without another try."""
    entry = _read()["questions"].get(f"{assignment}/{verdict.question}", {"met": {}})
    return int(entry["met"].get(verdict.lead.code, 0)) if verdict.lead else 0


def points(assignment: str) -> dict[str, float]:
    """Return the points of the last try at each question of an assignment that was tried."""
    kept = _read()["questions"]
    found = {name.partition("/"): entry.get("points") for name, entry in kept.items()}
    return {
        part: n for (first, _, part), n in found.items() if first == assignment and n is not None
    }


def _read() -> dict[str, Any]:
    """Return what is kept; what is missing or damaged begins anew."""
    with contextlib.suppress(OSError, ValueError, RuntimeError):
        state = json.loads(_path().read_text(encoding="utf-8"))
        if _is_sound(state):
            return state  # type: ignore[no-any-return]
    return _remembered or {"id": "", "questions": {}}


def _is_sound(state: Any) -> bool:
    """Tell whether a file holds what `_write` wrote."""
    match state:
        case {"id": str(), "questions": dict(questions)}:
            return all(
                isinstance(entry, dict)
                and isinstance(entry.get("met"), dict)
                and all(type(count) is int for count in entry["met"].values())
                and type(entry.get("points", 0)) in (int, float)
                for entry in questions.values()
            )
    return False


def _write(state: dict[str, Any]) -> None:
    """Keep `state`: in the file if it can be written, else in this process."""
    global _remembered
    _remembered = state
    # Written beside and moved: two notebooks at once must not leave half a file.
    with contextlib.suppress(OSError, RuntimeError):
        path = _path()
        path.parent.mkdir(parents=True, exist_ok=True)
        new = path.with_name(f"{path.name}.{os.getpid()}")
        new.write_text(json.dumps(state), encoding="utf-8")
        new.replace(path)


def _path() -> Path:
    """Return the file; RuntimeError where there is no home folder."""
    named = os.environ.get(FOLDER)
    return (Path(named) if named else Path.home() / ".autograd_lab") / "exercises.json"


__all__ = ["FOLDER", "attempt", "attempts", "learner", "points"]
