"""`einsum`: sums of products named by letters, done as torch does: permute, then multiply in batches."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from typing import Any

from ..register import functions
from ..tensor import Tensor
from .elementwise import mul
from .matmul import bmm
from .reduce import sum_dims
from .selecting import diagonal
from .shape import reshape, view
from .squeezing import unsqueeze
from .transposing import movedim, permute

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
"""The letters that may name dimensions, in the order of an output that is not spelled out."""
DOTS = "..."


def einsum(*args: Any) -> Any:
    """Return the sums of products that an equation such as `"ij,jk->ik"` names.

    Letters name dimensions; those missing on the right are summed over; `...` stands for any others.
    Instead of an equation, each operand may be followed by a list of numbers.
    """
    equation, operands = _sorted_out(args)
    left, arrow, right = equation.partition("->")
    _check_letters(left, arrow, right)
    parts = left.split(",")
    _check_count(len(parts), len(operands))
    terms = [_labels(part, f"for operand {i}") for i, part in enumerate(parts)]
    dots = _check_ranks(terms, operands)
    names = _output(terms, _labels(right, "in the output") if arrow else None, dots)
    count = len(names)
    names += [
        label
        for label in _in_order({label for term in terms for label in term})
        if label not in names
    ]
    layout = [axis for name in names for axis in _axes(name, dots)]
    out = sum(dots if name == DOTS else 1 for name in names[:count])
    aligned = [
        _aligned(operand, term, layout, dots, i)
        for i, (operand, term) in enumerate(zip(operands, terms, strict=True))
    ]
    _check_sizes(aligned, layout, terms, dots)
    return _contracted(aligned, out)


def _sorted_out(args: Sequence[Any]) -> tuple[str, list[Tensor]]:
    """Return equation and operands; operands and lists of numbers in turn become an equation."""
    if len(args) < 2:
        raise ValueError(
            "einsum(): must specify the equation string and at least one operand, or at least one "
            "operand and its subscripts list"
        )
    if isinstance(args[0], str):
        operands = args[1] if isinstance(args[1], (tuple, list)) else args[1:]
        return args[0], list(operands)
    terms = ["".join(DOTS if n is Ellipsis else LETTERS[n] for n in each) for each in args[1::2]]
    operands = args[0::2]
    equation = ",".join(terms)
    if len(args) % 2:
        operands = operands[:-1]
        last = "".join(DOTS if n is Ellipsis else LETTERS[n] for n in args[-1])
        equation = f"{equation}->{last}"
    return equation, list(operands)


def _check_letters(left: str, arrow: str, right: str) -> None:
    """Raise for what is neither a letter nor a dot, a space, or between operands a comma."""
    for i, letter in enumerate(f"{left}{arrow}{right}"):
        inside = len(left) <= i < len(left) + len(arrow)
        between = letter == "," and i < len(left)
        if not (inside or between or letter in LETTERS or letter in ". "):
            raise RuntimeError(
                f"einsum(): invalid subscript given at index {i} in the equation string, subscripts "
                "must be in [a-zA-Z]"
            )


def _check_count(named: int, given: int) -> None:
    if named > given:
        raise RuntimeError("einsum(): fewer operands were provided than specified in the equation")
    if named < given:
        raise RuntimeError("einsum(): more operands were provided than specified in the equation")


def _labels(part: str, where: str) -> list[str]:
    """Return the letters (and dots) of one operand."""
    labels: list[str] = []
    i = 0
    while i < len(part):
        if part[i] == ".":
            if part[i : i + 3] != DOTS:
                raise RuntimeError(f"einsum(): found '.' {where} that is not part of any ellipsis")
            if DOTS in labels:
                raise RuntimeError(
                    f"einsum(): found '.' {where} for which an ellipsis was already found"
                )
            labels.append(DOTS)
            i += 3
            continue
        if part[i] != " ":
            labels.append(part[i])
        i += 1
    return labels


def _check_ranks(terms: Sequence[Sequence[str]], operands: Sequence[Tensor]) -> int:
    """Return how many dimensions the dots stand for."""
    most = 0
    for i, (term, operand) in enumerate(zip(terms, operands, strict=True)):
        count = len(term) - (DOTS in term)
        if count > operand.ndim or (count < operand.ndim and DOTS not in term):
            more = "is more than" if DOTS in term else "does not match"
            raise RuntimeError(
                f"einsum(): the number of subscripts in the equation ({count}) {more} the number of "
                f"dimensions ({operand.ndim}) for operand {i}"
                + ("" if DOTS in term else " and no ellipsis was given")
            )
        if DOTS in term:
            most = max(most, operand.ndim - count)
    return most


def _output(terms: Sequence[Sequence[str]], given: list[str] | None, dots: int) -> list[str]:
    """Return the labels of the result: those given, or the dots and all letters that occur once."""
    counted = Counter(label for term in terms for label in term)
    if given is None:
        once = [label for label in LETTERS if counted[label] == 1]
        return [DOTS, *once] if counted[DOTS] else once
    for label in given:
        if label != DOTS and given.count(label) > 1:
            raise RuntimeError(
                f"einsum(): output subscript {label} appears more than once in the output"
            )
        if label != DOTS and not counted[label]:
            raise RuntimeError(
                f"einsum(): output subscript {label} does not appear in the equation for any input "
                "operand"
            )
    return given


def _in_order(labels: set[str]) -> list[str]:
    return [label for label in (DOTS, *LETTERS) if label in labels]


def _axes(name: str, dots: int) -> list[Any]:
    """Return a label's dimensions: one, or as many as the dots stand for."""
    return [(DOTS, i) for i in range(dots)] if name == DOTS else [name]


