"""A network that is to predict its own output, with nothing to keep that from becoming a constant."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from ...i18n import _
from ..model import Node
from .code import expression
from .facts import Facts
from .model import Clue, Place
from .policies import carrying
from .registry import rule
from .targets import called, leaves_of, set_at, taken_as_given, used_elsewhere

DISTANCES = {"mse_loss", "l1_loss", "smooth_l1_loss", "huber_loss"}
ARITHMETIC = {"add", "sub", "rsub", "mul", "div", "neg"}
SUMMING = {*ARITHMETIC, "mean", "sum", "pow", "square", "abs", "sqrt", "linalg_vector_norm"}


@rule(23, "both-sides-of-one-network")
def collapse(facts: Facts) -> Iterator[Clue]:
    """A loss only compares a network's output with another layer's prediction of it: both move."""
    spans = {node: _comparisons(facts, node) for s in facts.passes for node in facts.roots(s)}
    found = {
        node: [_target(facts, each, minus) for each, minus in parts]
        for node, parts in spans.items()
    }
    alone = {node for node, targets in found.items() if targets and all(targets)}
    others = [facts.nodes[node] for node in found if node not in alone] if alone else []
    elsewhere = set[int | None]().union(*(leaves_of(facts, node) for node in others))
    told: set[Place] = set()
    for node in sorted(alone):
        for (compared, _minus), target in zip(spans[node], found[node], strict=True):
            if target is not None and not leaves_of(facts, target) & elsewhere:
                clue = _clue(facts, compared, target)
                if clue.place not in told:
                    told.add(clue.place)
                    yield clue


def _comparisons(facts: Facts, root: int) -> list[tuple[Node, bool]]:
    """Return the comparisons that a loss is a sum of, and which have a minus; none if it has more."""
    found: list[tuple[Node, bool]] = []
    waiting = [(root, False)]
    while waiting:
        place, minus = waiting.pop()
        node = facts.nodes[place]
        if _is_comparison(facts, node):
            found.append((node, minus))
        elif node.op in SUMMING:
            for slot, (source, cut) in enumerate(facts.sources.get(place, ())):
                flips = node.op in {"neg", "rsub"} or (node.op == "sub" and slot == 1)
                if facts.nodes[source].requires_grad and not cut:
                    waiting.append((source, minus != flips))
        else:
            return []
    return found


def _is_comparison(facts: Facts, node: Node) -> bool:
    """Return whether two values that carry gradients are compared, number by number or by angle."""
    pair = carrying(facts, node.id)
    if len(pair) != 2:
        return False
    numbers = node.op == "sub" and node.value is not None and node.value.shape != ()
    return numbers or node.op in DISTANCES or _is_cosine(node, pair)


def _is_cosine(node: Node, pair: list[Node]) -> bool:
    by_hand = all(_is_normalized(side) for side in pair)
    return node.op == "mul" and (by_hand or "cosine_similarity(" in node.expression)


def _is_normalized(node: Node) -> bool:
    return node.expression.partition("(")[0].endswith("normalize")


def _target(facts: Facts, compared: Node, minus: bool) -> Node | None:
    """Return the side that is predicted: its network is below the other side, with a layer on top."""
    pair = carrying(facts, compared.id)
    if minus != _is_cosine(compared, pair):
        return None
    one, two = (_operand(facts, compared, side) for side in pair)
    for target, other in ((two, one), (one, two)):
        behind = {n for n in facts.ancestors([target.id]) if facts.nodes[n].kind == "op"}
        below, all_of_it = leaves_of(facts, target), leaves_of(facts, other)
        apart = not behind & facts.ancestors([other.id])
        layers = not {target.op, other.op} & ARITHMETIC
        if apart and layers and below and below < all_of_it <= facts.moved:
            learned = [t for t in all_of_it if t is not None and facts.trace.tensors[t].parameter]
            return target if len(learned) == len(all_of_it) else None
    return None


def _operand(facts: Facts, compared: Node, side: Node) -> Node:
    """Return what was compared, without the lengths that it was divided by."""
    while side.expression == compared.expression or _is_normalized(side):
        used = carrying(facts, side.id)
        if not used:
            break
        side = used[0]
    return side


def _clue(facts: Facts, compared: Node, target: Node) -> Clue:
    name, place = called(facts, target), facts.place(compared)
    elsewhere = used_elsewhere(facts, target, compared.expression)
    if name and not elsewhere:
        place = set_at(facts, target, name)
    else:
        name = _argument(facts, compared, target) or name
    return Clue(
        place,
        _(
            "{name} comes from the same network as its prediction, and the loss ({line}) moves both."
        ).format(name=name or _("The target"), line=facts.spoken(facts.place(compared), place)),
        _(
            "Nothing else is in this loss. A network that gives the same for every input makes it as "
            "small as it can be, and that is what is learned: the outputs collapse."
        ),
        taken_as_given(facts, place, name, target, elsewhere),
    )


def _argument(facts: Facts, compared: Node, target: Node) -> str:
    """Return how the source calls the side that is predicted, `""` if it cannot be told."""
    tree = expression(compared.expression)
    sides = [_operand(facts, compared, side).id for side in carrying(facts, compared.id)]
    written = [tree.left, tree.right] if isinstance(tree, ast.BinOp) else getattr(tree, "args", [])
    return ast.unparse(written[sides.index(target.id)]) if len(written) > 1 else ""


__all__: list[str] = []
