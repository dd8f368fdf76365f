"""Attributes of a module that were to be parameters, and are the results of operations on one."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from ...i18n import _
from ..model import Node
from .code import assigned
from .facts import Facts
from .lost_leaves import first_operation, hidden_at_once, normal
from .model import Clue
from .registry import rule


@rule(11, "parameter-made-a-result")
def parameter_made_a_result(facts: Facts) -> Iterator[Clue]:
    """`self.scale = nn.Parameter(t) * 0.1` registers nothing: the product is no parameter."""
    for node, name in hidden_parameters(facts):
        yield _unregistered_clue(facts, node, name)


def hidden_parameters(facts: Facts) -> Iterator[tuple[Node, str]]:
    """Yield what modules' attributes were set to in place of a parameter, with the attribute."""
    for event in facts.events:
        node = facts.nodes[event.node] if event.kind == "op" and event.node is not None else None
        name = "" if node is None else _attribute_of_a_module(facts, node)
        hidden = first_operation(facts, node.id) if node is not None and name else None
        if node is None or hidden is None or hidden[1].tensor is None:
            continue
        birth = facts.birth(hidden[1].tensor)
        made = birth is not None and birth.text == "Parameter"
        if birth is not None and made and hidden_at_once(facts, birth, hidden[0]):
            yield node, name


def _attribute_of_a_module(facts: Facts, made: Node) -> str:
    """Return the attribute that a method of a module sets to the result of an operation."""
    place = facts.place(made)
    classes = [s for s in facts.code.around(place) if isinstance(s, ast.ClassDef)]
    if not classes or not any("Module" in ast.unparse(base) for base in classes[-1].bases):
        return ""
    pairs = assigned(facts.code.statement(place))
    own = [(name, value) for name, value in pairs if name.startswith("self.")]
    text = normal(made.expression) if own else ""
    return next((name for name, value in own if ast.unparse(value) == text), "")


def _unregistered_clue(facts: Facts, made: Node, name: str) -> Clue:
    # Made once, it is walked by every backward pass.
    again = (
        facts.raised("backward through the graph a second time")
        and bool(facts.passes)
        and made.id in facts.ancestors(facts.roots(facts.passes[-1]))
    )
    return Clue(
        facts.place(made),
        _(
            "{name} is no parameter: {op} made a new tensor out of it, and the module registers "
            "nothing."
        ).format(name=name, op=made.expression),
        _(
            "Only an nn.Parameter itself is registered. The result of an operation on it is an "
            "ordinary tensor: parameters() does not list it, and an optimizer never moves it."
        ),
        _(
            "First the operation, then the parameter: {name} = nn.Parameter(…) around the whole. "
            "What is to be computed from the parameter each time belongs into forward()."
        ).format(name=name),
        explains_error=again or facts.raised("optimizer got an empty parameter list"),
    )


__all__ = ["hidden_parameters"]
