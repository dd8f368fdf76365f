"""The tables of a folder of lessons: which there are, and where each claim is taught."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from pathlib import Path

from .reading import minutes
from .source import LANGUAGES, Source

MARK = "<!-- from here on made by `make notebooks` -->\n"
"""Stands in a README; what follows it is replaced."""


def write_contents(readme: Path, sources: Sequence[Source]) -> None:
    """Replace what follows `MARK` in a README by the tables of `sources`, if it holds one."""
    text = readme.read_text(encoding="utf-8") if readme.is_file() else ""
    by_hand, mark, _ = text.partition(MARK)
    if mark:
        readme.write_text(by_hand + mark + contents(sources), encoding="utf-8")


def contents(sources: Sequence[Source]) -> str:
    """Return two tables in Markdown: the lessons with their minutes, and where each claim is taught."""
    titles = (
        [
            *(_link(source, language) for language in LANGUAGES),
            " / ".join(f"{minutes(source, language):.0f}" for language in LANGUAGES),
        ]
        for source in sources
    )
    places: dict[str, list[str]] = {}
    for source in sources:
        for number, cell in enumerate(source.cells, 1):
            for claim in cell.covers:
                address = f"{LANGUAGES[0]}/{source.name}.ipynb"
                places.setdefault(claim, []).append(f"[{source.name}]({address}), cell {number}")
    rows = ((*_parts(claim), "; ".join(places[claim])) for claim in sorted(places, key=_in_order))
    return (
        "\n## Lessons\n\n"
        + _table((*LANGUAGES, "minutes, about"), titles)
        + "\n## Where each example and claim is taught\n\n"
        + _table(("document", "section or cell", "example or claim", "lesson, cell"), rows)
    )


def _link(source: Source, language: str) -> str:
    """Return a link to a notebook, with its first heading as its text."""
    prose = (cell.texts[language] for cell in source.cells if cell.kind == "markdown")
    heading = re.search(r"^# (.+)", "\n".join(prose), re.MULTILINE)
    return f"[{heading[1] if heading else source.name}]({language}/{source.name}.ipynb)"


def _parts(claim: str) -> tuple[str, str, str]:
    """Return document, section and claim of an id such as `"000/2.5.2/gradient-argument"`."""
    document, _, rest = claim.partition("/")
    section, _, name = rest.partition("/")
    return document, section, name.replace("-", " ")


def _in_order(claim: str) -> list[tuple[int, str]]:
    """Return a key that sorts `in9` before `in10`."""
    return [
        (int(part or -1), "") if part.isdigit() else (-1, part)
        for part in re.split(r"(\d+)", claim)
    ]


def _table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    head = tuple(head)
    lines = (head, ("---",) * len(head), *rows)
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)
