"""The lessons and the exercises: where they are, and a copy of them to work in."""

from __future__ import annotations

import itertools
import json
import shutil
from pathlib import Path

_PACKAGE = Path(__file__).parent


def folder(name: str) -> Path:
    """Return a folder such as `"exercises"` or `"notebooks/en"`.

    It lies inside an installed package, and beside the package in a checkout. Raises
    FileNotFoundError where the installation was made without it.
    """
    places = [_PACKAGE / name]
    if (_PACKAGE.parent / "pyproject.toml").is_file():
        places.append(_PACKAGE.parent / name)
    for place in places:
        if place.is_dir():
            return place
    raise FileNotFoundError(f"this installation of autograd_lab holds no {name}: {places[0]}")


def working_copy(source: Path, target: Path) -> list[Path]:
    """Copy the files under `source` that `target` does not have yet; return the copies.

    Notebooks are copied without their outputs, so that they give nothing away. What is there
    already is never touched. Raises OSError where `target` cannot be written.
    """
    copies = []
    target.mkdir(parents=True, exist_ok=True)
    for path in sorted(source.rglob("*")):
        copy = target / path.relative_to(source)
        if path.is_dir() or ".ipynb_checkpoints" in path.parts or copy.exists():
            continue
        copy.parent.mkdir(parents=True, exist_ok=True)
        if path.suffix == ".ipynb":
            copy.write_text(_without_outputs(path.read_text(encoding="utf-8")), encoding="utf-8")
        else:
            shutil.copyfile(path, copy)
        copies.append(copy)
    return copies


def lesson(source: Path, name: str) -> Path:
    """Return the notebook in `source` that is called `name`: `"03_accumulation"`, or `"03"` alone.

    Raises LookupError, with the names there are, where it is none of them.
    """
    paths = sorted(source.glob("*.ipynb"))
    wanted = name.removesuffix(".ipynb")
    for path in paths:
        if wanted in (path.stem, path.stem.partition("_")[0]):
            return path
    names = ", ".join(path.stem for path in paths)
    raise LookupError(f"no lesson {name!r}; there are {names}")


def bring_back(notebook: Path, target: Path) -> Path | None:
    """Put `notebook` into the folder `target` as it was before anyone worked in it.

    Returns where the one that was there is kept, beside the new one under a name of its own; None
    if there was none, or none that differs. Raises OSError where `target` cannot be written.
    """
    fresh = _without_outputs(notebook.read_text(encoding="utf-8"))
    copy = target / notebook.name
    kept = None
    if copy.exists():
        if copy.read_text(encoding="utf-8", errors="replace") == fresh:
            return None
        names = (copy.with_stem(f"{copy.stem}-mine{number}") for number in itertools.count(1))
        kept = copy.rename(next(name for name in names if not name.exists()))
    target.mkdir(parents=True, exist_ok=True)
    copy.write_text(fresh, encoding="utf-8")
    return kept


def _without_outputs(notebook: str) -> str:
    """Return a notebook's JSON as it was before anyone ran it."""
    content = json.loads(notebook)
    for cell in content["cells"]:
        if cell["cell_type"] == "code":
            cell["outputs"] = []
            cell["execution_count"] = None
    return json.dumps(content, ensure_ascii=False, indent=1) + "\n"
