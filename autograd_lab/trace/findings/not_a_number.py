"""NaN in gradients: zero times infinity, hidden from the forward pass."""

from __future__ import annotations

import ast
import math
import re
from collections.abc import Iterator

from ...i18n import _
from ..model import Event, Node, Value
from .code import expression
from .facts import Facts
from .model import Clue
from .registry import rule
from .unseen_numbers import began_unseen, is_chosen_from

Span = tuple[int, int]

LOCAL = {
    "sqrt": "1 / (2·sqrt({at})) = inf",
    "log": "1 / {at} = inf",
    "log2": "1 / ({at}·ln 2) = inf",
    "log10": "1 / ({at}·ln 10) = inf",
    "rsqrt": "-1/2 · {at}^(-3/2) = -inf",
    "reciprocal": "-1 / {at}² = -inf",
    "pow": "{power} · {at}^({power} - 1) = inf",
    "asin": "1 / sqrt(1 - {at}²) = inf",
    "acos": "-1 / sqrt(1 - {at}²) = -inf",
    "div": "1 / {at} = inf",
}
"""Per operation, its derivative at the place where it has none."""


@rule(19, "nan-gradient")
def nan_gradient(facts: Facts) -> Iterator[Clue]:
    """A loss that is a number gave a gradient that is none."""
    for span in facts.passes:
        if _nan_forward(facts, span):
            return
        spoiled = _spoiled(facts, span)
        if spoiled is not None:
            culprit = _culprit(facts, span)
            if culprit is not None:
                yield _clue(facts, culprit, (facts.events[span[0]], spoiled))
            return


def _spoiled(facts: Facts, span: Span) -> Node | None:
    """Return what got NaN as its gradient: in its `.grad`, or as a result of `autograd.grad`."""
    start = facts.events[span[0]]
    if start.text != "grad":
        grown = (e for e in facts.during(span, "accumulate") if _has_nan(e.contribution))
        return next((facts.nodes[e.node] for e in grown if e.node is not None), None)
    asked = {ref.node for ref in start.outputs}
    edges = [edge for edge in facts.trace.graph.edges if edge.source in asked and not edge.cut]
    for step in facts.during(span, "node"):
        for edge in edges:
            gradient = step.grads_out[edge.slot : edge.slot + 1]
            if edge.target == step.node and gradient and _has_nan(gradient[0]):
                return facts.nodes[edge.source]
    return None


@rule(19, "anomaly-found-nan")
def anomaly(facts: Facts) -> Iterator[Clue]:
    """Anomaly detection stopped at a NaN."""
    found = re.search(r"Function '(\w+)' returned nan values", facts.trace.error)
    if found is None or not facts.passes:
        return
    culprit = _culprit(facts, facts.passes[-1])
    named = [n for n in facts.nodes if n.name == found.group(1)]
    node = culprit[0] if culprit else named[-1] if named else None
    if node is not None:
        yield _clue(facts, (node, culprit[1] if culprit else None), None, explains_error=True)


def _nan_forward(facts: Facts, span: Span) -> bool:
    """Return whether the loss itself is NaN already."""
    values = [facts.nodes[root].value for root in facts.roots(span)]
    return any(_has_nan(value) for value in values)


def _culprit(facts: Facts, span: Span) -> tuple[Node, Event | None] | None:
    """Return the operation whose derivative is not finite where it was asked for.

    That is the first to hand on NaN without having received one; if it received infinity, the one
    that made it of finite numbers.
    """
    steps = [e for e in facts.during(span, "node") if e.node is not None]
    first = next((e for e in steps if _any(e.grads_out, math.isnan) and not _any(e.grads_in, math.isnan)),
                 None)  # fmt: skip
    if first is None:
        return None
    if _any(first.grads_in, math.isinf):
        first = next(
            (
                e
                for e in steps
                if _any(e.grads_out, math.isinf) and not _any(e.grads_in, math.isinf)
            ),
            first,
        )
    first = began_unseen(facts, steps, first) or first
    return _overflowing(facts, facts.nodes[first.node or 0]), first


def _overflowing(facts: Facts, node: Node) -> Node:
    """Return the operation behind a node that made infinity or NaN of finite numbers, else the node."""
    while True:
        behind = [facts.nodes[source] for source, _cut in facts.sources.get(node.id, ())]
        bad = [source for source in behind if not _is_finite(source.value)]
        if not bad:
            return node
        node = bad[0]


