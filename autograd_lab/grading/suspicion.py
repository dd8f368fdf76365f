"""What in the text of a submission no answer needs: for an instructor to look at, never for points.

Points are safe without it, as the checks never run where a student's code does. It reads the text
alone, so it misses what is well hidden, and may meet something honest.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

USES = frozenset(
    [
        *("os._exit", "os.abort", "os.fork", "os.forkpty", "os.kill", "os.killpg"),
        *("sys.settrace", "sys.setprofile", "sys._getframe", "threading.settrace", "sys.modules"),
        *("gc.get_objects", "gc.get_referrers", "inspect.currentframe", "inspect.stack"),
        *("signal.signal", "signal.setitimer", "signal.pthread_sigmask"),
    ]
)
"""Attributes of modules that reach beyond a notebook's own code."""
MODULES = frozenset(["ctypes", "socket", "urllib", "requests", "http", "builtins", "faulthandler"])
"""Modules that no answer needs."""
GRADER = ("autograd_lab.grading", "nbgrader")
NOTEBOOK = "autograd_lab.grading.notebook"
"""The only part of the grader that a notebook is meant to use."""
SCORERS = frozenset(["score", "private_score"])
"""What the cells with tests call."""
PLACES = re.compile(
    r"/proc/|/etc/|\.\./|AUTOGRAD_LAB_PRIVATE|gradebook\.db|(site|user)customize|profile_default"
    r"|_checks\.py|vnd\.autograd-lab"
)
"""In a text: places where no answer has anything to look for."""


def suspicious(source: str) -> list[str]:
    """Return what a cell, or a file beside the notebook, uses that no answer needs; sorted."""
    try:
        # Shell commands and magics are no Python; what they hold is looked at as text.
        lines = [line for line in source.splitlines() if not re.match(r"\s*[%!]", line)]
        tree = ast.parse("\n".join(lines))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return sorted(set(_places(source)))
    found = {name for node in ast.walk(tree) for name in _in_node(node)}
    commands = "\n".join(line for line in source.splitlines() if re.match(r"\s*[%!]", line))
    return sorted(found | set(_places(commands)))


def _in_node(node: ast.AST) -> Iterator[str]:
    """Yield what one node of the syntax uses."""
    match node:
        case ast.Import(names):
            yield from (name for each in names for name in _module(each.name))
        case ast.ImportFrom(module=str(module), names=names):
            yield from _module(module)
            full = {f"{module}.{each.name}" for each in names}
            yield from full & USES
        case ast.Attribute(value=ast.Name(module), attr=name) if f"{module}.{name}" in USES:
            yield f"{module}.{name}"
        case ast.Constant(str(text)):
            yield from _places(text)
        case ast.FunctionDef(name=name) if name in SCORERS:
            yield name
        case ast.Assign(targets=targets, value=ast.Lambda()):
            named = {
                part.id for each in targets for part in ast.walk(each) if isinstance(part, ast.Name)
            }
            yield from named & (SCORERS | {"__eq__"})
        case ast.FunctionDef(name="__eq__", body=[ast.Return(ast.Constant(True))]):
            yield "__eq__"


def _module(name: str) -> Iterator[str]:
    """Yield a module's name if no answer needs it."""
    of_grader = any(name == each or name.startswith(f"{each}.") for each in GRADER)
    if name.partition(".")[0] in MODULES or (of_grader and name != NOTEBOOK):
        yield name


def _places(text: str) -> Iterator[str]:
    yield from (found.group() for found in PLACES.finditer(text))


__all__ = ["suspicious"]
