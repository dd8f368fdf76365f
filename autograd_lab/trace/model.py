"""The trace as data: a graph, the events that made and walked it, all frozen and JSON-able.

Everything the views, findings and labs say is read from here and from nowhere else. How to read one
is told at `Event`, which lists the kinds of events, and at `Ref`, which says what a tensor was.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ..numerals import Nested, flat, written

if TYPE_CHECKING:
    from collections.abc import Iterator

VERSION = 2
"""Version of the JSON format; a reader refuses a trace from another one."""

LONGEST = 400
"""Characters of a written value that are shown."""


@dataclass(frozen=True, slots=True, eq=False)
class Value:
    """What a tensor looked like at one moment, small enough to keep.

    Two are equal if they are written alike.
    """

    shape: tuple[int, ...]
    dtype: str
    """Such as `"float32"`."""
    content: Nested
    """All numbers of a small tensor, the first and last ones of a large one, in nested lists; or a
    text that stands for itself."""

    @property
    def text(self) -> str:
        """The numbers as PyTorch prints them, without `tensor(…)`; shortened when long."""
        if isinstance(self.content, str):
            return self.content
        text = written(self.content, self.shape)
        return text if len(text) <= LONGEST else text[:LONGEST] + "…"

    @property
    def numbers(self) -> tuple[Any, ...]:
        """The numbers that were kept, in order; empty for a text."""
        return () if isinstance(self.content, str) else tuple(flat(self.content))

    @property
    def complete(self) -> bool:
        """Whether `numbers` are all the tensor has."""
        size = 1
        for n in self.shape:
            size *= n
        return len(self.numbers) == size

    def __eq__(self, other: object) -> bool:
        """Compare what one can read."""
        if not isinstance(other, Value):
            return NotImplemented
        mine, its = (self.shape, self.dtype), (other.shape, other.dtype)
        return mine == its and self.text == other.text

    def __hash__(self) -> int:
        """Go by shape and dtype alone."""
        return hash((self.shape, self.dtype))


@dataclass(frozen=True, slots=True)
class Saved:
    """A value that a node keeps for its backward pass."""

    name: str
    """torch's name for it, without `_saved_`: `"self"`, `"other"`, `"result"`."""
    value: Value
    nbytes: int
    tensor: int | None = None
    """Which tensor it is, a place in `Trace.tensors`; None for a number, or one never met."""
    version: int = 0
    """Its write counter when it was saved."""


@dataclass(frozen=True, slots=True)
class Node:
    """A leaf, a recorded operation, or a constant that an operation used."""

    id: int
    """Its place in `Graph.nodes`."""
    kind: str
    """`"leaf"` (the user's, requires grad), `"op"` (recorded) or `"constant"` (no grad)."""
    name: str
    """The grad_fn's name, `"MulBackward0"`; `"AccumulateGrad"` for a leaf; `""` for a constant."""
    op: str
    """The operation as one calls it, `"mul"`; `""` for a leaf, and for a constant nothing made."""
    label: str
    """The user's variable that holds this value at the end, `""` if none does. A parameter of a
    module is `"net.0.weight"`, an entry of a list `"ws[0]"`."""
    value: Value | None
    inputs: tuple[str, ...] = ()
    """Names of the operation's differentiable inputs, such as `("self", "other")`; an edge's slot
    counts in them."""
    formulas: tuple[str, ...] = ()
    """Per input, the local formula as text: `"grad · other"`."""
    saved: tuple[Saved, ...] = ()
    line: int | None = None
    """Line of its cell, from 1; None if it is older than the recording."""
    expression: str = ""
    """The exact source expression that made it, `"y * y"`."""
    cell: int | None = None
    """Place in `Trace.cells` of the cell that made it; None if it is older than the recording."""
    tensor: int | None = None
    """The tensor it stands for, a place in `Trace.tensors`; the first of several outputs."""
    custom: bool = False
    """Whether the operation is an `autograd.Function` of the user's own."""

    @property
    def requires_grad(self) -> bool:
        """Whether gradients flow to or through it."""
        return self.kind != "constant"

    @property
    def is_leaf(self) -> bool:
        """Whether no recorded operation made it."""
        return self.kind != "op"


@dataclass(frozen=True, slots=True)
class Edge:
    """`target` used the output of `source`; gradients flow the other way."""

    source: int
    target: int
    slot: int
    """Which input of `target`, from 0."""
    cut: str = ""
    """What severed it: `"detach"`, `"no_grad"`, …; `""` for an edge that carries gradients, or
    that comes from a constant and never had any to carry."""


