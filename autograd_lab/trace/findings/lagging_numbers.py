"""States of a loop whose numbers are read out, computed with, and added to the next state."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field

from ...i18n import _
from . import cut_texts
from .calls import LOOPS, loops
from .code import assigned, expression, walk
from .cutting import Cut
from .facts import Facts
from .model import Clue, Place
from .registry import rule
from .trails import reading_out

NUMBER = "_number_"
"""What stands for the number that was read out, where the source of a loop is looked at."""
JUMPING = {"round", "floor", "ceil", "trunc", "int"}
"""What has no derivative: leaving it out of a gradient is no loss, and straight-through is meant."""
SMOOTH = {
    "abs", "pow", "sqrt", "exp", "log", "sin", "cos", "tan", "tanh", "sinh", "cosh", "atan", "hypot",
}  # fmt: skip


@dataclass
class Turn:
    """One turn of a loop as source, with what is known of what it computed."""

    sets: list[tuple[Place, str, ast.expr]]
    """What it sets, in order."""
    states: set[str]
    """Variables that are computed from what they were in the turn before."""
    tensors: set[tuple[Place, str]]
    """The formulas, by their lines, that gave tensors; `""` for one that is not known."""
    numbers: set[str] = field(default_factory=lambda: {NUMBER})
    """Variables that Python computes from the number."""
    bent: bool = False
    """Whether they are anything else than the number itself plus something."""

    def is_number(self, place: Place, tree: ast.expr) -> bool:
        """Return whether a formula with the number in it gave a number, not a tensor."""
        if isinstance(tree, ast.Name | ast.Attribute):
            return ast.unparse(tree) in self.numbers
        made = {(place, ast.unparse(tree)), (place, "")}
        return _carries(self, tree) and not made & self.tensors


@rule(4, "state-read-as-number")
def state_read_as_number(facts: Facts) -> Iterator[Clue]:
    """The number of a state is read out in a loop, and a part of the next state is computed from it."""
    walked = facts.ancestors(node for span in facts.passes for node in facts.roots(span))
    recorded = {facts.place(facts.nodes[node]) for node in walked}
    for place, cut in reading_out(facts).items():
        around, state = loops(facts, place), _converted(cut.source)
        turn = _turn(facts, place, around[-1], cut.source) if around and state else None
        if turn is None or state not in turn.states or not _follow(turn):
            continue
        for line, name, value in turn.sets:
            fed_back = name == state or any(
                n == state and name in _read(v) for _p, n, v in turn.sets
            )
            if line in recorded and name in turn.states and fed_back and _adds(turn, line, value):
                yield _clue(facts, cut, state, name, line)
                break


def _converted(source: str) -> str:
    """Return the variable of `v.item()` or `float(v)`."""
    match expression(source):
        case ast.Call(func=ast.Attribute(value=value, attr="item"), args=[]):
            return ast.unparse(value) if isinstance(value, ast.Name | ast.Attribute) else ""
        case ast.Call(func=ast.Name(id="float"), args=[ast.Name() | ast.Attribute() as value]):
            return ast.unparse(value)
    return ""


def _turn(facts: Facts, place: Place, loop: ast.stmt, source: str) -> Turn | None:
    """Return what a loop sets and computes; None if it contains another loop."""
    if any(isinstance(node, LOOPS) and node is not loop for node in walk(loop)):
        return None
    sets = []
    for node in walk(loop):
        pairs = assigned(node) if isinstance(node, ast.stmt) else []
        if isinstance(node, ast.AugAssign):
            target = ast.unparse(node.target)
            before = ast.parse(target, mode="eval").body
            pairs = [(target, ast.BinOp(before, node.op, node.value))]
        for name, value in pairs:
            where = Place(place.cell, getattr(node, "lineno", None))
            sets.append((where, name, _with_number(value, source)))
    sets.sort(key=lambda each: each[0].number or 0)
    states = {name for _place, name, value in sets if name in _read(value)}
    return Turn(
        sets, states, set(_tensors(facts, source, {where for where, _name, _value in sets}))
    )


def _tensors(facts: Facts, source: str, lines: set[Place]) -> Iterator[tuple[Place, str]]:
    """Yield the formulas on these lines that gave tensors, each with its line."""
    known = set()
    for event in facts.trace.of_kind("op", "plain"):
        found = facts.place(event), event.expression
        if (event.outputs or event.node is not None) and found[0] in lines and found not in known:
            known.add(found)
            tree = expression(event.expression)
            text = "" if tree is None else ast.unparse(_with_number(tree, source))
            yield found[0], text


def _with_number(tree: ast.expr, source: str) -> ast.expr:
    """Return a formula with a variable in place of the number's reading-out."""
    return ast.parse(ast.unparse(tree).replace(source, NUMBER), mode="eval").body


def _follow(turn: Turn) -> bool:
    """Fill in what is computed from the number; return whether all of it has a derivative."""
    for place, name, value in turn.sets:
        if any(_jumps(node) and _read(node) & turn.numbers for node in walk(value)):
            return False
        if name not in turn.states and turn.is_number(place, value):
            turn.numbers.add(name)
            turn.bent |= _bends(value)
    return True


def _jumps(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and _last(node.func) in JUMPING


def _bends(tree: ast.AST) -> bool:
    """Return whether a formula multiplies, or calls a function."""
    return any(isinstance(n, ast.Mult | ast.Div | ast.Pow | ast.Call) for n in walk(tree))


def _carries(turn: Turn, tree: ast.expr) -> bool:
    """Return whether a formula is computed from the number, and smoothly so."""
    match tree:
        case ast.Name() | ast.Attribute():
            return ast.unparse(tree) in turn.numbers
        case ast.BinOp(op=ast.Add() | ast.Sub() | ast.Mult() | ast.Div() | ast.Pow()):
            return _carries(turn, tree.left) or _carries(turn, tree.right)
        case ast.UnaryOp(op=ast.USub()):
            return _carries(turn, tree.operand)
        case ast.Call() if _last(tree.func) in SMOOTH:
            return any(_carries(turn, argument) for argument in tree.args)
    return False


def _adds(
    turn: Turn, place: Place, tree: ast.expr, added: bool = False, scaled: bool = False
) -> bool:
    """Return whether a new state has a summand that is a number computed from the old one's."""
    if turn.is_number(place, tree):
        return added and (scaled or turn.bent or _bends(tree))
    match tree:
        case ast.BinOp(left=left, op=ast.Add() | ast.Sub(), right=right):
            return any(_adds(turn, place, side, True, scaled) for side in (left, right))
        case ast.BinOp(left=left, op=ast.Mult() | ast.Div(), right=right):
            return any(
                _adds(turn, place, side, False, True)
                for side, other in ((left, right), (right, left))
                if not _read(other) & turn.states
            )
    return False


def _read(tree: ast.AST) -> set[str]:
    return {ast.unparse(node) for node in walk(tree) if isinstance(node, ast.Name | ast.Attribute)}


def _last(tree: ast.expr) -> str:
    return ast.unparse(tree).rpartition(".")[2]


def _clue(facts: Facts, cut: Cut, state: str, name: str, line: Place) -> Clue:
    return Clue(
        cut.place,
        _(
            "`{source}` is a plain number, and the next {name} ({line}) is computed from it: the "
            "gradient leaves this part out."
        ).format(source=cut.source, name=name, line=facts.spoken(line, cut.place)),
        _(
            "What comes next depends on {state} through this number, too, but a number has no "
            "history. backward() runs without an error and gives another value than the derivative "
            "of what is computed here."
        ).format(state=state),
        cut_texts.fix(facts, cut),
    )


__all__: list[str] = []
