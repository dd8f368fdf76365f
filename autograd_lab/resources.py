"""The lessons and the exercises: where they are, and a copy of them to work in."""

from __future__ import annotations

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


def _without_outputs(notebook: str) -> str:
    """Return a notebook's JSON as it was before anyone ran it."""
    content = json.loads(notebook)
    for cell in content["cells"]:
        if cell["cell_type"] == "code":
            cell["outputs"] = []
            cell["execution_count"] = None
    return json.dumps(content, ensure_ascii=False, indent=1) + "\n"
