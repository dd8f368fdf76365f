"""The programs that the rules are measured on: Markdown files in `programs/`, one per misconception.

A heading begins a program and gives its label, how it ends and a title:

    ## problem · RuntimeError · a loop that carries its state
    ## note · the gradient is asked for too early
    ## right · two batches on purpose

The fenced blocks that follow are its cells, written as learners write them. In a `problem` or a `note`
the line of the cause ends in `# <-`; the mark is taken off before the program runs. A `right`
program must get no finding. An exception's name says that the last cell raises it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).parent / "programs"
MARK = "# <-"
IMPORT = re.compile(r"^(\s*)(import|from)\s+torch\b(?:(\.[\w.]+))?(\s+as\s+\w+)?", re.MULTILINE)


@dataclass(frozen=True)
class Program:
    """One program and what must be said about it."""

    misconception: int
    label: str
    """`"problem"`, `"note"` or `"right"`."""
    title: str
    raises: str
    """Name of the exception that ends its last cell, `""` for none."""
    cells: tuple[str, ...]
    cause: tuple[int, int] | None
    """Cell, from 0, and line, from 1, that a finding must point at."""

    @property
    def name(self) -> str:
        """What a test report calls it."""
        return f"{self.misconception:02}-{self.label}-{self.title}".replace(" ", "_")

    def cells_for(self, engine: str) -> list[str]:
        """Return the cells as they run on `"torch"` or on `"autograd_lab"`."""
        if engine == "torch":
            return list(self.cells)
        return [IMPORT.sub(own_import, cell) for cell in self.cells]


def own_import(found: re.Match[str]) -> str:
    """Return an import of torch as one of this package."""
    indent, verb, module, alias = found.groups()
    if verb == "import" and not module:
        return f"{indent}import autograd_lab{alias or ' as torch'}"
    return f"{indent}{verb} autograd_lab{module or ''}{alias or ''}"


def read(text: str, misconception: int) -> list[Program]:
    """Return the programs in a file's text."""
    pieces = re.split(r"^## ", text, flags=re.MULTILINE)[1:]
    return [_program(*piece.split("\n", 1), misconception) for piece in pieces]


def _program(heading: str, body: str, misconception: int) -> Program:
    label, *raises, title = (part.strip() for part in heading.split("·"))
    blocks = re.findall(r"^```python\n(.*?)^```$", body, re.MULTILINE | re.DOTALL)
    marked = [
        (cell, number)
        for cell, block in enumerate(blocks)
        for number, line in enumerate(block.splitlines(), start=1)
        if line.endswith(MARK)
    ]
    if not blocks or label not in {"problem", "note", "right"}:
        raise ValueError(f"{heading!r}: a label and at least one cell are needed")
    if len(marked) != (label != "right"):
        raise ValueError(f"{heading!r}: {len(marked)} lines are marked with {MARK}")
    cells = tuple(re.sub(rf"[ \t]*{MARK}$", "", block, flags=re.MULTILINE) for block in blocks)
    return Program(
        misconception, label, title, "".join(raises), cells, marked[0] if marked else None
    )


def programs() -> list[Program]:
    """Return all programs, in the order of the misconceptions."""
    return [
        program
        for path in sorted(FOLDER.glob("*.md"))
        for program in read(path.read_text(encoding="utf-8"), int(path.name[:2]))
    ]
