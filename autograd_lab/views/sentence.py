"""What a cell did, in one sentence."""

from __future__ import annotations

from collections.abc import Sequence

from ..i18n import _, ngettext
from ..trace.model import Trace
from .steps import Step, held
from .wording import empty, listed, node_name, one_line


def sentence(trace: Trace, walked: Sequence[Step]) -> str:
    """Return one sentence on the operations, the backward passes and the gradients they left."""
    if not trace.graph.nodes:
        return empty(trace)
    parts = [_built(trace)]
    parts += _gradients(trace, walked) if trace.whole else _known(trace)
    if trace.error:
        kind = one_line(trace.error).split(":")[0]
        parts.append(_("then the cell stopped with {error}").format(error=kind))
    return _("; ").join(parts) + _(".")


def _built(trace: Trace) -> str:
    """Say how many operations lead from which leaves to which results."""
    graph = trace.graph
    used = {edge.source for edge in graph.edges}
    count = sum(node.kind == "op" for node in graph.nodes)
    leaves = listed(node_name(node) for node in graph.nodes if node.kind == "leaf")
    if not count:
        return _("No operation that starts from {leaves} was recorded").format(leaves=leaves)
    if trace.truncated and trace.count("op") > count:
        text = _("{count} operations from {leaves}, of which the first {kept} were kept")
        return text.format(count=trace.count("op"), leaves=leaves, kept=count)
    text = ngettext(
        "{count} operation from {leaves} to {results}",
        "{count} operations from {leaves} to {results}",
        count,
    )
    return text.format(
        count=count,
        leaves=leaves,
        results=listed(
            node_name(node)
            for node in reversed(graph.nodes)
            if node.id not in used and node.kind == "op"
        ),
    )


def _gradients(trace: Trace, walked: Sequence[Step]) -> list[str]:
    """Say how many backward passes ran, and into which leaves."""
    graph = trace.graph
    started = sum(step.kind == "start" for step in walked)
    if not started:
        present = _present(trace)
        if not present:
            return [_("backward() did not run, so there is no gradient yet")]
        return [_("backward() did not run here"), *present] if trace.events else present
    passes = _passes(walked)
    if not passes:
        text = ngettext(
            "{count} backward pass, which added to no .grad",
            "{count} backward passes, which added to no .grad",
            started,
        )
        return [text.format(count=started)]
    text = ngettext(
        "{count} backward pass added to {names}", "{count} backward passes added to {names}", passes
    )
    leaves = [step.node for step in walked if step.kind == "accumulate" and step.node is not None]
    names = listed(f"{node_name(graph.nodes[leaf])}.grad" for leaf in leaves)
    return [text.format(count=passes, names=names)]


def _known(trace: Trace) -> list[str]:
    """Say what is certain where the steps are not all there: how many passes ran, what leaves hold."""
    passes = trace.count("backward")
    if trace.broken or not passes:
        return _present(trace)
    text = ngettext("{count} backward pass ran", "{count} backward passes ran", passes)
    return [text.format(count=passes), *_present(trace)]


def _present(trace: Trace) -> list[str]:
    """Say which leaves hold a gradient at the end, if any do."""
    full = {node for node, gradient in held(trace).items() if gradient is not None}
    names = [f"{node_name(node)}.grad" for node in trace.graph.nodes if node.id in full]
    return [_("there is a gradient in {names}").format(names=listed(names))] if names else []


def _passes(walked: Sequence[Step]) -> int:
    """Return how many backward passes reached a leaf."""
    count, running = 0, False
    for step in walked:
        if step.kind == "start":
            running = True
        elif step.kind == "accumulate" and running:
            count, running = count + 1, False
    return count
