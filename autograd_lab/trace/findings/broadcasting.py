"""Shapes that fit by accident: a column meets a row, and a vector of n becomes a matrix of n²."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from ...i18n import _
from ..model import Event, Ref
from .code import closed, expression
from .facts import Facts
from .model import Clue, Place
from .registry import rule

ELEMENTWISE = {"sub", "add", "mul", "div", "rsub", "pow", "mse_loss", "l1_loss"}
REDUCING = {"mean", "sum"}
SIMPLE = {"pow", "abs", "mul", "div", "square", "neg", "sqrt", "sum", "mean", "log", "exp", "add"}
BENT = {"clamp", "clamp_min", "clamp_max", "where", "maximum", "minimum", "relu", "softplus",
        "log_sigmoid", "cosh"}  # fmt: skip
"""What losses written by hand are made of beside that: Huber, hinge, quantile, log-cosh."""
DELIBERATE = re.compile(r"\bNone\b|unsqueeze|newaxis|outer|cdist")
TURNED = re.compile(r"\.m?T\b|\.t\(|transpose|permute|reshape|view")
TURNING = {"t", "numpy_T", "mT", "transpose", "permute", "unsqueeze"}
SQUARED = {"pow", "square"}


@rule(17, "column-meets-row")
def column_meets_row(facts: Facts) -> Iterator[Clue]:
    """A column [n, 1] and a vector [n] were broadcast to [n, n] on the way to a loss."""
    roots = [node for span in facts.passes for node in facts.roots(span)]
    recorded, leading = facts.ancestors(roots), facts.ancestors(roots, through_cuts=True)
    told: set[Place] = set()
    for moment, event in enumerate(facts.events):
        # PyTorch shows some losses as their last operation, with the inputs of the call.
        operation = event.name if event.kind == "detach" else event.text
        if event.node not in leading or operation not in ELEMENTWISE | REDUCING:
            continue
        pair = _column_and_row(facts, moment)
        if pair is None or facts.place(event) in told or _is_deliberate(facts, event, pair):
            continue
        is_recorded = event.kind == "op" and event.node in recorded
        judge = _reaches_a_loss if is_recorded else _spoils_a_target
        if judge(facts, event, pair):
            told.add(facts.place(event))
            yield _broadcast(facts, moment, pair)


def _column_and_row(facts: Facts, moment: int) -> tuple[Ref, Ref] | None:
    """Return the inputs of shapes [n, 1] and [n] or [1, n], if that is what they are."""
    given = [_before_expand(facts, ref, moment) for ref in facts.events[moment].inputs[:2]]
    if len(given) < 2:
        return None
    column, row = sorted(given, key=lambda ref: (-len(ref.shape), ref.shape[-1:]))
    n = column.shape[0] if column.shape else 0
    fits = n > 1 and column.shape == (n, 1) and row.shape in {(n,), (1, n)}
    return (column, row) if fits else None


def _before_expand(facts: Facts, ref: Ref, moment: int) -> Ref:
    """Return what a loss function has expanded to the common shape, the input itself otherwise."""
    made = facts.maker(ref.tensor, moment)
    event = None if made is None else facts.events[made]
    same_call = event is not None and event.expression == facts.events[moment].expression
    return event.inputs[0] if event and same_call and event.text == "expand" else ref


def _is_deliberate(facts: Facts, event: Event, pair: tuple[Ref, Ref]) -> bool:
    """Return whether the source, or that both are one tensor, says that all pairs are meant."""
    column, row = (facts.memory(ref.tensor) for ref in pair)
    return DELIBERATE.search(event.expression) is not None or column == row


def _reaches_a_loss(facts: Facts, event: Event, pair: tuple[Ref, Ref]) -> bool:
    """Return whether all pairs are averaged or summed."""
    row = pair[1]
    if len(row.shape) == 2:
        made = facts.birth(row.tensor)
        turned = TURNED.search(event.expression) or made is None or made.text in TURNING
        return not turned and _is_squared_error(facts, event, pair)
    whole = event.text.endswith("_loss") or event.text in REDUCING
    return whole or bool(_way_to_sum(facts, event.node)) or _is_bent_loss(facts, event, pair)


def _is_squared_error(facts: Facts, event: Event, pair: tuple[Ref, Ref]) -> bool:
    """Return whether a prediction's squared distances from numbers that are given are averaged.

    With [n, 1] and [1, n] somebody may well want all pairs; of those the squares are seldom averaged.
    """
    way = _way_to_sum(facts, event.node)
    squares = len(way) == 2 and facts.nodes[way[0]].op in SQUARED and event.text == "sub"
    one_is_given = len([ref for ref in pair if ref.requires_grad]) == 1
    return one_is_given and (squares or event.text == "mse_loss")


def _is_bent_loss(facts: Facts, event: Event, pair: tuple[Ref, Ref]) -> bool:
    """Return whether a prediction's errors go through pieces, as of a Huber loss, to one mean or sum.

    A column that was made of a flat tensor is laid out for all pairs.
    """
    column, row = pair
    predictions = [ref for ref in pair if ref.requires_grad]
    made = facts.birth(column.tensor)
    laid_out = made is not None and any(ref.shape == row.shape for ref in made.inputs[:1])
    if len(predictions) != 1 or predictions[0].is_leaf or laid_out or event.node is None:
        return False
    ended, waiting, seen = False, [event.node], {event.node}
    while waiting:
        node = waiting.pop()
        for user in {user for user, cut in facts.users[node] if not cut}:
            op, value = facts.nodes[user].op, facts.nodes[user].value
            if op in REDUCING and value is not None and value.shape == ():
                ended = True
            elif op in REDUCING or op not in SIMPLE | ELEMENTWISE | BENT:
                return False
            elif user not in seen:
                seen.add(user)
                waiting.append(user)
    return ended


def _spoils_a_target(facts: Facts, event: Event, pair: tuple[Ref, Ref]) -> bool:
    """Return whether a constant that a network gave is compared with a prediction, one of n."""
    behind = facts.ancestors([] if event.node is None else [event.node], through_cuts=True)
    learned = any(facts.nodes[node].kind == "leaf" for node in behind)
    n = pair[1].shape[-1]
    way = [facts.nodes[node] for node in _way_to_sum(facts, event.node, through_cuts=True)]
    if not learned or any(node.value and node.value.shape != (n, n) for node in way[:-1]):
        return False
    compared = [node.id for node in way if node.op == "sub" or node.op.endswith("_loss")]
    met = {source for node in compared for source, _cut in facts.sources[node]}
    # A loss function expands both sides first.
    met |= {
        s for node in met if facts.nodes[node].op == "expand" for s, _cut in facts.sources[node]
    }
    predictions = (facts.nodes[node] for node in met if facts.nodes[node].requires_grad)
    return any(
        node.value is not None and node.value.shape in {(n,), (n, 1)} for node in predictions
    )


def _way_to_sum(facts: Facts, node: int | None, through_cuts: bool = False) -> list[int]:
    """Return the nodes from one to a sum over all elements, if only such on elements stand between."""
    allowed = SIMPLE | ELEMENTWISE | ({"detach", "expand"} if through_cuts else set())
    way: list[int] = []
    while node is not None:
        users = {user for user, cut in facts.users[node] if through_cuts or not cut}
        if len(users) != 1:
            return []
        user = facts.nodes[users.pop()]
        way.append(user.id)
        whole = user.op in REDUCING or user.op.endswith("_loss")
        if whole and user.value is not None and user.value.shape == ():
            return way
        if user.op not in allowed:
            return []
        node = user.id
    return []


def _operands(facts: Facts, moment: int, column: Ref) -> list[str]:
    """Return how the source calls the column and the row, `[]` if it cannot be told."""
    event = facts.events[moment]
    tree = expression(event.expression)
    sides: list[ast.expr] = []
    if isinstance(tree, ast.BinOp):
        sides = [tree.left, tree.right]
    elif isinstance(tree, ast.Call) and len(tree.args) > 1:
        sides = tree.args[:2]
    written = [ast.unparse(side) for side in sides]
    # An operation's inputs have the order of the source.
    if _before_expand(facts, event.inputs[0], moment) != column:
        written.reverse()
    return written


def _broadcast(facts: Facts, moment: int, pair: tuple[Ref, Ref]) -> Clue:
    n = pair[0].shape[0]
    column, row = _operands(facts, moment, pair[0]) or [facts.label(ref.tensor) for ref in pair]
    alike = _("Give both one shape: {column}.squeeze(1), or {row}.unsqueeze(1).")
    if len(pair[1].shape) == 2:
        alike = _("Give both one shape: {row}.reshape(-1, 1), a column as well.")
    return Clue(
        facts.place(facts.events[moment]),
        _(
            "{column} has the shape [{n}, 1], {row} the shape {shape}: together they become [{n}, "
            "{n}], every entry of one with every entry of the other, {all} numbers instead of {n}."
        ).format(
            column=column or _("One side"),
            row=row or _("the other"),
            shape=list(pair[1].shape),
            n=n,
            all=n * n,
        ),
        _(
            "Shapes are aligned from the last dimension, and a size of 1 is repeated. Nothing "
            "raises, the mean is one number all the same; but it is the mean of the wrong numbers, "
            "and so is the gradient."
        ),
        alike.format(column=closed(column) or "y_hat", row=closed(row) or "y"),
    )


__all__: list[str] = []
