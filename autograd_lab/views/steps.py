"""The steps a reader walks through, each complete in itself, and the gradients after each."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import groupby

from ..i18n import _
from ..trace.model import Graph, Trace, Value

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
    output: str = ""
    """Where the receiver has several outputs: the variable that holds this one, or the call."""


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
    | `cut` | `label` is cut off from the graph: `text` says how |
    | `mode` | the grad mode `text` was entered or left |
    | `start` | `text` starts a pass at `node`, of several outputs at `label`, with `incoming` |
    | `node` | `node` receives `incoming` and sends `flows` |
    | `accumulate` | `contribution` is added into `.grad` of the leaf `node` |
    | `write` | a value or an attribute was written to: `text` says how, `label` what |
    | `zero` | `text` emptied `.grad` of the `leaves` |
    | `clip` | `text` limited `.grad` of the `leaves`, which is now `clipped` |
    | `update` | the optimizer `text` changed the `leaves` |
    | `stop` | the pass ended with the error `text` |
    | `gap` | `count` steps are not listed here |
    """

    kind: str
    node: int | None = None
    cell: int | None = None
    line: int | None = None
    expression: str = ""
    column: int | None = None
    leaves: tuple[int, ...] = ()
    incoming: tuple[Value, ...] = ()
    """One gradient per output of the node that got one."""
    parts: tuple[Part, ...] = ()
    """What arrived at the node, by the node that sent it; what meets is added up."""
    flows: tuple[Flow, ...] = ()
    before: Value | None = None
    contribution: Value | None = None
    after: Value | None = None
    clipped: tuple[Value | None, ...] = ()
    text: str = ""
    label: str = ""
    entered: bool = False
    count: int = 0
    frees: tuple[int, ...] = ()
    """Nodes that released what they had saved, during this step."""


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
    start: Change = {
        node.id: None if node.tensor is None else trace.tensors[node.tensor].grad
        for node in trace.graph.nodes
    }
    return [start, *(_change(trace.graph, step) for step in walked)]


def held(trace: Trace) -> Change:
    """Return what `.grad` of the leaves with a name holds at the end."""
    return {v.node: v.grad for v in trace.variables if v.node is not None and v.is_leaf}


def outcome(trace: Trace, changes: list[Change]) -> Change:
    """Return the gradient of every node at the end, also where steps that led to it are missing."""
    known = held(trace)
    final = final_gradients(changes) | known
    if trace.whole:
        return final
    unknown = Value((), "", _("not recorded"))
    return {n: unknown if g is None and n not in known else g for n, g in final.items()}


def _change(graph: Graph, step: Step) -> Change:
    """Return the gradients that one step changed."""
    if step.kind == "zero":
        return dict.fromkeys(step.leaves)
    if step.kind == "clip":
        return dict(zip(step.leaves, step.clipped, strict=True))
    if step.node is None or _is_value(step):
        return {}
    if step.kind in ("accumulate", "write"):
        return {step.node: step.after}
    # The seed of x.backward() is not yet in x.grad.
    if step.kind in ("start", "node") and graph.nodes[step.node].kind != "leaf":
        return {step.node: step.incoming[0] if step.incoming else None}
    return {}


def final_gradients(changes: list[Change]) -> Change:
    """Return the gradients after the last of these changes."""
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
