"""What happened in a trace as the steps a reader walks through, each complete in itself."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby, zip_longest

from ..trace.model import Event, Graph, Ref, Trace, Value

FORWARD = ("op", "cut", "mode")
"""Kinds of steps that only build the graph."""

Change = dict[int, Value | None]
"""Gradients that a step changed, by node."""


@dataclass(frozen=True, slots=True)
class Flow:
    """The gradient one step sends to one input of its node."""

    source: int | None
    """The node that receives it; None if that input is not in the graph."""
    name: str
    """torch's name of the input, `"self"`."""
    formula: str
    product: Value | None
    """What the local formula gave, where undoing the broadcast changed it; else None."""
    out: Value


@dataclass(frozen=True, slots=True)
class Part:
    """A gradient that arrived at a node."""

    node: int
    """The node that sent it."""
    value: Value


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to look at.

    | kind | what happens |
    |---|---|
    | `op` | `node` is computed |
    | `cut` | `label` leaves the graph: `text` says how |
    | `mode` | the grad mode `text` was entered or left |
    | `start` | a backward pass starts at `node` with the gradient `incoming` |
    | `node` | `node` receives `incoming` and sends `flows` |
    | `accumulate` | `contribution` is added into `.grad` of the leaf `node` |
    | `write` | a value or an attribute was written to: `text` says how, `label` what |
    | `zero` | `text` emptied `.grad` of the `leaves` |
    | `update` | the optimizer `text` changed the `leaves` |
    | `stop` | the pass ended with the error `text` |
    | `gap` | `count` steps are not listed here |
    """

    kind: str
    node: int | None = None
    cell: int | None = None
    line: int | None = None
    expression: str = ""
    leaves: tuple[int, ...] = ()
    incoming: tuple[Value, ...] = ()
    """One gradient per output of the node that got one."""
    parts: tuple[Part, ...] = ()
    """What arrived at the node, by the node that sent it; what meets is added up."""
    flows: tuple[Flow, ...] = ()
    before: Value | None = None
    contribution: Value | None = None
    after: Value | None = None
    text: str = ""
    label: str = ""
    entered: bool = False
    count: int = 0
    frees: tuple[int, ...] = ()
    """Nodes that released what they had saved, during this step."""


def steps(trace: Trace) -> tuple[Step, ...]:
    """Return the steps of a trace, forward and backward, in order."""
    walked: list[Step] = []
    for step in _Walk(trace).steps():
        # A buffer is freed while its node is visited, which the step before this event tells of.
        if step.kind == "freed":
            if walked:
                walked[-1] = replace(walked[-1], frees=(*walked[-1].frees, *step.frees))
        else:
            walked.append(step)
    return tuple(walked)


def backward_steps(walked: tuple[Step, ...]) -> tuple[Step, ...]:
    """Return the steps that are about gradients."""
    return tuple(step for step in walked if step.kind not in FORWARD and not _is_value(step))


def _is_value(step: Step) -> bool:
    """Say whether a step writes into a value, not into a gradient."""
    return step.kind == "write" and not step.label.endswith(".grad")


def gradients(trace: Trace, walked: tuple[Step, ...]) -> list[Change]:
    """Return per position (0: before the first step) the gradients that changed, by node.

    At position 0 stand all nodes: a leaf may bring its `.grad` from an earlier cell.
    """
    start: Change = {node.id: None for node in trace.graph.nodes}
    for step in reversed(walked):
        if step.kind == "accumulate" and step.node is not None:
            start[step.node] = step.before
    return [start, *(_change(trace.graph, step) for step in walked)]


def _change(graph: Graph, step: Step) -> Change:
    """Return the gradients that one step changed."""
    if step.kind == "zero":
        return dict.fromkeys(step.leaves)
    if step.node is None or _is_value(step):
        return {}
    if step.kind in ("accumulate", "write"):
        return {step.node: step.after}
    # The seed of x.backward() is not yet in x.grad.
    if step.kind in ("start", "node") and graph.nodes[step.node].kind != "leaf":
        return {step.node: step.incoming[0] if step.incoming else None}
    return {}


def final_gradients(changes: list[Change]) -> Change:
    """Return the gradient of every node after the last step."""
    return {node: value for change in changes for node, value in change.items()}


def abridged(walked: Sequence[Step], limit: int, repeated: Collection[int] = ()) -> list[slice]:
    """Return which steps to tell, in at most `limit` slices: what is longer than one step is a gap.

    Steps of `repeated` nodes go first, then those in the middle.
    """
    told = [slice(place, place + 1) for place in range(len(walked))]
    if len(told) > limit:
        runs = groupby(told, key=lambda item: walked[item.start].node in repeated)
        told = [item for gone, run in runs for item in ([_joined([*run])] if gone else run)]
    if len(told) > limit:
        head, tail = limit - limit // 3 - 1, len(told) - limit // 3
        told = [*told[:head], _joined(told[head:tail]), *told[tail:]]
    return told


def told(walked: Sequence[Step], part: slice) -> Step:
    """Return the step of a slice, or the gap that stands for several."""
    hidden = walked[part]
    if len(hidden) == 1:
        return hidden[0]
    frees = tuple(node for step in hidden for node in step.frees)
    return Step("gap", hidden[0].node, count=len(hidden), frees=frees)


def _joined(parts: Sequence[slice]) -> slice:
    return slice(parts[0].start, parts[-1].stop)


@dataclass
class _Walk:
    """Goes through the events, remembering which gradients have arrived at which node."""

    trace: Trace
    arrived: dict[int, list[Part]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Prepare the look-ups."""
        nodes = self.trace.graph.nodes
        self.nodes = nodes
        self.owners = {f"{n.label}.grad": n.id for n in nodes if n.kind == "leaf" and n.label}
        # The edges that carry gradients, by their target and its input.
        self.sources = {
            (edge.target, edge.slot): edge.source for edge in self.trace.graph.edges if not edge.cut
        }

    def steps(self) -> Iterator[Step]:
        """Yield the steps; those of the kind `freed` belong to the one before."""
        events = self.trace.events
        for event, following in zip_longest(events, events[1:]):
            handle = getattr(self, f"_{event.kind}", None)
            # A recorded operation that writes in place is told once, as an operation.
            if handle is None or (
                event.kind == "inplace"
                and following is not None
                and following.kind == "op"
                and following.text == event.text
            ):
                continue
            step = handle(event)
            if step is not None:
                yield replace(step, cell=event.cell, line=event.line, expression=event.expression)

    def _op(self, event: Event) -> Step | None:
        return None if event.node is None else Step("op", event.node, text=event.text)

    def _detach(self, event: Event) -> Step:
        return Step("cut", text=event.text, label=event.label)

    def _mode(self, event: Event) -> Step | None:
        if event.line is None:
            return None
        return Step("mode", text=event.text, entered=event.entered)

    def _inplace(self, event: Event) -> Step | None:
        if not event.label:
            return None
        owner = self.owners.get(event.label)
        call = event.expression or f"{event.label}.{event.text}()"
        return Step("write", owner, after=event.after, text=call, label=event.label)

    def _set(self, event: Event) -> Step | None:
        if not event.label or event.text not in ("grad", "data", "requires_grad"):
            return None
        label = f"{event.label}.{event.text}"
        flag = event.text == "requires_grad"
        value = str(event.entered) if flag else "None" if event.after is None else "…"
        owner = event.inputs[0].node if event.inputs else None
        return Step("write", owner, after=event.after, text=f"{label} = {value}", label=label)

    def _zero_grad(self, event: Event) -> Step | None:
        # Zeros are written one by one, and told so.
        if "set_to_none" not in event.options:
            return None
        return Step("zero", leaves=_nodes(event.inputs), text=event.text)

    def _step(self, event: Event) -> Step:
        return Step("update", leaves=_nodes(event.outputs), text=event.text)

    def _backward(self, event: Event) -> Step | None:
        self.arrived = {}
        if event.node is None:
            return None
        return Step("start", event.node, incoming=_present(event.grads_in))

    def _node(self, event: Event) -> Step | None:
        if event.node is None or self.nodes[event.node].kind != "op":
            return None
        flows = self._flows(event.node, event)
        parts = self._parts(event.node)
        for flow in flows:
            if flow.source is not None:
                self.arrived.setdefault(flow.source, []).append(Part(event.node, flow.out))
        return Step("node", event.node, incoming=_present(event.grads_in), parts=parts, flows=flows)

    def _accumulate(self, event: Event) -> Step | None:
        if event.node is None:
            return None
        return Step(
            "accumulate",
            event.node,
            parts=self._parts(event.node),
            before=event.before,
            contribution=event.contribution,
            after=event.after,
        )

    def _freed(self, event: Event) -> Step | None:
        return None if event.node is None else Step("freed", frees=(event.node,))

    def _end(self, event: Event) -> Step | None:
        return Step("stop", text=event.text) if event.text else None

    def _parts(self, node: int) -> tuple[Part, ...]:
        """Return what arrived at a node by now, and forget it."""
        return tuple(self.arrived.pop(node, ()))

    def _flows(self, number: int, event: Event) -> tuple[Flow, ...]:
        """Return what a node sent to each input that got a gradient."""
        node = self.nodes[number]
        flows = []
        for slot, out in enumerate(event.grads_out):
            if out is None:
                continue
            product = event.products[slot] if slot < len(event.products) else None
            flows.append(
                Flow(
                    self.sources.get((number, slot)),
                    node.inputs[slot] if slot < len(node.inputs) else "",
                    node.formulas[slot] if slot < len(node.formulas) else "",
                    product if product is not None and product.shape != out.shape else None,
                    out,
                )
            )
        return tuple(flows)


def _nodes(refs: tuple[Ref, ...]) -> tuple[int, ...]:
    """Return the nodes of those tensors that the graph holds."""
    return tuple(ref.node for ref in refs if ref.node is not None)


def _present(values: tuple[Value | None, ...]) -> tuple[Value, ...]:
    """Return the values that are there."""
    return tuple(value for value in values if value is not None)
