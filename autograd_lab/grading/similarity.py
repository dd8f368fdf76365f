"""Which submissions have code of the same structure: advice on where to look, never a verdict.

    for pair in similar({"ann": [source, …], "ben": […]}, given=[released cells]):
        print(pair.first, pair.second, pair.share)

Names, numbers, texts, comments and layout are dropped; what is compared is how the code is built.
Short answers, and answers for which there is one natural way, are alike without anybody having
copied. Method: k-grams of the syntax tree and the share they have in common, as in S. Schleimer,
D. Wilkerson, A. Aiken, "Winnowing: Local Algorithms for Document Fingerprinting" (2003), without
the winnowing: a class's notebooks are small.
"""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

GRAM = 8
"""Nodes of the syntax in a row that are compared as one; shorter rows are alike everywhere."""
LEAST = 40
"""Code of fewer such rows is too short to say anything."""
SHARE = 0.85
"""From this share of common rows on, a pair is worth a look."""
COMMON = 0.5
"""Rows in the code of more than this part of a class are the natural way, and say nothing."""

Grams = Counter[tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Pair:
    """Two students whose code is alike."""

    first: str
    second: str
    share: float
    """How much of their code has the same structure, from 0 to 1."""


def similar(
    classroom: Mapping[str, Sequence[str]], given: Sequence[str] = (), share: float = SHARE
) -> list[Pair]:
    """Return the pairs whose code has at least `share` in common, the most alike first.

    `classroom` holds each student's cells; what is in `given`, the released ones, counts for nobody.
    Cells that are no Python are left out. `share` is above 0 and at most 1, or ValueError is raised.
    """
    if not 0 < share <= 1:
        raise ValueError(f"share must be above 0 and at most 1, not {share}")
    known = set(given)
    grams = {
        student: _grams(cell for cell in cells if cell not in known)
        for student, cells in classroom.items()
    }
    spread = Counter(gram for found in grams.values() for gram in found)
    most = max(2, COMMON * len(grams))
    telling = {
        student: Counter({gram: count for gram, count in found.items() if spread[gram] <= most})
        for student, found in grams.items()
    }
    enough = sorted(student for student, found in telling.items() if found.total() >= LEAST)
    pairs = [
        Pair(first, second, round(alike, 3))
        for first, second in combinations(enough, 2)
        if (alike := _share(telling[first], telling[second])) >= share
    ]
    return sorted(pairs, key=lambda pair: (-pair.share, pair.first, pair.second))


def _share(first: Grams, second: Grams) -> float:
    """Return how much of the longer code is in the shorter one."""
    return (first & second).total() / max(first.total(), second.total())


def _grams(cells: Iterator[str]) -> Grams:
    """Count the rows of syntax in some cells."""
    found: Grams = Counter()
    for cell in cells:
        try:
            # Shell commands and magics are no Python.
            lines = [line for line in cell.splitlines() if not line.lstrip().startswith(("%", "!"))]
            kinds = list(_kinds(ast.parse("\n".join(lines))))
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            continue
        found.update(tuple(kinds[i : i + GRAM]) for i in range(len(kinds) - GRAM + 1))
    return found


def _kinds(tree: ast.AST) -> Iterator[str]:
    """Yield the kinds of the nodes in the order they are written, without names and values."""
    stack = [tree]
    while stack:
        node = stack.pop()
        if isinstance(node, ast.expr_context) or _is_docstring(node):
            continue
        yield type(node).__name__
        stack.extend(reversed(list(ast.iter_child_nodes(node))))


def _is_docstring(node: ast.AST) -> bool:
    match node:
        case ast.Expr(ast.Constant(str())):
            return True
    return False


__all__ = ["Pair", "similar"]
