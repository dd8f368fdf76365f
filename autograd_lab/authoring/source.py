"""The text source of a notebook: read it, check it.

A source is one `py:percent` file that holds every language. Its cells are written like this::

    # %% [markdown] lang="en"
    # # The first gradient

    # %% [markdown] lang="zh"
    # # 第一个梯度

    # %%
    # %load_ext autograd_lab
    import autograd_lab as torch

    # %% tags=["raises-exception"]
    loss.backward()

    # %% nbgrader={"grade_id": "q2", "solution": true}
    def my_grad(x):
        ### BEGIN SOLUTION
        return 4 * x
        ### END SOLUTION

- A cell with `lang` is one side of a translation: all languages follow one another, English first,
  with cells of the same type. A cell without `lang` is shared: code usually is; prose only where it
  holds nothing to translate, such as a formula.
- Other `key=value` pairs on the marker, in JSON, become metadata of the cell in every notebook. In
  a translation they stand on the English cell alone and hold for all.
- `nbgrader={…}` needs a `grade_id`, once per source; name only what differs from nbgrader's plain
  cell: `schema_version` 3 and `grade`, `locked`, `solution`, `task` false are filled in. A cell
  with `grade` or `task` true needs `points`.
- `covers=["000/2.5.2/gradient-argument"]` says which examples and claims of `tests/data/seed_claims.toml`
  a cell teaches, `finding=["not-a-scalar"]` which mistakes it shows on purpose: the slugs of the
  rules in `autograd_lab/trace/findings`. Neither gets into the notebooks.
- `nbgrader={"grade_id": "q7-driver", "locked": true}` is a cell that students run and cannot change:
  nbgrader restores its text before it grades. There stands the function that a check calls where
  the answer is richer than plain data, such as a class or a graph.
- Magics are commented out, as jupytext does it: `# %%autograd` on the first line of a cell.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

LANGUAGES = ("en", "zh")
"""The languages of every source, in the order in which a translated cell names them."""

_NBGRADER = {"schema_version": 3, "grade": False, "locked": False, "solution": False, "task": False}


class SourceError(ValueError):
    """A text source breaks the convention; the message names the file, the cell and the remedy."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell in all languages."""

    kind: str
    """`"code"`, `"markdown"` or `"raw"`."""
    texts: Mapping[str, str]
    """Language to text; equal texts where the cell is shared."""
    metadata: Mapping[str, Any]
    """What the notebooks' cell carries, nbgrader's part complete."""
    covers: tuple[str, ...] = ()
    """Ids of the examples and claims that the cell teaches."""
    findings: tuple[str, ...] = ()
    """Slugs of the rules whose findings the cell shows on purpose."""


@dataclass(frozen=True, slots=True)
class Source:
    """A checked text source."""

    name: str
    """The file's name without its ending; the notebooks are named after it."""
    cells: tuple[Cell, ...]


def read(path: Path) -> Source:
    """Return the source in the `py:percent` file at `path`.

    Raises OSError if it cannot be read, SourceError if it breaks the convention above, ImportError
    without jupytext.
    """
    try:
        import jupytext
    except ImportError:
        raise ImportError(
            "authoring needs jupytext; this brings it: pip install 'autograd_lab[course]'"
        ) from None

    raw = jupytext.reads(path.read_text(encoding="utf-8"), fmt="py:percent").cells
    for cell in raw:
        if "lang" in cell.metadata:  # jupytext's note about blank lines is no metadata of an author
            cell.metadata.pop("lines_to_next_cell", None)
    try:
        cells = tuple(_cells(raw))
        _check_grade_ids(cells)
    except SourceError as error:
        raise SourceError(f"{path.name}: {error}") from None
    if not cells:
        raise SourceError(f"{path.name}: no cells; start each with '# %%' or '# %% [markdown]'")
    return Source(path.stem, cells)


