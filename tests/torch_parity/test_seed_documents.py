"""The code cells of the source documents print what PyTorch prints, text for text."""

from __future__ import annotations

import ast
import contextlib
import io
import json
import re
from pathlib import Path
from types import ModuleType

import pytest

DOCUMENTS = json.loads(
    (Path(__file__).parents[1] / "data" / "seed_cells.json").read_text(encoding="utf-8")
)
ADDRESS = re.compile(r"0x[0-9a-f]+")


def run_cell(code: str, namespace: dict[str, object]) -> str:
    """Run `code` as a notebook does and return what it shows: prints, last value, error."""
    tree = ast.parse(code)
    last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
    shown = io.StringIO()
    with contextlib.redirect_stdout(shown):
        try:
            exec(compile(tree, "cell", "exec"), namespace)
            if last is not None:
                value = eval(compile(ast.Expression(last.value), "cell", "eval"), namespace)
                if value is not None:
                    print(repr(value))
        except Exception as error:
            print(f"{type(error).__name__}: {error}")
    return ADDRESS.sub("0xADDR", shown.getvalue())


def run_document(cells: list[dict[str, str]], torch: ModuleType) -> dict[str, str]:
    """Run the cells in order with `torch` in place of the imported library."""
    namespace: dict[str, object] = {"torch": torch}
    return {
        cell["label"]: run_cell(cell["code"].replace("import torch\n", "\n"), namespace)
        for cell in cells
    }


@pytest.mark.needs_torch
@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda d: d["document"])
def test_prints_what_pytorch_prints(document: dict[str, list[dict[str, str]]]) -> None:
    """Every cell, in order, shows the same text in both libraries."""
    torch = pytest.importorskip("torch")
    import autograd_lab

    ours = run_document(document["cells"], autograd_lab)
    theirs = run_document(document["cells"], torch)
    assert ours == theirs
