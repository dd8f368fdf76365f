"""One number per row of a square matrix, lined up with its columns: a forgotten keepdim."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from ...i18n import _
from ..model import Event, Node, Ref
from .broadcasting import DELIBERATE
from .code import expression
from .facts import Facts
from .model import Clue, Place
from .registry import rule

PER_ROW = {"sum", "mean", "std", "var", "norm", "linalg_vector_norm", "amax", "amin", "max", "min",
           "logsumexp"}  # fmt: skip
SQUARING = {"pow", "square", "abs", "mul"}
SCALING = {"add", "clamp", "clamp_min", "sqrt", "abs", "mul"}


@rule(17, "keepdim-forgotten")
def keepdim_forgotten(facts: Facts) -> Iterator[Clue]:
    """A square matrix is centred or divided by what was computed of its rows, but along the columns."""
    leading = facts.ancestors(node for span in facts.passes for node in facts.roots(span))
    told: set[Place] = set()
    for moment, event in enumerate(facts.events):
        place = facts.place(event)
        if event.kind != "op" or event.node not in leading or event.text not in {"sub", "div"}:
            continue
        if place in told or DELIBERATE.search(facts.code.line(place)):
            continue
        reduced = _reduced(facts, moment)
        if reduced is not None and not _is_symmetric(facts, event, reduced):
            told.add(place)
            yield _clue(facts, event, reduced)


def _reduced(facts: Facts, moment: int) -> Event | None:
    """Return the reduction over each row of the matrix that its result now meets."""
    inputs = facts.events[moment].inputs
    if len(inputs) != 2:
        return None
    matrix, vector = inputs
    n = vector.shape[0] if vector.shape else 0
    if n < 2 or matrix.shape != (n, n) or vector.shape != (n,):
        return None
    made = facts.maker(vector.tensor, moment)
    while made is not None:
        event = facts.events[made]
        if event.text in PER_ROW and _is_by_row(event.expression):
            of = [event.inputs[0], *_squared(facts, event.inputs[0], made)]
            return event if any(_is_same(facts, ref, matrix, moment) for ref in of) else None
        vectors = [ref for ref in event.inputs if ref.shape == (n,)]
        if event.text not in SCALING or len(vectors) != 1:
            return None
        made = facts.maker(vectors[0].tensor, made)
    return None


def _squared(facts: Facts, square: Ref, moment: int) -> tuple[Ref, ...]:
    """Return what was squared, in `(m ** 2).sum(dim=1)` or `(m * m).sum(dim=1)`."""
    made = facts.maker(square.tensor, moment)
    event = None if made is None else facts.events[made]
    alone = event is not None and len({ref.tensor for ref in event.inputs}) == 1
    return event.inputs[:1] if event is not None and alone and event.text in SQUARING else ()


def _is_by_row(source: str) -> bool:
    """Return whether a call reduces the second of two dimensions, and drops it."""
    call = expression(source)
    if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Attribute):
        return False
    of_torch = ast.unparse(call.func.value) in {"torch", "torch.linalg"}
    given = [k.value for k in call.keywords if k.arg in {"dim", "axis"}]
    given += call.args[1:2] if of_torch else call.args[:1]
    # The first number of `norm` is its power.
    norm = call.func.attr == "norm" and not call.keywords
    return bool(given) and not norm and ast.unparse(given[0]) in {"1", "-1"}


def _is_same(facts: Facts, one: Ref, other: Ref, moment: int) -> bool:
    """Return whether two tensors are one, or the results of the same operation on the same inputs."""
    if one.tensor == other.tensor:
        return True
    makers = [facts.maker(ref.tensor, moment) for ref in (one, other)]
    first, second = (None if made is None else facts.events[made] for made in makers)
    return (
        first is not None
        and second is not None
        and first.expression == second.expression
        and [ref.tensor for ref in first.inputs] == [ref.tensor for ref in second.inputs] != []
    )


def _is_symmetric(facts: Facts, event: Event, reduced: Event) -> bool:
    """Return whether rows and columns have the same numbers, so that either may be meant.

    A softmax by hand divides exp by its sum over the rows, and is meant so for similarities as well.
    """
    node: Node | None = facts.nodes[event.inputs[0].node or 0]
    value = node.value if node is not None else None
    softmax = node is not None and node.op == "exp" and event.text == "div"
    if value is None or (softmax and reduced.text == "sum"):
        return False
    numbers = value.numbers
    size = int(len(numbers) ** 0.5)
    rows = [numbers[start : start + size] for start in range(0, len(numbers), size)] if size else []
    return all(
        abs(rows[i][j] - rows[j][i]) <= 1e-5 * (1 + abs(rows[i][j]))
        for i in range(size)
        for j in range(i)
    )


def _clue(facts: Facts, event: Event, reduced: Event) -> Clue:
    n = event.inputs[1].shape[0]
    call = expression(reduced.expression)
    if isinstance(call, ast.Call):
        call.keywords.append(ast.keyword("keepdim", ast.Constant(True)))
    place = facts.place(event)
    return Clue(
        place,
        _(
            "{reduced} ({line}) gives one number for each row, but here the number of row i meets "
            "column i."
        ).format(reduced=reduced.expression, line=facts.spoken(facts.place(reduced), place)),
        _(
            "Shapes are aligned from the last dimension: a vector [{n}] is taken for a row and "
            "repeated downwards. Nothing raises, only because the matrix is square."
        ).format(n=n),
        _("Keep the dimension, so that it is a column [{n}, 1]: {call}.").format(
            n=n, call=ast.unparse(call) if call is not None else "keepdim=True"
        ),
    )


__all__: list[str] = []