def join(name: str, parts: Sequence[Source]) -> Source:
    """Return `parts`, one after the other, as one source; SourceError if two share a grade_id."""
    cells = tuple(cell for part in parts for cell in part.cells)
    try:
        _check_grade_ids(cells)
    except SourceError as error:
        raise SourceError(f"{name}: {error}") from None
    return Source(name, cells)


def _cells(raw: Sequence[Any]) -> Iterable[Cell]:
    """Yield the cells, the sides of each translation joined."""
    place = 0
    while place < len(raw):
        first = raw[place]
        where = _where(place, first)
        metadata = dict(first.metadata)
        if unread := metadata.get("incorrectly_encoded_metadata"):
            raise SourceError(f"{where}: {unread!r} is not key=value with a JSON value")
        if metadata.pop("lang", None) is None:
            sides = raw[place : place + 1]
            texts = dict.fromkeys(LANGUAGES, first.source)
        else:
            sides = raw[place : place + len(LANGUAGES)]
            _check_sides(sides, where)
            texts = {side.metadata["lang"]: side.source for side in sides}
        if "nbgrader" in metadata:
            metadata["nbgrader"] = _nbgrader(metadata["nbgrader"], where)
        covers, findings = (_names(metadata, key, where) for key in ("covers", "finding"))
        yield Cell(first.cell_type, texts, metadata, covers, findings)
        place += len(sides)


def _check_sides(sides: Sequence[Any], where: str) -> None:
    """Raise SourceError unless `sides` are one cell in every language."""
    found = tuple(side.metadata.get("lang") for side in sides)
    for language in set(found) - {None, *LANGUAGES}:
        raise SourceError(f"{where}: unknown lang {language!r}; known are {', '.join(LANGUAGES)}")
    if found != LANGUAGES or len({side.cell_type for side in sides}) > 1:
        raise SourceError(
            f"{where}: a translated cell is written as lang {' then '.join(LANGUAGES)}, of one "
            f"type, one after the other; here stands {' then '.join(map(str, found))}"
        )
    for side in sides:
        if not side.source.strip():
            raise SourceError(f"{where}: its {side.metadata['lang']!r} side is empty")
    if any(set(side.metadata) != {"lang"} for side in sides[1:]):
        raise SourceError(f"{where}: metadata beside lang belong on its {LANGUAGES[0]!r} side")


def _names(metadata: dict[str, Any], key: str, where: str) -> tuple[str, ...]:
    """Take a list of names out of `metadata`; none where it does not stand there."""
    given = metadata.pop(key, [])
    if not isinstance(given, list) or not all(isinstance(name, str) for name in given):
        raise SourceError(f'{where}: {key} is a list of names: {key}=["one", "two"]')
    return tuple(given)


def _nbgrader(given: Any, where: str) -> dict[str, Any]:
    """Return nbgrader's cell metadata with its defaults filled in."""
    if not isinstance(given, dict) or not isinstance(given.get("grade_id"), str):
        raise SourceError(f'{where}: nbgrader needs a grade_id: nbgrader={{"grade_id": "q1"}}')
    unknown = sorted(set(given) - {"grade_id", "points", "cell_type", *_NBGRADER})
    if unknown:
        raise SourceError(f"{where}: nbgrader does not know {', '.join(unknown)}")
    complete = {**_NBGRADER, **given}
    if (complete["grade"] or complete["task"]) and "points" not in complete:
        raise SourceError(f"{where}: {given['grade_id']!r} is graded and needs points")
    return complete


def _check_grade_ids(cells: Iterable[Cell]) -> None:
    """Raise SourceError if two cells have one grade_id."""
    seen = set()
    for cell in cells:
        grade_id = cell.metadata.get("nbgrader", {}).get("grade_id")
        if grade_id in seen:
            raise SourceError(f"grade_id {grade_id!r} is used twice; each names one cell")
        if grade_id is not None:
            seen.add(grade_id)


def _where(place: int, cell: Any) -> str:
    """Name a cell by its place, counted from 1 for people, and its first words."""
    first = cell.source.strip().partition("\n")[0]
    return f"cell {place + 1} ({first[:40]!r})"
