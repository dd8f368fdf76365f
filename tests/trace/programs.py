"""Programs that do everything a trace tells of, in cells; `torch` is the engine or PyTorch.

They stand in a text file: `### name`, then the cells, with `%%` between them.
"""

import re
from pathlib import Path

TEXT = (Path(__file__).parents[1] / "data/traced_programs.txt").read_text(encoding="utf-8")


def programs(text: str) -> dict[str, list[str]]:
    """Return the cells of each program by its name."""
    parts = re.split(r"^### (.*)\n", text, flags=re.MULTILINE)
    names, bodies = parts[1::2], parts[2::2]
    return {
        name: [cell.strip("\n") for cell in body.split("\n%%\n")]
        for name, body in zip(names, bodies, strict=True)
    }


PROGRAMS = programs(TEXT)
