"""Advice for rows of a leaf, leaves put together in one vector, and numbers that choose rows."""

from __future__ import annotations

import ast

from ...i18n import _
from ..model import Event, Node
from .code import expression, receiver, walk
from .facts import Facts

VIEWS = {
    "select", "slice", "index", "view", "reshape", "flatten", "permute", "transpose", "t",
    "squeeze", "unsqueeze", "clone",
}  # fmt: skip
JOINING = {"cat", "stack", "hstack", "vstack", "concat"}


def of_parts(facts: Facts, read: Event) -> str:
    """Return what to do for the `.grad` of a part of a leaf, or of leaves put together; else `""`."""
    made = read.inputs[0].node
    if made is None:
        return ""
    node = facts.nodes[made]
    name = receiver(read.expression)
    if node.op in JOINING and _leaves_go_elsewhere(facts, node):
        return _(
            "The loss was not computed from {name} alone, but from the leaves it was put together "
            "from. Put their gradients together in the same way: torch.cat([p.grad.flatten() for p "
            "in …])."
        ).format(name=name)
    base, rest = _base_and_rest(name)
    only_here = node.expression == name and facts.place(node) == facts.place(read)
    if not only_here or not rest or node.op not in VIEWS:
        return ""
    source = next((facts.nodes[s] for s, _cut in facts.sources.get(node.id, ())), node)
    if source.kind == "leaf":
        text = _("{name} is made anew on this line. Ask the leaf, then take the part: {part}.")
    else:
        text = _(
            "{name} is made anew on this line. {base}.retain_grad() before backward(), then {part}."
        )
    return text.format(name=name, base=base, part=f"{base}.grad{rest}")


def _leaves_go_elsewhere(facts: Facts, joined: Node) -> bool:
    """Return whether leaves that were only put together are also used apart."""
    behind = facts.ancestors([joined.id])
    nodes = [facts.nodes[n] for n in behind - {joined.id}]
    if any(node.kind == "op" and node.op not in VIEWS for node in nodes):
        return False
    leaves = {node.id for node in nodes if node.kind == "leaf"}
    return any(e.source in leaves and e.target not in behind for e in facts.trace.graph.edges)


def _base_and_rest(name: str) -> tuple[str, str]:
    """Return a variable and what is done with it: `W[i]` gives `W` and `[i]`."""
    tree = expression(name)
    while isinstance(tree, ast.Subscript | ast.Call | ast.Attribute):
        inner = tree.func if isinstance(tree, ast.Call) else tree.value
        if isinstance(tree, ast.Attribute) and ast.unparse(inner) == "self":
            break
        tree = inner
    base = "" if tree is None else ast.unparse(tree)
    return (base, name[len(base) :]) if base and name.startswith(base) else ("", "")


def looked_up(facts: Facts, name: str) -> str:
    """Return the call of an embedding that a variable chooses the rows of, `""` if there is none."""
    nodes = [node for tree in facts.code.trees for node in walk(tree)]
    tables = {group.name for group in facts.trace.groups if group.type == "Embedding"}
    tables |= {
        ast.unparse(target)
        for node in nodes
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call)
        if ast.unparse(node.value.func).endswith("Embedding")
        for target in node.targets
    }
    for node in nodes:
        if isinstance(node, ast.Call) and node.args and ast.unparse(node.args[0]) == name:
            called = ast.unparse(node.func)
            if called in tables or called.endswith("F.embedding"):
                return ast.unparse(node)
    return ""


__all__ = ["JOINING", "looked_up", "of_parts"]
