"""Parts of a loss that are added to it as plain numbers, or without a history."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from ...i18n import _
from ..model import Node
from . import cut_texts
from .code import assigned, expression, names_in
from .cutting import Cut, behind
from .facts import Facts
from .model import Clue, Place
from .registry import rule
from .targets import called
from .trails import NUMBERS, first_passes, reading_out


@rule(4, "penalty-of-numbers", needs_all=True)
def penalty_of_numbers(facts: Facts) -> Iterator[Clue]:
    """A number was read out and added to the loss, which it cannot move."""
    told, read = set(), reading_out(facts)
    walked = facts.ancestors(node for span in facts.passes for node in facts.roots(span))
    for span in first_passes(facts) if read else ():
        for node in _sums(facts, facts.roots(span)):
            part = _number(facts, node)
            cut = None if part is None else _behind(facts, part, facts.place(node), read)
            if part is None or cut is None or cut.place in told or cut.lost is None:
                continue
            # What the loss depends on besides is a matter of its own: abs(loss - b) + b.
            before = facts.ancestors([] if cut.lost.node is None else [cut.lost.node])
            if (
                cut.lost.node not in walked
                and {facts.nodes[n].tensor for n in before} & facts.moved
            ):
                told.add(cut.place)
                yield _clue(facts, cut, part, facts.place(node))


def _sums(facts: Facts, roots: list[int]) -> Iterator[Node]:
    """Yield the sums that a loss is made of, the last one first."""
    waiting, seen = list(roots), set()
    while waiting:
        node = facts.nodes[waiting.pop()]
        if node.op in {"add", "sub"} and node.id not in seen:
            seen.add(node.id)
            yield node
            waiting += [source for source, cut in facts.sources.get(node.id, ()) if not cut]


def _number(facts: Facts, node: Node) -> ast.expr | None:
    """Return what was added to the only tensor of a sum, as it is written."""
    used = [facts.nodes[source] for source, _cut in facts.sources.get(node.id, ())]
    used = [each for each in used if each.op not in NUMBERS]
    statement, tree = facts.code.statement(facts.place(node)), expression(node.expression)
    if len(used) != 1:
        return None
    if isinstance(statement, ast.AugAssign):
        return statement.value
    sides = (tree.left, tree.right) if isinstance(tree, ast.BinOp) else ()
    others = [side for side in sides if not _is(facts, used[0], side)]
    return others[0] if len(others) == 1 else None


def _is(facts: Facts, node: Node, side: ast.expr) -> bool:
    """Return whether an operation's result is what a piece of source stands for."""
    names = {name for name, _value in assigned(facts.code.statement(facts.place(node)))}
    made = expression(node.expression)
    return ast.unparse(side) in names | {"" if made is None else ast.unparse(made)}


def _behind(facts: Facts, part: ast.expr, place: Place, read: dict[Place, Cut]) -> Cut | None:
    """Return where the numbers of a part of a line were read out."""
    here = read.get(place)
    if here is not None and here.source in ast.unparse(part):
        return here
    for name in dict.fromkeys(names_in(part)):
        for start in facts.code.definitions(name, place) + facts.code.returns_of(name):
            found = next((read[line] for line in facts.code.behind(start) if line in read), None)
            if found is not None:
                return found
    return None


def _clue(facts: Facts, cut: Cut, part: ast.expr, loss: Place) -> Clue:
    return Clue(
        cut.place,
        _("`{part}` is a plain number in the loss ({line}): {how} cut its history.").format(
            part=ast.unparse(part), line=facts.spoken(loss, cut.place), how=cut_texts.how(cut)
        ),
        _(
            "A number that is added to a loss shifts its value and changes no gradient: training goes on "
            "as if it were not there."
        ),
        cut_texts.fix(facts, cut),
    )


@rule(8, "term-without-gradient", needs_all=True)
def term_without_gradient(facts: Facts) -> Iterator[Clue]:
    """A term of the loss was computed in no_grad, from what has a graph that leads nowhere else."""
    told, spans = set(), first_passes(facts)
    walked = facts.ancestors(node for span in facts.passes for node in facts.roots(span))
    for node in (sum_ for span in spans for sum_ in _sums(facts, facts.roots(span))):
        moment = facts.made_at.get(node.id, 0)
        for ref in facts.events[moment].inputs:
            cut = None if ref.requires_grad else behind(facts, ref.tensor, moment)
            lost = _results_lost(facts, cut) if cut is not None and cut.by_mode else []
            # What the loss depends on besides is a matter of its own, as a baseline is.
            if cut is None or not lost or walked & set(lost) or cut.place in told:
                continue
            leaves = {facts.nodes[n].tensor for n in facts.ancestors(lost)}
            if leaves & facts.moved:
                told.add(cut.place)
                name = called(facts, facts.nodes[lost[0]])
                yield _term_clue(facts, cut, name, facts.place(node))


def _results_lost(facts: Facts, cut: Cut) -> list[int]:
    """Return the recorded results that lost their histories at a cut; leaves are none."""
    nodes = [ref.node for ref in facts.events[cut.moment].inputs if ref.requires_grad]
    return [node for node in nodes if node is not None and facts.nodes[node].kind == "op"]


def _term_clue(facts: Facts, cut: Cut, name: str, loss: Place) -> Clue:
    return Clue(
        cut.place,
        _(
            "A term of the loss ({line}) is a constant: {how} was on where it was computed from {name}."
        ).format(
            line=facts.spoken(loss, cut.place), how=cut.how, name=name or _("what requires grad")
        ),
        _(
            "Such a term shifts the value of the loss and changes no gradient: training goes on as if it "
            "were not there."
        ),
        cut_texts.fix(facts, cut),
    )


__all__: list[str] = []
