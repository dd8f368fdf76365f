"""Which line and which expression of the user's code is running."""

from __future__ import annotations

import sys
from types import CodeType, FrameType, TracebackType
from typing import NamedTuple

from .identity import IdentityMap


class Place(NamedTuple):
    """Where in the user's code: the cell (from 0), the line (from 1), the expression, its column."""

    cell: int | None = None
    line: int | None = None
    expression: str = ""
    column: int | None = None


NOWHERE = Place()
"""Outside the recorded texts."""


class SourceText:
    """The texts of the cells as they were compiled, and where in them a frame stands."""

    def __init__(self, text: str | None = None, filename: str = "") -> None:
        """Take the first cell, if there is one yet: see `add`."""
        self.cells: list[str] = []
        self._cell_of: dict[str, int] = {}
        self._lines: dict[int, list[bytes]] = {}
        self._positions: IdentityMap[list[tuple[int | None, ...]]] = IdentityMap()
        self._places: dict[tuple[int, int], Place] = {}
        if text is not None:
            self.add(text, filename)

    def add(self, text: str, filename: str) -> None:
        """Take a further cell; `filename` is what its code objects carry."""
        self._cell_of[filename] = len(self.cells)
        self.cells.append(text)

    def here(self) -> Place:
        """Return where the innermost frame of a cell stands, called from anywhere below it."""
        frame = self.frame()
        return NOWHERE if frame is None else self._place(frame.f_code, frame.f_lasti)

    def frame(self) -> FrameType | None:
        """Return the innermost frame of a cell, None if none is running."""
        cells = self._cell_of
        frame: FrameType | None = sys._getframe(1)
        while frame is not None and frame.f_code.co_filename not in cells:
            frame = frame.f_back
        return frame

    def of_error(self, error: BaseException) -> Place:
        """Return the innermost place of a cell that an exception passed through, or complains of."""
        if isinstance(error, SyntaxError) and error.filename in self._cell_of:
            return Place(self._cell_of[error.filename], error.lineno, (error.text or "").strip())
        return self.of_traceback(error.__traceback__)

    def of_traceback(self, traceback: TracebackType | None) -> Place:
        """Return the innermost place of a cell that an exception passed through."""
        place = NOWHERE
        while traceback is not None:
            code = traceback.tb_frame.f_code
            if code.co_filename in self._cell_of:
                place = self._place(code, traceback.tb_lasti)
            traceback = traceback.tb_next
        return place

    def below(self, traceback: TracebackType | None) -> list[FrameType]:
        """Return the frames of an exception that lie below the innermost one of a cell."""
        frames: list[FrameType] = []
        while traceback is not None:
            frames.append(traceback.tb_frame)
            if traceback.tb_frame.f_code.co_filename in self._cell_of:
                frames.clear()
            traceback = traceback.tb_next
        return frames

    def _place(self, code: CodeType, instruction: int) -> Place:
        # `_positions` keeps the code object alive, so its id stays its own.
        key = id(code), instruction
        place = self._places.get(key)
        if place is None:
            positions = self._positions.get(code)
            if positions is None:
                positions = self._positions[code] = list(code.co_positions())
            place = self._cut_out(self._cell_of[code.co_filename], *positions[instruction // 2])
            self._places[key] = place
        return place

    def _cut_out(
        self, cell: int, line: int | None, end_line: int | None, start: int | None, end: int | None
    ) -> Place:
        """Return the text between two places; columns count UTF-8 bytes."""
        # Python run with -X no_debug_ranges knows lines only.
        if line is None or end_line is None or start is None or end is None:
            return Place(cell, line)
        if cell not in self._lines:
            self._lines[cell] = self.cells[cell].encode(errors="replace").splitlines(keepends=True)
        lines = self._lines[cell][line - 1 : end_line]
        if len(lines) <= end_line - line:
            return Place(cell, line)
        lines[-1] = lines[-1][:end]
        column = len(lines[0][:start].decode(errors="replace"))
        lines[0] = lines[0][start:]
        text = b"".join(lines).decode(errors="replace")
        return Place(
            cell, line, text.rstrip("\n"), column
        )  # of a magic, the line that runs is longer


__all__ = ["NOWHERE", "Place", "SourceText"]
