"""The backward passes of a trace as the steps a reader walks through, each complete in itself."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ..trace.model import Event, Graph, Trace, Value


@dataclass(frozen=True, slots=True)
class Flow:
    """The gradient one step sends to one input of its node."""

    edge: int | None
    """Its place in `Graph.edges`; None if that input is not in the graph."""
    source: int | None
    """The node that receives it."""
    name: str
    """torch's name of the input, `"self"`."""
    formula: str
    product: Value | None
    """What the local formula gave, where undoing the broadcast changed it; else None."""
    out: Value


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to look at.

    | kind | what happens |
    |---|---|
    | `start` | a backward pass starts at `node` with the gradient `incoming` |
    | `node` | `node` receives `incoming` and sends `flows` |
    | `accumulate` | `contribution` is added into `.grad` of the leaf `node` |
    | `write` | a `.grad` was written to between the passes: `text` says how, `label` what |
    | `stop` | the pass ended with the error `text` |
    """

    kind: str
    node: int | None = None
    incoming: tuple[Value, ...] = ()
    """One gradient per output of the node that got one."""
    parts: tuple[Value, ...] = ()
    """What arrived over several paths and was added up; empty for a single path."""
    flows: tuple[Flow, ...] = ()
    before: Value | None = None
    contribution: Value | None = None
    after: Value | None = None
    text: str = ""
    label: str = ""


def steps(trace: Trace) -> tuple[Step, ...]:
    """Return the steps of all backward passes of the trace, in order."""
    return tuple(_walk(trace))


def gradients(trace: Trace, walked: tuple[Step, ...]) -> list[dict[int, Value | None]]:
    """Return per position (0: before the first step) the gradients that changed, by node.

    At position 0 stand all nodes: a leaf may bring its `.grad` from an earlier cell.
    """
    start: dict[int, Value | None] = {node.id: None for node in trace.graph.nodes}
    for step in reversed(walked):
        if step.kind == "accumulate" and step.node is not None:
            start[step.node] = step.before
    changes = [start]
    for step in walked:
        if step.node is None or step.kind == "stop":
            changes.append({})
        elif step.kind in ("accumulate", "write"):
            changes.append({step.node: step.after})
        elif trace.graph.nodes[step.node].kind == "leaf":
            changes.append({})  # the seed of x.backward() is not yet in x.grad
        else:
            changes.append({step.node: step.incoming[0] if step.incoming else None})
    return changes


def final_gradients(changes: list[dict[int, Value | None]]) -> dict[int, Value | None]:
    """Return the gradient of every node after the last step."""
    return {node: value for change in changes for node, value in change.items()}


def _walk(trace: Trace) -> Iterator[Step]:
    """Yield the steps, remembering which gradients have arrived at which node."""
    nodes = trace.graph.nodes
    owners = {f"{node.label}.grad": node.id for node in nodes if node.kind == "leaf" and node.label}
    edges = _edges_by_input(trace.graph)
    arrived: dict[int, list[Value]] = {}
    for event in trace.events:
        if event.kind == "backward":
            arrived = {}
            if event.node is not None:
                yield Step("start", event.node, incoming=_present(event.grads_in))
        elif event.kind == "node" and event.node is not None:
            if nodes[event.node].kind == "op":
                flows = _flows(trace.graph, edges, event)
                parts = _several(arrived.pop(event.node, []))
                for flow in flows:
                    if flow.source is not None:
                        arrived.setdefault(flow.source, []).append(flow.out)
                yield Step("node", event.node, _present(event.grads_in), parts, flows)
        elif event.kind == "accumulate" and event.node is not None:
            parts = _several(arrived.pop(event.node, []))
            yield Step(
                "accumulate",
                event.node,
                parts=parts,
                before=event.before,
                contribution=event.contribution,
                after=event.after,
            )
        elif event.kind == "inplace" and event.label.endswith(".grad"):
            yield Step(
                "write",
                owners.get(event.label),
                after=event.after,
                text=event.text,
                label=event.label,
            )
        elif event.kind == "end" and event.text:
            yield Step("stop", text=event.text)


def _flows(graph: Graph, edges: dict[tuple[int, int], int], event: Event) -> tuple[Flow, ...]:
    """Return what a node sent to each input that got a gradient."""
    assert event.node is not None
    node = graph.nodes[event.node]
    flows = []
    for slot, out in enumerate(event.grads_out):
        if out is None:
            continue
        edge = edges.get((event.node, slot))
        product = event.products[slot] if slot < len(event.products) else None
        flows.append(
            Flow(
                edge,
                None if edge is None else graph.edges[edge].source,
                node.inputs[slot] if slot < len(node.inputs) else "",
                node.formulas[slot] if slot < len(node.formulas) else "",
                product if product is not None and product.shape != out.shape else None,
                out,
            )
        )
    return tuple(flows)


def _edges_by_input(graph: Graph) -> dict[tuple[int, int], int]:
    """Return the edges that carry gradients by their target and its input."""
    return {
        (edge.target, edge.slot): index for index, edge in enumerate(graph.edges) if not edge.cut
    }


def _present(values: tuple[Value | None, ...]) -> tuple[Value, ...]:
    """Return the values that are there."""
    return tuple(value for value in values if value is not None)


def _several(values: list[Value]) -> tuple[Value, ...]:
    """Return the values if there is more than one: only then was anything added up."""
    return tuple(values) if len(values) > 1 else ()
