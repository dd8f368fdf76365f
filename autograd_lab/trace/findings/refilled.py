"""Arrays below a tensor that are filled anew while their old numbers are still needed."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from ...i18n import _
from ..model import Event, Node, Value
from .code import expression, walk
from .facts import Facts
from .model import Clue, Place
from .registry import rule

SHARING = {"from_numpy", "as_tensor", "asarray"}


@rule(6, "array-refilled")
def array_refilled(facts: Facts) -> Iterator[Clue]:
    """Two operations of one backward pass saved the same tensor, unwritten, with different numbers."""
    told = set()
    for span in facts.passes:
        for node, tensor in _changed_unseen(facts, sorted(facts.ancestors(facts.roots(span)))):
            birth = facts.birth(facts.memory(tensor))
            name = _array(birth)
            place = _written(facts, name)
            if birth is not None and place is not None and place not in told:
                told.add(place)
                yield _clue(facts, birth, place, name, node)


def _changed_unseen(facts: Facts, nodes: list[int]) -> Iterator[tuple[Node, int]]:
    """Yield the nodes whose saved value was changed without a trace of it, and the tensor."""
    first: dict[tuple[int, int], tuple[Node, Value]] = {}
    for node in map(facts.nodes.__getitem__, nodes):
        for saved in node.saved:
            birth = None if saved.tensor is None else facts.birth(facts.memory(saved.tensor))
            if saved.tensor is not None and _array(birth):
                key = saved.tensor, saved.version
                earlier, value = first.setdefault(key, (node, saved.value))
                if value != saved.value:
                    yield earlier, saved.tensor


def _array(birth: Event | None) -> str:
    """Return the array that a tensor was made of, as written."""
    call = expression(birth.expression) if birth is not None and birth.text in SHARING else None
    return ast.unparse(call.args[0]) if isinstance(call, ast.Call) and call.args else ""


def _written(facts: Facts, name: str) -> Place | None:
    """Return the first line that writes into an array."""
    for cell, tree in enumerate(facts.code.trees):
        for node in walk(tree):
            targets = node.targets if isinstance(node, ast.Assign) else []
            parts = [t.value for t in targets if isinstance(t, ast.Subscript)]
            if isinstance(node, ast.AugAssign):
                target = node.target
                parts.append(target.value if isinstance(target, ast.Subscript) else target)
            if name and any(ast.unparse(part) == name for part in parts):
                return Place(cell, getattr(node, "lineno", None))
    return None


def _clue(facts: Facts, birth: Event, place: Place, name: str, node: Node) -> Clue:
    return Clue(
        place,
        _(
            "{name} is the memory of a tensor ({line}, `{source}` copies nothing), so this line changed "
            "what {node} had saved for backward()."
        ).format(
            name=name,
            line=facts.spoken(facts.place(birth), place),
            source=birth.expression,
            node=node.name,
        ),
        _(
            "Autograd does not see what NumPy writes. The gradient is computed with the new numbers in "
            "place of those that the loss was computed with, and comes out wrong without an error."
        ),
        _(
            "Make a tensor of a copy for each batch, torch.tensor({name}), or call backward() first."
        ).format(name=name),
    )


__all__: list[str] = []