def _is_finite(value: Value | None) -> bool:
    return value is None or all(math.isfinite(n) for n in value.numbers)


def _any(values: tuple[Value | None, ...], question: object) -> bool:
    return any(
        isinstance(n, float) and question(n)  # type: ignore[operator]
        for value in values
        if value is not None
        for n in value.numbers
    )


def _has_nan(value: Value | None) -> bool:
    return value is not None and any(isinstance(n, float) and math.isnan(n) for n in value.numbers)


def _clue(
    facts: Facts,
    culprit: tuple[Node, Event | None],
    spoiled: tuple[Event, Node] | None,
    explains_error: bool = False,
) -> Clue:
    node, step = culprit
    place = facts.place(node)
    came_in = next((v for v in (step.grads_in if step else ()) if v is not None), None)
    zero = came_in is not None and any(n == 0 for n in came_in.numbers)
    zero = zero or (came_in is not None and not came_in.complete and is_chosen_from(facts, node))
    op, line = node.op or node.name, facts.spoken(place)
    if spoiled is None:
        what = _("The backward pass makes a NaN at {op} ({line}).").format(op=op, line=line)
    else:
        what = _what(spoiled[0]).format(name=_name(facts, spoiled[1]), op=op, line=line)
    return Clue(place, what, _why(node, zero), _fix(node), explains_error=explains_error)


def _what(start: Event) -> str:
    """Return the sentence that names the gradient; its places are not yet filled."""
    if start.text == "grad":
        return _(
            "What is differentiated has no NaN, but its gradient with respect to {name} has. It "
            "comes up at {op} ({line})."
        )
    return _(
        "The loss is an ordinary number, but {name}.grad is NaN. It comes up at {op} ({line})."
    )


def _name(facts: Facts, node: Node) -> str:
    known = facts.parameter(node.tensor) if node.tensor is not None else node.label
    return known or _("a leaf")


def _why(node: Node, zero: bool) -> str:
    slope = _slope(node)
    if zero:
        return _(
            "At that place the gradient that comes in is 0, since the result is masked there, or "
            "multiplied by 0. But the derivative is {slope}, and 0 · inf = nan: the chain rule's "
            "product is computed for every element, chosen or not."
        ).format(slope=slope)
    return _(
        "The derivative here is {slope}. Further back it is multiplied by a derivative that is 0, "
        "and 0 · inf = nan."
    ).format(slope=slope)


def _slope(node: Node) -> str:
    """Return the derivative with the numbers put in, as far as they are known."""
    formula = LOCAL.get(node.op, _("infinite"))
    power = next((s.value.text for s in node.saved if s.name == "exponent"), "p")
    return formula.format(at=_worst(node), power=power)


def _fix(node: Node) -> str:
    """Return how to keep the operation away from its edge, in the program's own words."""
    tree = expression(node.expression)
    inner = ""
    if node.op in {"div", "reciprocal"} and isinstance(tree, ast.BinOp):
        inner = ast.unparse(tree.right)
    elif node.op == "pow" and isinstance(tree, ast.BinOp):
        inner = ast.unparse(tree.left)
    elif isinstance(tree, ast.Call) and isinstance(tree.func, ast.Attribute) and not _is_pass(tree):
        torch_call = isinstance(tree.func.value, ast.Name) and tree.func.value.id == "torch"
        inner = ast.unparse(tree.args[0] if torch_call and tree.args else tree.func.value)
    inner = inner or "x"
    return _(
        "Make the input safe before this operation, not its result after it: t = {inner}; "
        "safe = torch.where({test}, t, torch.ones_like(t)); compute with safe, then choose with "
        "where. Or stay away from 0 altogether: {inner} + 1e-12."
    ).format(inner=inner, test="t != 0" if node.op in {"div", "reciprocal"} else "t > 0")


def _is_pass(call: ast.Call) -> bool:
    """Return whether a call differentiates: what it recorded are derivatives of earlier lines."""
    return ast.unparse(call.func).rpartition(".")[2] in {"grad", "backward"}


def _worst(node: Node) -> str:
    """Return the number at which the derivative has no finite value."""
    for saved in node.saved:
        for number in saved.value.numbers if saved.value.complete else ():
            if isinstance(number, float) and (number <= 0 or math.isnan(number)):
                return "0" if number == 0 else f"{number:g}" if not math.isnan(number) else "0"
    return "0"


__all__: list[str] = []