def _aligned(operand: Tensor, term: Sequence[str], layout: list[Any], dots: int, i: int) -> Any:
    """Return an operand with all dimensions of `layout`, in that order, size 1 where it has none."""
    axes: list[Any] = []
    hidden = operand.ndim - (len(term) - 1)
    for label in term:
        if label == DOTS:
            axes += [(DOTS, dots - hidden + j) for j in range(hidden)]
            continue
        if label not in axes:
            axes.append(label)
            continue
        first, second = axes.index(label), len(axes)
        if operand.shape[first] != operand.shape[second]:
            raise RuntimeError(
                f"einsum(): subscript {label} is repeated for operand {i} but the sizes don't match, "
                f"{operand.shape[second]} != {operand.shape[first]}"
            )
        operand = movedim(diagonal.apply(operand, 0, first, second), -1, first)
    for axis in layout:
        if axis not in axes:
            operand = unsqueeze.apply(operand, len(axes))
            axes.append(axis)
    return permute.apply(operand, tuple(axes.index(axis) for axis in layout))


def _check_sizes(
    operands: Sequence[Tensor], layout: list[Any], terms: list[list[str]], dots: int
) -> None:
    """Raise if dimensions of one name differ in size, other than by being 1."""
    seen = dict.fromkeys(layout, 1)
    for i, (operand, term) in enumerate(zip(operands, terms, strict=True)):
        for axis in (axis for label in term for axis in _axes(label, dots)):
            size, before = operand.shape[layout.index(axis)], seen[axis]
            if size != 1 != before != size:
                raise RuntimeError(_sizes_differ(axis, i, term, size, before))
            seen[axis] = max(size, before) if size and before else 0


def _sizes_differ(axis: Any, i: int, term: list[str], size: int, before: int) -> str:
    if isinstance(axis, str):
        return (
            f"einsum(): subscript {axis} has size {size} for operand {i} which does not "
            f"broadcast with previously seen size {before}"
        )
    return (
        f"einsum(): dimension {term.index(DOTS) + axis[1]} covered by ellipsis in operand {i}has size "
        f"{size} which does not broadcast with previously seen ellipsis with size {before} for the "
        "respective dimension"
    )


def _contracted(operands: list[Any], out: int) -> Any:
    """Multiply the operands from left to right, summing what no later one needs; keep `out` dimensions."""
    result, *others = operands
    rank = result.ndim
    if not others:
        return sum_dims.apply(result, tuple(range(out, rank)), False) if rank > out else result
    uses = [sum(each.shape[d] != 1 for each in operands) for d in range(rank)]
    for other in others:
        together: list[int] = []
        here: list[int] = []
        there: list[int] = []
        for d in range(out, rank):
            if result.shape[d] != 1 and other.shape[d] != 1:
                uses[d] -= 1
                if uses[d] == 1:
                    together.append(d)
                    uses[d] = 0
            elif uses[d] == 1 and (result.shape[d] != 1 or other.shape[d] != 1):
                (here if result.shape[d] != 1 else there).append(d)
                uses[d] = 0
        if here:
            result = sum_dims.apply(result, tuple(here), True)
        if there:
            other = sum_dims.apply(other, tuple(there), True)
        result = _product(result, other, together) if together else mul.apply(result, other)
    return view.apply(result, tuple(result.shape[:out])) if rank > out else result


def _product(left: Tensor, right: Tensor, summed: Sequence[int]) -> Any:
    """Return the sum over `summed` of the products, these dimensions kept as size 1, by `bmm`."""
    both: list[int] = []
    only_left: list[int] = []
    only_right: list[int] = []
    for d in range(left.ndim):
        if d not in summed:
            in_left, in_right = left.shape[d] != 1, right.shape[d] != 1
            (both if in_left and in_right else only_left if in_left else only_right).append(d)
    batch, rows, inner = ([left.shape[d] for d in ds] for ds in (both, only_left, summed))
    columns = [right.shape[d] for d in only_right]
    sizes = [math.prod(each) for each in (batch, rows, inner, columns)]
    left = permute.apply(left, (*both, *only_left, *summed, *only_right))
    right = permute.apply(right, (*both, *summed, *only_right, *only_left))
    product = bmm.apply(
        reshape(left, (sizes[0], sizes[1], sizes[2])),
        reshape(right, (sizes[0], sizes[2], sizes[3])),
    )
    order = [*both, *only_left, *summed, *only_right]
    full = view.apply(product, (*batch, *rows, *(1 for _ in summed), *columns))
    return permute.apply(full, tuple(order.index(d) for d in range(len(order))))


functions["einsum"] = einsum
