"""Which line and which expression of the user's code is running."""

from __future__ import annotations

import sys
from functools import cached_property
from types import CodeType, TracebackType

from .identity import IdentityMap

Place = tuple[int | None, str]
"""A line, from 1, and the exact expression; `(None, "")` outside the recorded text."""


class SourceText:
    """The text of a cell as it was compiled, and where in it a frame stands."""

    def __init__(self, text: str, filename: str) -> None:
        """Take the text as it is now; `filename` is what its code objects carry."""
        self.text = text
        self.filename = filename
        self._positions: IdentityMap[list[tuple[int | None, ...]]] = IdentityMap()
        self._places: dict[tuple[int, int], Place] = {}

    def here(self) -> Place:
        """Return where the innermost frame of this text stands, called from anywhere below it."""
        frame = sys._getframe(1)
        while frame.f_code.co_filename != self.filename:
            if frame.f_back is None:
                return None, ""
            frame = frame.f_back
        return self._place(frame.f_code, frame.f_lasti)

    def of_traceback(self, traceback: TracebackType | None) -> Place:
        """Return the innermost place of this text that an exception passed through."""
        place: Place = None, ""
        while traceback is not None:
            code = traceback.tb_frame.f_code
            if code.co_filename == self.filename:
                place = self._place(code, traceback.tb_lasti)
            traceback = traceback.tb_next
        return place

    def _place(self, code: CodeType, instruction: int) -> Place:
        # `_positions` keeps the code object alive, so its id stays its own.
        key = id(code), instruction
        if key not in self._places:
            positions = self._positions.get(code)
            if positions is None:
                positions = self._positions[code] = list(code.co_positions())
            self._places[key] = self._cut_out(*positions[instruction // 2])
        return self._places[key]

    def _cut_out(
        self, line: int | None, end_line: int | None, start: int | None, end: int | None
    ) -> Place:
        """Return the line and the text between two places; columns count UTF-8 bytes."""
        # Python run with -X no_debug_ranges knows lines only.
        if line is None or end_line is None or start is None or end is None:
            return line, ""
        lines = self._lines[line - 1 : end_line]
        if len(lines) <= end_line - line:
            return line, ""
        lines[-1] = lines[-1][:end]
        lines[0] = lines[0][start:]
        return line, b"".join(lines).decode(errors="replace")

    @cached_property
    def _lines(self) -> list[bytes]:
        return self.text.encode(errors="replace").splitlines(keepends=True)


__all__ = ["Place", "SourceText"]