@dataclass(frozen=True, slots=True)
class Ref:
    """A tensor as an event met it."""

    tensor: int
    """The object, a place in `Trace.tensors`: the same number is the same Python object."""
    node: int | None
    """The node it stood for then (an in-place operation gives it another one); None if it is not in
    the graph."""
    shape: tuple[int, ...]
    dtype: str
    requires_grad: bool
    is_leaf: bool
    version: int
    """Its write counter then, after the operation for an output."""


@dataclass(frozen=True, slots=True)
class TensorObject:
    """One tensor object that the recording met."""

    label: str
    """The variable that holds it at the end, as in `Node.label`; `"x.grad"` for a gradient."""
    base: int | None = None
    """The tensor it is a view of."""
    shares: int | None = None
    """The tensor whose memory it was given: its base, or what `detach()` or `.data` was called on."""
    parameter: bool = False
    """Whether it is an `nn.Parameter`."""
    inference: bool = False
    """Whether it was made in inference mode."""


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened. `kind` decides which of the other fields are filled.

    All kinds have `cell`, `line` and `expression` (where in the user's code). A tensor argument is
    a `Ref` in `inputs`, a tensor result one in `outputs`.

    | kind | meaning | fields |
    |---|---|---|
    | `create` | a tensor was made of numbers (`tensor`, `ones`, `randn`, `Parameter`, …) | text (its name), outputs; inputs (where it was made of a tensor) |
    | `op` | an operation ran forward and was recorded | node, text (its name), inputs, outputs |
    | `plain` | an operation ran and was not recorded: no input required grad, or what it does has no gradient (`gt`, `argmax`, a cast to int) | text, inputs, outputs, node (the constant, if the graph holds it) |
    | `detach` | a history was cut | text (how: `"detach"`, `"item"`, `"numpy"`, `"tolist"`, `"data"`, `"tensor"`, `"detach_"`, `"float"`, `"no_grad"`, `"inference_mode"`, …), label (of the first input that lost it), inputs, outputs, name (of the operation) |
    | `inplace` | an in-place write; if it was recorded, its `op` follows | text (`"zero_"`), label (what was written), after, inputs (what is written first, as before), outputs (the same, as after) |
    | `mode` | a grad mode was entered or left | text (`"no_grad"`), entered |
    | `read` | `.grad` was read by the user's code | text (`"grad"`), label, inputs, after (None: it was None), options (`"retains_grad"`) |
    | `set` | an attribute is set: `"grad"`, `"requires_grad"`, `"data"`, `"retain_grad"` | text, label, inputs (the tensor before; the new value if it is one), after (the new value; None for None), entered (the new requires_grad) |
    | `hook` | a hook was registered | text (`"tensor"`, `"post_accumulate"`, `"node"`, `"node_pre"`), label, inputs, node |
    | `backward` | a backward pass starts | text (`"backward"`, or `"grad"` if no `.grad` is touched), node (first root), grads_in (the seed of each root), inputs (the roots), outputs (the `inputs=` asked for), options (`"retain_graph"`, `"create_graph"`) |
    | `node` | a node passed gradients on | node, grads_in, products, grads_out |
    | `accumulate` | a leaf's `.grad` grew | node (leaf), before, contribution, after; nodes and grads_in: from which node came which part |
    | `freed` | a node released what it had saved | node |
    | `end` | the backward pass is over | text (the error, if one ended it), node (where the error came up) |
    | `optimizer` | an optimizer was made | text (`"SGD"`), label, inputs (its parameters) |
    | `zero_grad` | gradients were reset by an optimizer or a module | text (`"SGD"`, `"Linear"`), label, inputs (the parameters), options (`"set_to_none"`) |
    | `step` | an optimizer made its step | text (`"SGD"`), label, inputs (its parameters), outputs (those it changed) |
    | `clip` | gradients were clipped | text (`"clip_grad_norm_"`), inputs |
    | `function` | a Function of the user's own ran forward; follows its `op` | text (`"Scale"`), node, inputs, outputs, options (`"save_for_backward"` if it kept tensors so; `"ctx.x"` for a tensor kept as an attribute) |
    | `gradcheck` | gradcheck was called | text (`"gradcheck"`, `"gradgradcheck"`), inputs |
    | `warning` | the library warned | text |
    | `failed` | a call into the library raised what ended the cell | text (the call), inputs, error |
    | `error` | the cell raised | text (`"RuntimeError: …"`) |
    """

    kind: str
    node: int | None = None
    line: int | None = None
    expression: str = ""
    text: str = ""
    label: str = ""
    entered: bool = False
    grads_in: tuple[Value | None, ...] = ()
    products: tuple[Value | None, ...] = ()
    """Per input, what the local formula gave, before the sum that undoes broadcasting."""
    grads_out: tuple[Value | None, ...] = ()
    before: Value | None = None
    contribution: Value | None = None
    after: Value | None = None
    cell: int | None = None
    inputs: tuple[Ref, ...] = ()
    outputs: tuple[Ref, ...] = ()
    nodes: tuple[int | None, ...] = ()
    options: tuple[str, ...] = ()
    name: str = ""
    error: str = ""
    """`"RuntimeError: …"`."""


@dataclass(frozen=True, slots=True)
class Variable:
    """What a variable of the user holds at the end: a tensor, or a number taken from one."""

    name: str
    """As in `Node.label`."""
    node: int | None
    """The node it stands for; None if the graph does not hold it."""
    tensor: int | None
    """Its place in `Trace.tensors`; None for a number, or a tensor never met."""
    value: Value
    requires_grad: bool = False
    is_leaf: bool = True
    grad: Value | None = None
    """Its `.grad`; None if that is None."""
    retains_grad: bool = False
    parameter: bool = False


@dataclass(frozen=True, slots=True)
class Group:
    """A module or an optimizer that a variable of the user holds at the end."""

    name: str
    """The variable."""
    kind: str
    """`"module"` or `"optimizer"`."""
    type: str
    """Its class, `"Sequential"`, `"SGD"`."""
    tensors: tuple[int | None, ...]
    """Its parameters, places in `Trace.tensors`; None for one that the recording never met."""
    names: tuple[str, ...]
    """As in `Node.label`, parallel to `tensors`."""


@dataclass(frozen=True, slots=True)
class Graph:
    """Nodes in the order they were made, and the edges between them."""

    nodes: tuple[Node, ...] = ()
    edges: tuple[Edge, ...] = ()


@dataclass(frozen=True, slots=True)
class Count:
    """How many events beyond the limit were of one kind and on one line."""

    kind: str
    cell: int | None
    line: int | None
    count: int


@dataclass(frozen=True, slots=True)
class Trace:
    """What one piece of code did. Equal traces are equal records: no time, no address in them."""

    source: str = ""
    """The text of the cell, the last one of several."""
    graph: Graph = field(default_factory=Graph)
    events: tuple[Event, ...] = ()
    error: str = ""
    """`"RuntimeError: …"` if a cell raised; of several the last one."""
    truncated: int = 0
    """How many further events were counted but not kept."""
    broken: str = ""
    """`"KeyError: …"` if the recording itself failed: what happened after that is missing."""
    cells: tuple[str, ...] = ()
    """The text of each cell that ran, in order; `cell` of nodes and events counts in them."""
    tensors: tuple[TensorObject, ...] = ()
    variables: tuple[Variable, ...] = ()
    groups: tuple[Group, ...] = ()
    summary: tuple[Count, ...] = ()
    """What the `truncated` events were."""

    def to_json(self) -> str:
        """Return the trace as one JSON object, its version first."""
        from .json_text import to_json

        return to_json(self)

    @classmethod
    def from_json(cls, text: str) -> Trace:
        """Return the trace that `to_json` wrote.

        ValueError if it is not one, or one of another version.
        """
        from .json_text import from_json

        return from_json(text)

    def findings(self) -> list[Any]:
        """Return the findings: what in this code is, or may be, a mistake; the best first."""
        from .findings import find

        return list(find(self))

    def line_of(self, item: Event | Node) -> str:
        """Return the source line that an event or a node points at, `""` if it points at none."""
        if item.line is None or item.cell is None or item.cell >= len(self.cells):
            return ""
        lines = self.cells[item.cell].splitlines()
        return lines[item.line - 1].strip() if 0 < item.line <= len(lines) else ""

    def label(self, ref: Ref) -> str:
        """Return the variable that holds this tensor at the end, `""` if none does."""
        return self.tensors[ref.tensor].label

    def of_kind(self, *kinds: str) -> Iterator[Event]:
        """Yield the events of these kinds, in order."""
        return (event for event in self.events if event.kind in kinds)


__all__ = [
    "VERSION",
    "Count",
    "Edge",
    "Event",
    "Graph",
    "Group",
    "Node",
    "Ref",
    "Saved",
    "TensorObject",
    "Trace",
    "Value",
    "Variable",
]
