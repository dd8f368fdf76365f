"""What a cell did, in one sentence."""

from __future__ import annotations

from collections.abc import Sequence

from ..i18n import _, ngettext
from ..trace.model import Graph, Trace
from .steps import Step
from .wording import empty, listed, node_name


def sentence(trace: Trace, walked: Sequence[Step]) -> str:
    """Return one sentence on the operations, the backward passes and the gradients they left."""
    if not trace.graph.nodes:
        return empty(trace)
    parts = (_built(trace.graph), _gradients(trace.graph, walked))
    return _("{built}; {gradients}.").format(built=parts[0], gradients=parts[1])


def _built(graph: Graph) -> str:
    """Say how many operations lead from which leaves to which results."""
    used = {edge.source for edge in graph.edges}
    count = sum(node.kind == "op" for node in graph.nodes)
    text = ngettext(
        "{count} operation from {leaves} to {results}",
        "{count} operations from {leaves} to {results}",
        count,
    )
    return text.format(
        count=count,
        leaves=listed(node_name(node) for node in graph.nodes if node.kind == "leaf"),
        results=listed(
            node_name(node)
            for node in reversed(graph.nodes)
            if node.id not in used and node.kind == "op"
        ),
    )


def _gradients(graph: Graph, walked: Sequence[Step]) -> str:
    """Say how many backward passes ran, and into which leaves."""
    passes = sum(step.kind == "start" for step in walked)
    if not passes:
        return _("backward() did not run, so there is no gradient yet")
    leaves = [step.node for step in walked if step.kind == "accumulate" and step.node is not None]
    if not leaves:
        text = ngettext(
            "{count} backward pass, which reached no leaf",
            "{count} backward passes, which reached no leaf",
            passes,
        )
        return text.format(count=passes)
    text = ngettext(
        "{count} backward pass added to {names}", "{count} backward passes added to {names}", passes
    )
    names = (f"{node_name(graph.nodes[leaf])}.grad" for leaf in leaves)
    return text.format(count=passes, names=listed(names))
