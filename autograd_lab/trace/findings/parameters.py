"""Parameters that a module does not register, so that no optimizer moves them."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from ...i18n import _
from ..model import Event
from .facts import Facts
from .model import Clue
from .plain_attributes import Attribute, attribute_of, is_container
from .registry import rule


@rule(22, "optimizer-without-parameters")
def nothing_registered(facts: Facts) -> Iterator[Clue]:
    """An optimizer was given no parameters, because the module had none."""
    if not facts.raised("optimizer got an empty parameter list"):
        return
    for event in _creations(facts):
        attribute = attribute_of(facts, event)
        if attribute is not None:
            yield _unregistered(attribute, explains_error=True)
            return


@rule(22, "parameter-not-registered", needs_all=True)
def not_registered(facts: Facts) -> Iterator[Clue]:
    """A module's weights get gradients, but no optimizer has them."""
    if not any(e.kind == "step" for e in facts.events):
        return
    told = set()
    fed, moved = ever_fed(facts), facts.moved
    for event in _creations(facts):
        tensors = {ref.tensor for ref in event.outputs}
        attribute = attribute_of(facts, event) if tensors & (fed - moved) else None
        if (
            attribute is not None
            and attribute.place not in told
            and not any(
                tensors & set(g.tensors) for g in facts.trace.groups if g.type == attribute.owner
            )
        ):
            told.add(attribute.place)
            yield _unregistered(attribute)


def _creations(facts: Facts) -> Iterator[Event]:
    """Yield where tensors were made that require grad, then or later."""
    asked = {
        ref.tensor
        for event in facts.events
        if event.kind == "set" and event.text == "requires_grad"
        for ref in event.inputs[:1]
    }
    for event in facts.events:
        by_flag = event.kind == "plain" and any(ref.tensor in asked for ref in event.outputs)
        made = event.kind == "create" and any(
            ref.requires_grad or ref.tensor in asked for ref in event.outputs
        )
        if by_flag or made:
            yield event


def ever_fed(facts: Facts) -> set[int]:
    """Return the tensors whose gradient grew."""
    nodes = [
        facts.nodes[e.node] for e in facts.events if e.kind == "accumulate" and e.node is not None
    ]
    return {node.tensor for node in nodes if node.tensor is not None}


def _unregistered(attribute: Attribute, explains_error: bool = False) -> Clue:
    what = _("{name} is a plain tensor: model.parameters() does not list it.")
    if is_container(attribute.made):
        what = _("{name} is a Python container: what is in it parameters() does not list.")
    return Clue(
        attribute.place,
        what.format(name=attribute.name),
        _(
            "A module registers what is assigned to it as an nn.Parameter or nn.Module, and does not "
            "look into lists and dictionaries. What is not registered may get gradients, but the "
            "optimizer never hears of it, and it never moves."
        ),
        f"{attribute.name} = {_registering(attribute)}",
        explains_error=explains_error,
    )


def _registering(attribute: Attribute) -> str:
    """Return the value as a module registers it."""
    value, made = attribute.value, attribute.made
    if is_container(made):
        of_parameters = attribute.of_tensors or "Parameter" in ast.unparse(made)
        shape = "Dict" if isinstance(made, ast.Dict | ast.DictComp) else "List"
        return f"nn.{'Parameter' if of_parameters else 'Module'}{shape}({ast.unparse(value)})"
    asked = value.func if isinstance(value, ast.Call) else None
    if isinstance(asked, ast.Attribute) and asked.attr == "requires_grad_":
        value = asked.value
    elif isinstance(value, ast.Call):
        keywords = [k for k in value.keywords if k.arg != "requires_grad"]
        value = ast.Call(value.func, value.args, keywords)
    return f"nn.Parameter({ast.unparse(value)})"


__all__ = ["ever_fed"]
