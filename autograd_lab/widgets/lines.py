"""Run a function while counting how often each of its lines runs, and stop it if it does not end."""

from __future__ import annotations

import ast
import inspect
import sys
import textwrap
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from types import FrameType
from typing import Any

from ..i18n import _, ngettext

INSTRUCTIONS = 50
"""Instructions per line that may run, on average."""


class DidNotEnd(Exception):
    """A function ran more lines than it may; `lines` says how often each of them, `last` the last."""

    def __init__(self, lines: Counter[int], last: int) -> None:
        """Take the lines that were counted until then."""
        super().__init__()
        self.lines, self.last = lines, last


def counted(function: Callable[[Any], Any], argument: Any, limit: int) -> tuple[Any, Counter[int]]:
    """Return `function(argument)`, and how often each line of its file or cell ran.

    Raises DidNotEnd after `limit` lines of the function's module or notebook. What does not end
    inside a function of a library cannot be stopped so; Ctrl-C ends that.
    """
    lines: Counter[int] = Counter()
    code = code_of(function)
    names = getattr(inspect.unwrap(function), "__globals__", None)
    left, left_inside = limit, INSTRUCTIONS * limit

    def count(frame: FrameType, event: str, _detail: Any) -> Any:
        nonlocal left, left_inside
        if frame.f_code.co_filename != code.co_filename and frame.f_globals is not names:
            return None
        frame.f_trace_opcodes = True  # `while True: pass` on one line is one line for ever
        left_inside -= event == "opcode"
        if event == "line":
            left -= 1
            lines[frame.f_lineno] += frame.f_code.co_filename == code.co_filename
        if left < 0 or left_inside < 0:
            raise DidNotEnd(lines, frame.f_lineno)
        return count

    before = sys.gettrace()
    sys.settrace(count)
    try:
        return function(argument), lines
    finally:
        sys.settrace(before)


def code_of(function: Any) -> Any:
    """Return the code object that a call runs."""
    plain = inspect.unwrap(function)
    plain = getattr(plain, "__func__", plain)
    return getattr(plain, "__code__", None) or type(plain).__call__.__code__


@dataclass(frozen=True, slots=True)
class Step:
    """A loop or a branch of a function, as it ran."""

    line: int
    text: str
    """What happened, in words."""


@dataclass(frozen=True)
class Source:
    """A function's text: its lines by number, and the loops and branches in it."""

    lines: dict[int, str]
    tree: ast.AST

    @classmethod
    def of(cls, function: Callable[..., Any]) -> Source:
        """Read it; empty where there is no text, as for a function made by `exec`."""
        try:
            texts, first = inspect.getsourcelines(inspect.unwrap(function))
            tree = ast.parse(textwrap.dedent("".join(texts)))
        except (OSError, TypeError, SyntaxError):  # a lambda's line need not parse alone
            return cls({}, ast.Module([], []))
        ast.increment_lineno(tree, first - 1)
        return cls({first + i: text.rstrip() for i, text in enumerate(texts)}, tree)

    @property
    def text(self) -> str:
        """The function alone, each line at the number it has in its file."""
        first = min(self.lines, default=1)
        return "\n" * (first - 1) + "\n".join(self.lines.values())

    def told(self, ran: Counter[int]) -> list[Step]:
        """Return what each loop and each branch did, in the order of the lines."""
        steps = []
        for node in ast.walk(self.tree):
            if isinstance(node, ast.While | ast.For):
                turns = _times(node.body[0], ran)
                text = ngettext("“{loop}” took {n} turn", "“{loop}” took {n} turns", turns)
                steps.append(Step(node.lineno, text.format(loop=_head(node), n=turns)))
            elif isinstance(node, ast.If) and ran[node.lineno]:
                taken = _times(node.body[0], ran)
                rest = ran[node.lineno] - taken
                text = _("“{branch}” was true {yes} times, false {no} times")
                if ran[node.lineno] == 1:
                    text = _("“{branch}” was true") if taken else _("“{branch}” was false")
                told = text.format(branch=_head(node), yes=taken, no=rest)
                steps.append(Step(node.lineno, told))
        return sorted(steps, key=lambda step: step.line)


def _head(node: ast.While | ast.For | ast.If) -> str:
    if isinstance(node, ast.For):
        return f"for {ast.unparse(node.target)} in {ast.unparse(node.iter)}"
    return f"{'if' if isinstance(node, ast.If) else 'while'} {ast.unparse(node.test)}"


def _times(statement: ast.stmt, ran: Counter[int]) -> int:
    """Return how often a statement ran; a call that spans lines comes back to its first one."""
    body = getattr(statement, "body", None)
    end = body[0].lineno - 1 if body else statement.end_lineno or statement.lineno
    counts = [ran[line] for line in range(statement.lineno, max(end, statement.lineno) + 1)]
    return min(filter(None, counts), default=0)


__all__ = ["DidNotEnd", "Source", "Step", "code_of", "counted"]
