"""A source becomes a notebook in one language, the same bytes each time."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from .source import LANGUAGES, Source

if TYPE_CHECKING:
    from nbformat import NotebookNode


def notebook(source: Source, language: str) -> NotebookNode:
    """Return `source` as an nbformat 4.5 notebook in `language`, without outputs.

    A cell's id comes from its English text, so it is the same in every language and stays when
    cells around it change. Raises ValueError for a language the sources are not written in.
    """
    from nbformat import v4

    if language not in LANGUAGES:
        raise ValueError(f"no language {language!r}; the sources have {', '.join(LANGUAGES)}")
    result: NotebookNode = v4.new_notebook(  # type: ignore[no-untyped-call]
        metadata={
            "kernelspec": {
                "display_name": "Python 3 (ipykernel)",
                "language": "python",
                "name": "python3",
            },
            "language_info": {"file_extension": ".py", "name": "python"},
        }
    )
    taken: dict[str, int] = {}
    for cell in source.cells:
        made = getattr(v4, f"new_{cell.kind}_cell")(cell.texts[language], metadata=cell.metadata)
        made["id"] = _cell_id(cell.kind, cell.texts[LANGUAGES[0]], taken)
        result.cells.append(made)
    return result


def _cell_id(kind: str, text: str, taken: dict[str, int]) -> str:
    """Return an id made from the content; `taken` counts those that came before."""
    digest = hashlib.sha256(f"{kind}\n{text}".encode()).hexdigest()[:12]
    taken[digest] = taken.get(digest, 0) + 1
    return digest if taken[digest] == 1 else f"{digest}-{taken[digest]}"
