"""One number where a tensor has many: `if`, `float()`, `item()`."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from ...i18n import _
from ..model import Event
from .calls import handing_in
from .code import assigned, expression, names_in, receiver, walk
from .facts import Facts
from .kept_graphs import value_name
from .model import Clue, Place
from .registry import rule

LOSS = re.compile(r"loss|cost|err|objective|mse|nll|penalty", re.IGNORECASE)
"""Names of what is meant to become one number."""


@rule(14, "condition-needs-one-bool")
def condition(facts: Facts) -> Iterator[Clue]:
    """A condition was asked of many elements at once."""
    if not facts.raised("Boolean value of Tensor with"):
        return
    place, asked = facts.error_place, facts.error.expression if facts.error else ""
    made = _unreduced_loss(facts, asked)
    if made is not None:
        yield _unreduced(facts, made)
        return
    what = _("{asked} asks for one True or False, but the tensor has {size}.")
    yield Clue(
        place,
        what.format(asked=asked or _("This line"), size=_size(facts)),
        _(
            "A comparison of tensors is made element by element and gives a tensor of answers. "
            "Python's if, while, and, or, max and min need a single one."
        ),
        _other_way(facts, place, asked),
        explains_error=True,
    )


def _other_way(facts: Facts, place: Place, asked: str) -> str:
    """Return what to write instead, by what the answer was wanted for."""
    call = expression(asked)
    if isinstance(call, ast.Call) and isinstance(call.func, ast.Name):
        pair = [ast.unparse(argument) for argument in call.args]
        if call.func.id in {"max", "min"} and len(pair) == 2:
            return _("Element by element: torch.{name}imum({pair}).").format(
                name=call.func.id, pair=", ".join(pair)
            )
        return _(
            "Give {name} one number for each to compare: .sum(), .norm() or .item() of it."
        ).format(name=call.func.id)
    joined = _joined(facts, place, asked)
    if joined:
        return _("Element by element: {joined}.").format(joined=joined)
    if _chooses(facts, place):
        return _(
            "To choose for each element: torch.where({asked}, value_if_true, value_if_false). For "
            "one answer about all of them: ({asked}).all() or ({asked}).any()."
        ).format(asked=asked or "condition")
    return _("Say for how many it must hold: ({asked}).all() or ({asked}).any().").format(
        asked=asked or "condition"
    )


def _joined(facts: Facts, place: Place, asked: str) -> str:
    """Return the `and` or `or` that it is, or is a part of, as an operation on elements."""
    tree = expression(asked)
    wanted = "" if tree is None else ast.unparse(tree)
    for node in walk(facts.code.statement(place) or ast.Pass()):
        if isinstance(node, ast.BoolOp):
            values = [ast.unparse(value) for value in node.values]
            if wanted in {ast.unparse(node), *values}:
                sign = " & " if isinstance(node.op, ast.And) else " | "
                return sign.join(f"({value})" for value in values)
    return ""


def _chooses(facts: Facts, place: Place) -> bool:
    """Return whether the answer decides what a value becomes, as in a piecewise function."""
    statement = facts.code.statement(place)
    if isinstance(statement, ast.If):
        kinds = [type(part) for part in statement.body]
        return ast.Return in kinds or ast.Assign in kinds
    return any(isinstance(node, ast.IfExp) for node in walk(statement or ast.Pass()))


@rule(14, "conversion-needs-one-number")
def conversion(facts: Facts) -> Iterator[Clue]:
    """A tensor with many elements was to become one Python number."""
    if not facts.raised(
        "only one element tensors can be converted to Python scalars",
        "cannot be converted to Scalar",
        "only integer tensors of a single element can be converted to an index",
        "unsupported format string passed to Tensor.__format__",
    ):
        return
    asked = facts.error.expression if facts.error else ""
    made = _unreduced_loss(facts, asked)
    if made is not None:
        yield _unreduced(facts, made)
        return
    yield _handed_over(facts, asked) or _needs_one(facts, asked)


def _needs_one(facts: Facts, asked: str) -> Clue:
    function = _math_function(asked)
    return Clue(
        facts.error_place,
        _("{asked} needs a single number, but the tensor has {size}.").format(
            asked=asked or _("This line"), size=_size(facts)
        ),
        _one_number(),
        _("torch.{function}(…) works on all elements and can be differentiated.").format(
            function=function
        )
        if function
        else _(
            "Choose one element, such as {name}[i].item(), or make one number of them: .mean(), "
            ".sum(), .max(). For all of them as Python numbers: {name}.tolist()."
        ).format(name=_converted(asked) or "t"),
        explains_error=True,
    )


def _one_number() -> str:
    return _(
        "item(), float(), int() and the functions of math take one Python number, and what they "
        "return is outside the graph."
    )


def _handed_over(facts: Facts, asked: str) -> Clue | None:
    """Say which call gave a tensor to a function that only keeps numbers, and returns nothing."""
    place, scope = facts.error_place, facts.code.scope(facts.error_place)
    node = facts.failed.inputs[0].node if facts.failed is not None and facts.failed.inputs else None
    if scope is None or node is None or any(isinstance(n, ast.Return) for n in walk(scope)):
        return None
    call = handing_in(facts, place, {node}, len(facts.events))
    if call is None:
        return None
    name = value_name(facts, node, call)
    return Clue(
        call,
        _("{name}, handed over here, has {size}; {asked} ({line}) needs a single number.").format(
            name=name or _("The tensor"),
            size=_size(facts),
            asked=asked,
            line=facts.spoken(place, call),
        ),
        _one_number(),
        _("Hand over one number: {name}.mean(), {name}.sum() or one element, {name}[i].").format(
            name=name or "t"
        ),
        explains_error=True,
    )


def _unreduced(facts: Facts, made: Event) -> Clue:
    place = facts.place(made)
    targets = assigned(facts.code.statement(place))
    return Clue(
        place,
        _("{name}, made here, has {size}; {line} needs one number.").format(
            name=targets[0][0] if targets else _("The loss"),
            size=_size(facts),
            line=facts.spoken(facts.error_place, place),
        ),
        _(
            "The errors of the samples were computed, but not yet put together: a loss is one "
            "number, their mean or their sum."
        ),
        _("Reduce it on this line, with .mean() (or .sum(); in nn losses reduction='mean')."),
        explains_error=True,
    )


def _unreduced_loss(facts: Facts, asked: str) -> Event | None:
    """Return where a loss with many elements was made, if that is what was converted or compared."""
    tree = expression(asked)
    names = names_in(tree) if tree is not None else []
    if facts.failed is None or not any(LOSS.search(name) for name in names):
        return None
    waiting = [ref.tensor for ref in facts.failed.inputs]
    for tensor in waiting:
        moment = facts.maker(tensor)
        made = None if moment is None else facts.events[moment]
        targets = assigned(facts.code.statement(facts.place(made))) if made else []
        if any(LOSS.search(name) for name, _value in targets):
            return None if _is_used(facts, tensor) else made
        if made is not None and facts.place(made) == facts.error_place:
            waiting += [ref.tensor for ref in made.inputs if ref.shape]
    return None


def _is_used(facts: Facts, tensor: int) -> bool:
    """Return whether another line makes the loss of a tensor, which so has the right shape for that."""
    return any(
        tensor in (ref.tensor for ref in event.inputs)
        and facts.place(event) != facts.error_place
        and any(LOSS.search(name) for name, _ in assigned(facts.code.statement(facts.place(event))))
        for event in facts.trace.of_kind("op", "plain")
    )


def _converted(asked: str) -> str:
    """Return what was to be converted, as written."""
    call = expression(asked)
    if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and len(call.args) == 1:
        return ast.unparse(call.args[0])
    return receiver(asked)


def _math_function(asked: str) -> str:
    call = expression(asked)
    if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute):
        owner = call.func.value
        if isinstance(owner, ast.Name) and owner.id == "math":
            return call.func.attr
    return ""


def _size(facts: Facts) -> str:
    """Return how many elements the tensor of the failed call has, in words."""
    if facts.failed is None or not facts.failed.inputs:
        return _("not exactly one element")
    shape = facts.failed.inputs[0].shape
    return _("the shape {shape}").format(shape=list(shape))


__all__: list[str] = []
