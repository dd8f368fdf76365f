"""From the events of a trace to its steps."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import zip_longest

from ..trace.model import Event, Ref, Trace, Value
from .steps import Flow, Part, Step
from .wording import node_name


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
        self.leaves: dict[int | None, int] = {
            n.tensor: n.id for n in nodes if n.kind == "leaf" and n.tensor is not None
        }
        self.emptied: set[int] = set()
        # The edges that carry gradients, by their target and its input.
        self.sources = {
            (edge.target, edge.slot): edge.source for edge in self.trace.graph.edges if not edge.cut
        }
        self.cuts = {edge.target: edge.cut for edge in self.trace.graph.edges if edge.cut}
        operations = list(self.trace.of_kind("op"))
        self.several = {
            event.node
            for event in self.trace.of_kind("op", "node")
            if len(event.outputs) > 1 or len(event.grads_in) > 1
        }
        self.outputs = self._outputs(operations) if self.several else {}

    def _outputs(self, operations: Sequence[Event]) -> dict[tuple[int, int], str]:
        """Return the variable at each input that is one of several outputs of an operation."""
        slots = defaultdict(list)
        for (target, slot), source in sorted(self.sources.items()):
            if source in self.several:
                slots[target].append(slot)
        found: dict[tuple[int, int], str] = {}
        for event in operations:
            used = [self.trace.label(ref) for ref in event.inputs if ref.node in self.several]
            if event.node is not None and len(used) == len(slots[event.node]):
                places = [(event.node, slot) for slot in slots[event.node]]
                found.update(zip(places, used, strict=True))
        return found

    def steps(self) -> Iterator[Step]:
        """Yield the steps; those of the kind `freed` belong to the one before."""
        events = self.trace.events
        for event, following in zip_longest(events, events[1:]):
            handle = getattr(self, f"_{event.kind}", None)
            if handle is None or (event.kind == "inplace" and _records(following, event)):
                continue  # a recorded operation that writes in place is told once, as an operation
            step = handle(event)
            if step is not None:
                yield replace(
                    step,
                    cell=event.cell,
                    line=event.line,
                    expression=event.expression,
                    column=event.column,
                )

    def _op(self, event: Event) -> Step | None:
        return None if event.node is None else Step("op", event.node, text=event.text)

    def _detach(self, event: Event) -> Step:
        # That `if x:` asks for a bool is not written there.
        code = "" if event.text == "bool" else event.expression
        made = code or f"{event.name or event.text}({event.label or '…'})"
        return Step("cut", text=event.text, label=made)

    def _plain(self, event: Event) -> Step | None:
        if event.node not in self.cuts:
            return None
        made = event.expression or event.text
        return Step("cut", event.node, text=self.cuts[event.node], label=made)

    def _mode(self, event: Event) -> Step | None:
        if event.line is None:
            return None
        return Step("mode", text=event.text, entered=event.entered)

    def _inplace(self, event: Event) -> Step | None:
        owner, label = self._written(event)
        if not label:
            return None
        call = event.expression or f"{label}.{event.text}()"
        return Step("write", owner, after=event.after, text=call, label=label)

    def _written(self, event: Event) -> tuple[int | None, str]:
        """Return the leaf whose `.grad` a write is to, if it is to one, and what one writes for it."""
        if event.label in self.owners:
            return self.owners[event.label], event.label
        if event.inputs:
            tensor = self.trace.tensors[event.inputs[0].tensor]
            if (
                tensor.shares is not None and tensor.base is None
            ):  # by `.data` or `detach()`, not a part
                tensor = self.trace.tensors[tensor.shares]
            owner = self.leaves.get(tensor.gradient_of)
            if owner is not None and owner not in self.emptied:
                return owner, f"{node_name(self.nodes[owner])}.grad"
        return None, event.label

    def _set(self, event: Event) -> Step | None:
        owner = next(iter(self._nodes(event.inputs[:1])), None)
        name = event.label or ("" if owner is None else node_name(self.nodes[owner]))
        if not name or event.text not in ("grad", "data", "requires_grad"):
            return None
        label = f"{name}.{event.text}"
        flag = event.text == "requires_grad"
        value = str(event.entered) if flag else "None" if event.after is None else "…"
        text = f"{label if event.label else event.expression or label} = {value}"
        if event.text == "grad" and owner is not None:
            (self.emptied.add if event.after is None else self.emptied.discard)(owner)
        if event.text == "data":
            leaf, gradient = self._written(event)
            owner, label = (owner, label) if leaf is None else (leaf, gradient)
        return Step("write", owner, after=event.after, text=text, label=label)

    def _zero_grad(self, event: Event) -> Step | None:
        # Zeros are written one by one, and told so.
        if "set_to_none" not in event.options:
            return None
        leaves = self._nodes(event.inputs)
        self.emptied.update(leaves)
        return Step("zero", leaves=leaves, text=event.text)

    def _clip(self, event: Event) -> Step | None:
        found = zip(event.inputs, event.grads_out, strict=False)
        changed = [(self._nodes((ref,)), grad) for ref, grad in found]
        if not any(nodes for nodes, _ in changed):
            return None
        leaves, clipped = zip(*((nodes[0], grad) for nodes, grad in changed if nodes), strict=True)
        return Step("clip", leaves=leaves, clipped=clipped, text=event.text)

    def _step(self, event: Event) -> Step:
        return Step("update", leaves=self._nodes(event.outputs), text=event.text)

    def _backward(self, event: Event) -> Step | None:
        self.arrived = {}
        if event.node is None:
            return None
        several = event.node in self.several and event.inputs
        label = self.trace.label(event.inputs[0]) if several else ""
        seeds = _present(event.grads_in)
        return Step("start", event.node, incoming=seeds, text=event.text, label=label)

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
        self.emptied.discard(event.node)
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

    def _nodes(self, refs: tuple[Ref, ...]) -> tuple[int, ...]:
        """Return the nodes of those tensors that the graph holds, or holds later on."""
        found = (self.leaves.get(ref.tensor) if ref.node is None else ref.node for ref in refs)
        return tuple(node for node in found if node is not None)

    def _call(self, node: int | None) -> str:
        """Return what made the outputs of a node, if it has several: its name is that of the first."""
        if node is None or node not in self.several:
            return ""
        return self.nodes[node].expression or self.nodes[node].op

    def _flows(self, number: int, event: Event) -> tuple[Flow, ...]:
        """Return what a node sent to each input that got a gradient."""
        node = self.nodes[number]
        flows = []
        for slot, out in enumerate(event.grads_out):
            if out is None:
                continue
            source = self.sources.get((number, slot))
            product = event.products[slot] if slot < len(event.products) else None
            flows.append(
                Flow(
                    source,
                    node.inputs[slot] if slot < len(node.inputs) else "",
                    node.formulas[slot] if slot < len(node.formulas) else "",
                    product if product is not None and product.shape != out.shape else None,
                    out,
                    self.outputs.get((number, slot)) or self._call(source),
                )
            )
        return tuple(flows)


def _records(following: Event | None, write: Event) -> bool:
    """Say whether an event is the operation that a write was: both gave back the same tensor."""
    if following is None or following.kind != "op":
        return False
    return {ref.tensor for ref in write.outputs} == {ref.tensor for ref in following.outputs}


def _present(values: tuple[Value | None, ...]) -> tuple[Value, ...]:
    """Return the values that are there."""
    return tuple(value for value in values if value is not None)
