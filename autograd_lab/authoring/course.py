"""Write the notebooks of a course from its text sources, in one language.

An assignment is a folder: `ps1/ps1.py` is the head of its notebook, `ps1/q1.py`, `ps1/q2.py` … are
the questions, which follow in the order of their numbers. Beside each question lies its check,
`ps1/q1_checks.py`.
"""

from __future__ import annotations

import re
from pathlib import Path

from .notebook import notebook
from .source import LANGUAGES, Source, join, read


def build_course(folder: Path, target: Path, language: str = LANGUAGES[0]) -> list[Path]:
    """Write `target/source/<name>/<name>.ipynb` for each assignment; return the paths.

    An assignment is a `folder/<name>` with a `<name>.py`. One notebook each: two languages beside
    one another would double the maximum of points. Raises FileNotFoundError where there is no
    assignment, and what `read` and `notebook` raise.
    """
    folders = assignments(folder)
    if not folders:
        raise FileNotFoundError(f"no assignments (<name>/<name>.py) in {folder}")
    sources = [assignment_source(path) for path in folders]
    import nbformat  # after `read`, which says what brings it

    made = {
        target / "source" / source.name / f"{source.name}.ipynb": notebook(source, language)
        for source in sources
    }
    for path, content in made.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        text: str = nbformat.writes(content)  # type: ignore[no-untyped-call]
        path.write_text(text + "\n", encoding="utf-8")
    return list(made)


def assignments(folder: Path) -> list[Path]:
    """Return the folders of the assignments in a course, by name."""
    return [path.parent for path in sorted(folder.glob("*/*.py")) if path.stem == path.parent.name]


def assignment_source(folder: Path) -> Source:
    """Return the text of an assignment: its head, then its questions by number."""
    parts = [folder / f"{folder.name}.py", *questions(folder)]
    return join(folder.name, [read(path) for path in parts])


def questions(folder: Path) -> list[Path]:
    """Return the text sources of an assignment's questions, `q2.py` before `q10.py`."""
    found = {re.fullmatch(r"q(\d+)", path.stem): path for path in folder.glob("q*.py")}
    numbered = {int(match[1]): path for match, path in found.items() if match}
    return [numbered[number] for number in sorted(numbered)]
