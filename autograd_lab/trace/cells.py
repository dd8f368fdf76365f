"""Source texts run one after the other, as the cells of a notebook are."""

from __future__ import annotations

import ast
import linecache
import sys
from collections.abc import Iterable
from itertools import count
from typing import Any

from .builder import LIMIT
from .model import Trace, split_lines
from .record import Recorder

_numbers = count(1)


def run_cells(
    cells: Iterable[str], namespace: dict[str, Any] | None = None, limit: int = LIMIT
) -> Trace:
    """Run `cells` in one namespace, in order, and return the one trace of it all.

    A cell that ends in an expression shows its value, as a notebook does. What a cell raises is kept
    in the trace (see `Event`, kinds `failed` and `error`), and the next cell runs, as a person runs
    on. `namespace` is changed; by default a new one is used. Beyond `limit` events the rest is
    counted.

    >>> trace = run_cells(["import autograd_lab as torch", "x = torch.ones(2)", "x.backward()"])
    >>> [event.text for event in trace.of_kind("error")]
    ['RuntimeError: element 0 of tensors does not require grad and does not have a grad_fn']
    """
    names: dict[str, Any] = {} if namespace is None else namespace
    names.setdefault("__name__", "__main__")
    recorder = Recorder(limit=limit)
    recorder.start()
    try:
        for cell in cells:
            filename = f"<cell {next(_numbers)}>"
            lines = [f"{line}\n" for line in split_lines(cell)]
            linecache.cache[filename] = len(cell), None, lines, filename
            recorder.add_cell(cell, filename)
            try:
                _run(cell, filename, names)
            except KeyboardInterrupt:
                raise
            except BaseException as error:
                recorder.add_error(error)
            finally:
                del linecache.cache[filename]
        return recorder.stop(names)
    finally:
        recorder.abandon()


def _run(cell: str, filename: str, names: dict[str, Any]) -> None:
    """Run one cell; show the value of its last expression."""
    tree = ast.parse(cell, filename)
    last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
    exec(compile(tree, filename, "exec"), names)
    if isinstance(last, ast.Expr):
        value = eval(compile(ast.Expression(last.value), filename, "eval"), names)
        if value is not None:
            sys.stdout.write(f"{value!r}\n")


__all__ = ["run_cells"]
