"""The engine answers in PyTorch's words: outcome, text and warnings of measured snippets."""

from __future__ import annotations

import ast
import json
import re
import warnings
from pathlib import Path
from typing import Any

import pytest

ROWS = json.loads(
    (Path(__file__).parents[1] / "data" / "torch_messages.json").read_text(encoding="utf-8")
)
ADDRESS = re.compile(r"0x[0-9a-f]+")
FRAMES = re.compile(r"(?<=that caused the error:).*", re.DOTALL)


def run(code: str, torch: Any) -> dict[str, Any]:
    """Run `code` in a fresh namespace holding only `torch`; return outcome, text and warnings."""
    from autograd_lab.engine import messages

    messages._warned.clear()
    tree = ast.parse(code)
    last = tree.body.pop() if isinstance(tree.body[-1], ast.Expr) else None
    space = {"torch": torch}
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            exec(compile(tree, "row", "exec"), space)
            value = (
                eval(compile(ast.Expression(last.value), "row", "eval"), space) if last else None
            )
            outcome, text = "ok", repr(value)
        except Exception as error:
            outcome, text = type(error).__name__, str(error)
            text = text.replace("module 'autograd_lab", "module 'torch")  # the name it was given
    said = [FRAMES.sub(" …", f"{type(w.message).__name__}: {w.message}") for w in caught]
    return {"outcome": outcome, "text": ADDRESS.sub("0xADDR", text), "warnings": said}


def with_library(code: str) -> str:
    """Return `code` with its imports of torch replaced by imports of this library."""
    return re.sub(r"\b(import|from) torch\b", r"\1 autograd_lab", code)


@pytest.mark.parametrize("row", ROWS, ids=lambda r: r["id"])
def test_same_words(row: dict[str, Any]) -> None:
    """The snippet ends as it does in PyTorch, in the same words."""
    import autograd_lab

    got = run(with_library(row["code"]), autograd_lab)
    assert got["outcome"] == row["outcome"], got
    assert got["text"] == row["text"]
    assert [w.partition(" (Triggered")[0] for w in got["warnings"]] == row["warnings"]
